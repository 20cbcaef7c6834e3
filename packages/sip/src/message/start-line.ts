import { bad, type Parsed } from '@vats/kernel';
import { CHARACTER_CLASSES, DIGIT, SPACE, TOKEN } from './chars.ts';
import { Cursor } from './cursor.ts';
import { readUri, type Uri } from './uri.ts';
import { finish, type ValueFault } from './value-fault.ts';

export const SIP_VERSION = 'SIP/2.0';

/** Request-Line of RFC 3261 §25.1 as found. */
export interface RequestLine {
  readonly method: string;
  /** Offsets of the Request-URI in the message. */
  readonly uriStart: number;
  readonly uriEnd: number;
  /** `SIP/2.0` as written. */
  readonly version: string;
  /** True when it has exactly the form of the grammar: three parts, one space between them. */
  readonly strict: boolean;
}

export interface StatusLine {
  readonly version: string;
  readonly status: number;
  /** As a wire string; may be empty. */
  readonly reason: string;
}

/** True when the line begins as a response's does: no method can hold a slash. */
export function looksLikeStatusLine(text: string, at: number): boolean {
  return text.charCodeAt(at + 3) === 0x2f && text.slice(at, at + 4).toUpperCase() === 'SIP/';
}

/**
 * Reads a request line. One with stray blanks (RFC 4475 §3.1.2.7–§3.1.2.10) is read too, so that it can be answered: the
 * method is what stands before the first space, the version what stands behind the last one. Undefined when there are
 * not even these.
 */
export function readRequestLine(octets: Uint8Array, text: string, from: number, to: number): RequestLine | undefined {
  let at = from;
  while (at < to && (CHARACTER_CLASSES[octets[at]!]! & TOKEN) !== 0) at++;
  if (at === from || at >= to || octets[at] !== SPACE) return undefined;
  const method = text.slice(from, at);
  const uriStart = at + 1;
  at = uriStart;
  while (at < to && isVisible(octets[at]!)) at++;
  const isUsual = at > uriStart && to - at === 1 + SIP_VERSION.length && text.startsWith(' SIP/2.0', at);
  return isUsual
    ? { method, uriStart, uriEnd: at, version: SIP_VERSION, strict: true }
    : readUnusualLine(octets, text, method, uriStart, to);
}

function readUnusualLine(
  octets: Uint8Array,
  text: string,
  method: string,
  uriStart: number,
  to: number,
): RequestLine | undefined {
  let end = to;
  while (end > uriStart && octets[end - 1]! <= SPACE) end--;
  let versionStart = end;
  while (versionStart > uriStart && octets[versionStart - 1]! > SPACE) versionStart--;
  const version = text.slice(versionStart, end);
  if (versionStart === uriStart || !isVersion(version)) return undefined;
  const uriEnd = versionStart - 1;
  let visible = uriStart;
  while (visible < uriEnd && isVisible(octets[visible]!)) visible++;
  return { method, uriStart, uriEnd, version, strict: end === to && visible === uriEnd && uriEnd > uriStart };
}

/** The Request-URI of a line, read in place. */
export function readRequestUri(octets: Uint8Array, text: string, line: RequestLine): Parsed<Uri, ValueFault> {
  if (line.uriEnd <= line.uriStart) return bad('empty', 0, 'Request-URI');
  return finish(new Cursor(octets, text, line.uriStart, line.uriEnd), readUri, 'Request-URI');
}

/** Reads `SIP/2.0 200 OK`; the space before an empty reason phrase may be missing. */
export function readStatusLine(octets: Uint8Array, text: string, from: number, to: number): StatusLine | undefined {
  const space = text.indexOf(' ', from);
  if (space < 0 || space > to) return undefined;
  const written = text.slice(from, space);
  if (!isVersion(written)) return undefined;
  const reasonStart = space + 5;
  if (reasonStart - 1 > to) return undefined;
  let status = 0;
  for (let at = space + 1; at < space + 4; at++) {
    if ((CHARACTER_CLASSES[octets[at]!]! & DIGIT) === 0) return undefined;
    status = status * 10 + octets[at]! - 0x30;
  }
  if (status < 100 || status > 699 || (reasonStart <= to && octets[space + 4] !== SPACE)) return undefined;
  return { version: written, status, reason: text.slice(Math.min(reasonStart, to), to) };
}

/** `SIP-Version` of any number (RFC 3261 §7.1): 2.0 is looked for later, so that others can be answered with 505. */
function isVersion(text: string): boolean {
  return text === SIP_VERSION || /^SIP\/\d{1,9}\.\d{1,9}$/i.test(text);
}

function isVisible(octet: number): boolean {
  return octet > SPACE && octet !== 0x7f;
}
