import { isToken } from './chars.ts';

/** Request-Line of RFC 3261 §25.1 as found. */
export interface RequestLine {
  readonly method: string;
  readonly requestUriText: string;
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

export const SIP_VERSION = 'SIP/2.0';

/** True when the line begins as a response's does: no method can hold a slash. */
export function looksLikeStatusLine(text: string, at: number): boolean {
  return text.charCodeAt(at + 3) === 0x2f && text.slice(at, at + 4).toUpperCase() === 'SIP/';
}

/**
 * Reads a request line forgivingly, so that one with stray blanks (RFC 4475 §3.1.2.7–§3.1.2.10) can be answered:
 * the method is what stands before the first space, the version what stands behind the last one. Undefined when there
 * are not even these.
 */
export function readRequestLine(text: string, from: number, to: number): RequestLine | undefined {
  const line = text.slice(from, to);
  const firstSpace = line.indexOf(' ');
  if (firstSpace < 1) return undefined;
  const method = line.slice(0, firstSpace);
  if (!isToken(method)) return undefined;
  const lineEnd = line.trimEnd().length;
  const lastSpace = line.lastIndexOf(' ', lineEnd - 1);
  if (lastSpace <= firstSpace) return undefined;
  const version = line.slice(lastSpace + 1, lineEnd);
  if (!isVersion(version)) return undefined;
  const requestUriText = line.slice(firstSpace + 1, lastSpace);
  return { method, requestUriText, version, strict: lineEnd === line.length && isUnspaced(requestUriText) };
}

/** Reads `SIP/2.0 200 OK`; the space before an empty reason phrase may be missing. */
export function readStatusLine(text: string, from: number, to: number): StatusLine | undefined {
  const line = text.slice(from, to);
  const space = line.indexOf(' ');
  const version = line.slice(0, space);
  if (space < 0 || !isVersion(version)) return undefined;
  const status = Number(line.slice(space + 1, space + 4));
  const after = line.charCodeAt(space + 4);
  if (!(status >= 100 && status <= 699) || !isThreeDigits(line, space + 1)) return undefined;
  if (line.length > space + 4 && after !== 0x20) return undefined;
  return { version, status, reason: line.slice(space + 5) };
}

function isThreeDigits(line: string, at: number): boolean {
  for (let digit = at; digit < at + 3; digit++) {
    const code = line.charCodeAt(digit);
    if (!(code >= 0x30 && code <= 0x39)) return false;
  }
  return true;
}

/** `SIP-Version` of any number (RFC 3261 §7.1): 2.0 is looked for later, so that others can be answered with 505. */
function isVersion(text: string): boolean {
  return text === SIP_VERSION || /^SIP\/\d{1,9}\.\d{1,9}$/i.test(text);
}

function isUnspaced(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code === 0x7f) return false;
  }
  return text.length > 0;
}
