/**
 * A lenient look at a SIP message: its lines and nothing more. It is not the stack's parser on purpose. A trace must show
 * what was on the wire also where that parser refuses it, and a judge that reads with the eyes of the accused proves
 * little.
 */
export interface SipText {
  readonly startLine: string;
  /** Header lines as written, in order, folding undone. */
  readonly headers: readonly HeaderText[];
  readonly body: Buffer;
}

export interface HeaderText {
  /** As written: 'v', 'Via', 'VIA'. */
  readonly name: string;
  /** Without the blanks around it. Latin-1: one character an octet. */
  readonly value: string;
}

const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
};

/** The name that stands for all spellings of a header's name: lower case, long form. */
export function plainName(name: string): string {
  const lower = name.trim().toLowerCase();
  return COMPACT[lower] ?? lower;
}

/** True when octets begin like a SIP request or response. */
export function looksLikeSip(octets: Buffer): boolean {
  const line = octets
    .subarray(0, 1_024)
    .toString('latin1')
    .replace(/^(\r?\n)+/, '')
    .split('\n', 1)[0]!;
  return /^SIP\/\d+\.\d+ \d/i.test(line) || /^[^\s:]+\s.*\sSIP\/\d+\.\d+\s*$/i.test(line);
}

/** Reads octets as a SIP message; undefined when there is not even a start line. */
export function readSipText(octets: Buffer): SipText | undefined {
  if (!looksLikeSip(octets)) return undefined;
  const text = octets.toString('latin1');
  const start = /^(\r?\n)*/.exec(text)![0].length;
  const gap = /\r?\n\r?\n/g;
  gap.lastIndex = start;
  const found = gap.exec(text);
  const head = text.slice(start, found?.index ?? text.length).replace(/\r?\n[ \t]+/g, ' ');
  const body = found === null ? Buffer.alloc(0) : octets.subarray(found.index + found[0].length);
  const [startLine = '', ...lines] = head.split(/\r?\n/);
  const headers = lines
    .filter((line) => line !== '')
    .map((line) => {
      const colon = line.indexOf(':');
      if (colon < 0) return { name: '', value: line };
      return { name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
    });
  return { startLine, headers, body };
}

/** The octets of a message; Content-Length is made true when `body` was replaced. */
export function writeSipText(sip: SipText): Buffer {
  const lines = sip.headers.map(({ name, value }) => (name === '' ? value : `${name}: ${value}`));
  return Buffer.concat([Buffer.from(`${[sip.startLine, ...lines].join('\r\n')}\r\n\r\n`, 'latin1'), sip.body]);
}

/** Values of a header, one a line. */
export function valuesOf(sip: SipText, name: string): string[] {
  return sip.headers.filter((header) => plainName(header.name) === name).map((header) => header.value);
}

/** Value of a header's first line. */
export function firstValue(sip: SipText, name: string): string | undefined {
  return sip.headers.find((header) => plainName(header.name) === name)?.value;
}

/** Method of a request; undefined for a response. */
export function methodOf(sip: SipText): string | undefined {
  return isResponse(sip) ? undefined : sip.startLine.split(' ', 1)[0];
}

/** Status code of a response; undefined for a request. */
export function statusOf(sip: SipText): number | undefined {
  return isResponse(sip) ? Number(sip.startLine.split(' ')[1]) : undefined;
}

export function requestUriOf(sip: SipText): string {
  return sip.startLine.split(' ').slice(1, -1).join(' ');
}

/** `{ number, method }` of CSeq; of a message without a readable one, NaN and ''. */
export function cseqOf(sip: SipText): { readonly number: number; readonly method: string } {
  const [number = '', method = ''] = (firstValue(sip, 'cseq') ?? '').split(/\s+/);
  return { number: number === '' ? Number.NaN : Number(number), method };
}

/** The tag of a From or To value. */
export function tagOf(value: string | undefined): string | undefined {
  return parameterOf(value?.replace(/^.*>/s, ''), 'tag');
}

/** The branch of the topmost Via. */
export function branchOf(sip: SipText): string | undefined {
  return parameterOf(firstValue(sip, 'via')?.split(',', 1)[0], 'branch');
}

/** The URI of the first Contact, From or To value, without what stands around it. */
export function uriOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  return /<([^>]*)>/.exec(value)?.[1] ?? value.split(';', 1)[0]!.trim();
}

function isResponse(sip: SipText): boolean {
  return /^SIP\//i.test(sip.startLine);
}

function parameterOf(text: string | undefined, name: string): string | undefined {
  return text === undefined ? undefined : new RegExp(`;\\s*${name}\\s*=\\s*([^;,\\s>]+)`, 'i').exec(text)?.[1];
}
