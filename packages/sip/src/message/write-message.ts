import { HEADER, headerNumber, UNKNOWN_HEADER } from './header-names.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { assertSafeValue, assertToken, isSafeValue, printable, UnsafeValue } from './wire-text.ts';

/** One header line to write; the value is a wire string (`toWire` makes one of text). */
export type HeaderField = readonly [name: string, value: string];

export interface RequestDraft {
  readonly method: string;
  /** The Request-URI as on the wire. */
  readonly uri: string;
  /** In the order in which they are to stand. */
  readonly headers: readonly HeaderField[];
  readonly body?: Buffer | undefined;
}

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
  return writeHead(`${draft.method} ${draft.uri} SIP/2.0\r\n`, draft.headers, draft.body);
}

/** The octets of a response; see {@link writeRequest}. @throws UnsafeValue also for a status outside 100–699 */
export function writeResponse(draft: ResponseDraft): Buffer {
  return writeHead(statusLine(draft.status, draft.reason), draft.headers, draft.body);
}

function statusLine(status: number, reason = reasonPhrase(status)): string {
  if (!Number.isInteger(status) || status < 100 || status > 699) throw new UnsafeValue(`status ${status}`);
  // No quoted strings here (RFC 3261 §25.1), so no NUL either.
  if (!isSafeValue(reason) || reason.includes('\0')) throw new UnsafeValue(`reason phrase: ${printable(reason)}`);
  return `SIP/2.0 ${status} ${reason}\r\n`;
}

function writeHead(startLine: string, headers: readonly HeaderField[], body: Buffer | undefined): Buffer {
  const length = body === undefined ? 0 : body.length;
  let text = startLine;
  let lengthWritten = false;
  for (const [name, value] of headers) {
    const number = headerNumber(name);
    if (number === UNKNOWN_HEADER) assertToken(name, 'header name');
    if (number === HEADER['Content-Length']) {
      if (!lengthWritten) text += `${name}: ${length}\r\n`;
      lengthWritten = true;
      continue;
    }
    assertSafeValue(value, name);
    text += `${name}: ${value}\r\n`;
  }
  text += lengthWritten ? '\r\n' : `Content-Length: ${length}\r\n\r\n`;
  const octets = Buffer.allocUnsafe(text.length + length);
  octets.write(text, 0, 'latin1');
  if (body !== undefined) body.copy(octets, text.length);
  return octets;
}

/** A Request-URI holds nothing invisible, or it would end before its end. */
function assertRequestUri(uri: string): void {
  if (uri === '' || INVISIBLE.test(uri))
    throw new UnsafeValue(`Request-URI: ${printable(uri)} cannot stand in a request line`);
}

const INVISIBLE = /[\x00-\x20\x7f\u0100-\uffff]/;
