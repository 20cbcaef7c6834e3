import { HEADER, HEADER_NUMBERS, headerNumber, nameOf, UNKNOWN_HEADER } from './header-names.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { assertSafeValue, assertToken, isSafeValue, printable, UnsafeValue } from './wire-text.ts';

/** One header line to write; the value is a wire string (`toWire` makes one of text). */
export type HeaderField = readonly [name: string, value: string];

/** A request to be written (RFC 3261 §7.1); Content-Length is added. */
export interface RequestDraft {
  readonly method: string;
  /** The Request-URI as on the wire. */
  readonly uri: string;
  /** In the order in which they are to stand. */
  readonly headers: readonly HeaderField[];
  readonly body?: Buffer | undefined;
}

/** A response to be written (RFC 3261 §7.2); the phrase is the usual one unless given, Content-Length is added. */
export interface ResponseDraft {
  /** 100 to 699. */
  readonly status: number;
  /** A wire string; the RFC's phrase when left out. */
  readonly reason?: string | undefined;
  readonly headers: readonly HeaderField[];
  readonly body?: Buffer | undefined;
}

/**
 * The octets of a request. Content-Length is counted here: one among the headers keeps its place and gets the right
 * value, else it is added as the last line.
 *
 * @throws UnsafeValue when a method, name, URI or value would break out of its place
 */
export function writeRequest(draft: RequestDraft): Buffer {
  assertToken(draft.method, 'method');
  assertRequestUri(draft.uri);
  return writeHead(`${draft.method} ${draft.uri} SIP/2.0`, draft.headers, draft.body);
}

/** The octets of a response; see {@link writeRequest}. @throws UnsafeValue also for a status outside 100–699 */
export function writeResponse(draft: ResponseDraft): Buffer {
  return writeHead(statusLine(draft.status, draft.reason), draft.headers, draft.body);
}

/** The status line without its CRLF; see {@link writeResponse}. */
export function statusLine(status: number, reason?: string): string {
  if (reason === undefined) {
    const usual = USUAL_LINES[status];
    if (usual !== undefined) return usual;
    reason = reasonPhrase(status);
  }
  if (!Number.isInteger(status) || status < 100 || status > 699) throw new UnsafeValue(`status ${status}`);
  // No quoted strings here (RFC 3261 §25.1), so no NUL either.
  if (!isSafeValue(reason) || reason.includes('\0')) throw new UnsafeValue(`reason phrase: ${printable(reason)}`);
  return `SIP/2.0 ${status} ${reason}`;
}

const USUAL_LINES: readonly (string | undefined)[] = Array.from({ length: 700 }, (_, status) =>
  status >= 100 ? `SIP/2.0 ${status} ${reasonPhrase(status)}` : undefined,
);

/**
 * @param start the start line, and header lines that are known to be safe, each with the CRLF before it
 * @param headers what follows them; looked at before it is written
 */
export function writeHead(start: string, headers: readonly HeaderField[], body: Buffer | undefined): Buffer {
  const length = body === undefined ? 0 : body.length;
  let text = start;
  let lengthWritten = false;
  for (const field of headers) {
    const kept = keptLine(field);
    if (kept !== undefined) {
      text += kept;
      continue;
    }
    const name = field[0];
    const value = field[1];
    const number = headerNumber(name);
    if (number === UNKNOWN_HEADER) assertToken(name, 'header name');
    if (number === HEADER['Content-Length']) {
      if (!lengthWritten) text += lineStart(number, name) + length;
      lengthWritten = true;
      continue;
    }
    assertSafeValue(value, name);
    const line = lineStart(number, name) + value;
    text += line;
    keepLine(number, field, line);
  }
  text += lengthWritten ? '\r\n\r\n' : `\r\nContent-Length: ${length}\r\n\r\n`;
  const octets = Buffer.allocUnsafe(text.length + length);
  octets.write(text, 0, 'latin1');
  if (body !== undefined) body.copy(octets, text.length);
  return octets;
}

/** CRLF, name and colon: one piece instead of four, as V8 gathers a message's pieces one by one. */
function lineStart(number: number, name: string): string {
  return number !== UNKNOWN_HEADER && nameOf(number) === name ? LINE_STARTS[number]! : `\r\n${name}: `;
}

const LINE_STARTS = Array.from({ length: HEADER_NUMBERS }, (_, number) => `\r\n${nameOf(number)}: `);

/** Headers that say the same in message after message. */
const OFTEN_THE_SAME: readonly number[] = [
  HEADER.Allow,
  HEADER.Supported,
  HEADER.Server,
  HEADER['User-Agent'],
  HEADER['Content-Type'],
  HEADER['Max-Forwards'],
];

/** The field that was last written of each of them, and its line: a field can't change, so it needs no second look. */
const keptFields: (HeaderField | undefined)[] = OFTEN_THE_SAME.map(() => undefined);
const keptLines: string[] = OFTEN_THE_SAME.map(() => '');

function keptLine(field: HeaderField): string | undefined {
  for (let at = 0; at < keptFields.length; at++) if (keptFields[at] === field) return keptLines[at];
  return undefined;
}

function keepLine(number: number, field: HeaderField, line: string): void {
  const at = OFTEN_THE_SAME.indexOf(number);
  if (at < 0) return;
  keptFields[at] = field;
  keptLines[at] = line;
}

/** A Request-URI holds nothing invisible, or it would end before its end. */
function assertRequestUri(uri: string): void {
  if (uri === '' || INVISIBLE.test(uri))
    throw new UnsafeValue(`Request-URI: ${printable(uri)} cannot stand in a request line`);
}

const INVISIBLE = /[\x00-\x20\x7f\u0100-\uffff]/;
