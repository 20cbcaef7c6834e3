import { BACKSLASH, CR, isToken, LF, QUOTE } from './chars.ts';

/**
 * Header text inside the stack is a *wire string*: one character an octet (latin1), so that what came in goes out
 * octet for octet whatever its encoding. Text for people is made of it by {@link fromWire}.
 *
 * @example toWire('Иван').length === 8
 */
export function toWire(text: string): string {
  return isPlain(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** Reads a wire string as UTF-8; octets that are none are read as latin1, as phones of the nineties wrote them. */
export function fromWire(wire: string): string {
  if (isPlain(wire)) return wire;
  const octets = Buffer.from(wire, 'latin1');
  try {
    return STRICT_UTF8.decode(octets);
  } catch {
    return wire;
  }
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/**
 * A copy that shares no memory. A part of a message is a view of the whole text to V8: kept in a map that outlives
 * the message it would keep up to 64 KiB alive.
 */
export function detached(text: string): string {
  if (text.length < SHORTEST_VIEW) return text;
  // To cut from a sum, V8 writes the sum out first; the result is a view of that, one character longer than itself.
  return ` ${text}`.slice(1);
}

/** V8 copies whatever is shorter. */
const SHORTEST_VIEW = 13;

/** Thrown by the writer: a value of ours would break out of its line or cannot be put into octets. */
export class UnsafeValue extends Error {
  override readonly name = 'UnsafeValue';
}

/**
 * True when a header value cannot be taken for anything but one header value: no CR, no LF, every character an octet.
 * NUL is refused too, except escaped inside a quoted string, where RFC 3261 §25.1 (`quoted-pair`) lets it stand.
 */
export function isSafeValue(value: string): boolean {
  return !SUSPICIOUS.test(value) || hasOnlyQuotedNuls(value);
}

/** A regular expression of one class runs natively over the text, in time proportional to its length. */
const SUSPICIOUS = /[\0\n\r\u0100-\uffff]/;

/** The slow way through a value that holds a NUL: follows quotes and escapes. */
function hasOnlyQuotedNuls(value: string): boolean {
  let quoted = false;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code === QUOTE) quoted = !quoted;
    else if (quoted && code === BACKSLASH && value.charCodeAt(at + 1) === 0) at++;
    else if (quoted && code === BACKSLASH && value.charCodeAt(at + 1) === QUOTE) at++;
    else if (quoted && code === BACKSLASH && value.charCodeAt(at + 1) === BACKSLASH) at++;
    else if (code === 0 || code === CR || code === LF || code > 0xff) return false;
  }
  return true;
}

/** @throws UnsafeValue where {@link isSafeValue} says no */
export function assertSafeValue(value: string, where: string): void {
  if (!isSafeValue(value)) throw new UnsafeValue(`${where}: ${printable(value)} cannot stand in a SIP header`);
}

/** @throws UnsafeValue when the text is no token (RFC 3261 §25.1): methods, header names, parameter names */
export function assertToken(text: string, where: string): void {
  if (!isToken(text)) throw new UnsafeValue(`${where}: ${printable(text)} is no token`);
}

/** Shortened and with nothing left that could break a log line. */
export function printable(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
