import { firstValue, plainName, type SipText, tagOf } from './sip-text.ts';
import type { Symbols } from './symbols.ts';

/** A message with everything replaced that differs from run to run. */
export interface NormalMessage {
  readonly startLine: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: readonly string[];
}

type Rule = (value: string, symbols: Symbols, sip: SipText) => string;

const parameter =
  (names: readonly string[]): Rule =>
  (value, symbols) =>
    value.replace(
      new RegExp(`([;,\\s]|^)(${names.join('|')})(\\s*=\\s*)("[^"]*"|[^;,\\s>]+)`, 'gi'),
      (_all, before: string, name: string, equals: string, text: string) => {
        const quote = text.startsWith('"') ? '"' : '';
        const kind = name.toLowerCase().replace(/^\+sip\./, '');
        return `${before}${name}${equals}${quote}${symbols.of(kind, text)}${quote}`;
      },
    );

const always =
  (word: string): Rule =>
  () =>
    `{${word}}`;

const digest = parameter(['nonce', 'cnonce', 'response', 'opaque', 'nextnonce', 'rspauth']);

const contactParameters = parameter(['\\+sip\\.instance', 'pub-gruu', 'temp-gruu']);

/** A user part that was drawn by lot says nothing but which it is. */
const opaqueUser = (value: string, symbols: Symbols): string =>
  value.replace(
    /(sips?:)([a-z0-9]{20,})@/gi,
    (_all, scheme: string, user: string) => `${scheme}${symbols.of('user', user)}@`,
  );

/** What is done to a header's value, by its plain name; named places are replaced in all of them first. */
const RULES: Readonly<Record<string, Rule>> = {
  via: parameter(['branch', 'rport']),
  from: parameter(['tag']),
  to: parameter(['tag']),
  'call-id': (value, symbols) => symbols.of('call', value),
  cseq: (value, symbols, sip) => {
    const [number = '', method = ''] = value.split(/\s+/);
    // Requests of one dialog count up by side; responses copy From, so its tag tells whose numbers these are.
    const series = `cseq ${firstValue(sip, 'call-id')} ${tagOf(firstValue(sip, 'from'))}`;
    return /^\d+$/.test(number) ? `${symbols.relative(series, Number(number))} ${method}` : value;
  },
  contact: (value, symbols, sip) => contactParameters(opaqueUser(value, symbols), symbols, sip),
  'www-authenticate': digest,
  'proxy-authenticate': digest,
  authorization: digest,
  'proxy-authorization': digest,
  'authentication-info': digest,
  'content-length': always('length'),
  date: always('date'),
  timestamp: always('time'),
  server: always('agent'),
  'user-agent': always('agent'),
  replaces: parameter(['to-tag', 'from-tag']),
};

/** The header as people write it: 'www-authenticate' becomes 'WWW-Authenticate'. */
const SPELLING: Readonly<Record<string, string>> = {
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  'www-authenticate': 'WWW-Authenticate',
  'mime-version': 'MIME-Version',
  rack: 'RAck',
  rseq: 'RSeq',
};

/** Normalises one value of a header; `sip` is the message that it stands in. */
export function normaliseValue(plain: string, value: string, sip: SipText, symbols: Symbols): string {
  const placed = symbols.places(value);
  return RULES[plain]?.(placed, symbols, sip) ?? placed;
}

/** Normalises a message: tags, branches, Call-IDs, nonces, CSeq numbers, ports, places, dates and product names. */
export function normalise(sip: SipText, symbols: Symbols): NormalMessage {
  const headers = sip.headers.map(({ name, value }) => {
    const plain = plainName(name);
    return { name: spelled(plain), value: normaliseValue(plain, value, sip, symbols) };
  });
  return { startLine: symbols.places(sip.startLine), headers, body: normaliseBody(sip, symbols) };
}

/** A normalised message as text, as it would stand on the wire. */
export function textOf({ startLine, headers, body }: NormalMessage): string {
  const lines = headers.map(({ name, value }) => `${name}: ${value}`);
  return [startLine, ...lines, ...(body.length === 0 ? [] : ['', ...body])].join('\n');
}

/** How a header's name is spelled in normalised messages. */
export function spelled(plain: string): string {
  return (
    SPELLING[plain] ??
    plain.replace(/(^|-)([a-z])/g, (_all, before: string, letter: string) => before + letter.toUpperCase())
  );
}

/** Normalises a body, line by line. */
export function normaliseBody(sip: SipText, symbols: Symbols): string[] {
  if (sip.body.length === 0) return [];
  const isSdp = /^application\/sdp/i.test(firstValue(sip, 'content-type') ?? '');
  const lines = sip.body
    .toString('utf8')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  return lines.map((line) => {
    const placed = symbols.places(line);
    return isSdp ? normaliseSdpLine(placed, symbols) : placed;
  });
}

function normaliseSdpLine(line: string, symbols: Symbols): string {
  const origin = /^o=(\S+) (\d+) (\d+) (.*)$/.exec(line);
  if (origin !== null) {
    const [, user, id = '', version, rest] = origin;
    return `o=${user} ${symbols.of('session', id)} ${symbols.relative(`sdp ${user} ${id}`, Number(version))} ${rest}`;
  }
  // Port 0 is no port: it refuses or ends a stream (RFC 3264 §6, §8.2).
  return line.replace(/^(m=\w+ |a=rtcp:)([1-9]\d*)/, (_all, before: string, port: string) => {
    return before + symbols.of('port', port);
  });
}
