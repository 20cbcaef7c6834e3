import { LF, SPACE, TAB } from '../message/chars.ts';

/** Methods by which something new begins. */
const BEGINNINGS = ['INVITE ', 'REGISTER ', 'OPTIONS ', 'SUBSCRIBE ', 'PUBLISH ', 'MESSAGE ', 'NOTIFY ', 'REFER '].map(
  (method) => Buffer.from(method),
);
const TO_LINES = ['\r\nTo:', '\r\nt:', '\r\nTo ', '\r\nTO:', '\r\nto:', '\r\nT:'].map((start) => Buffer.from(start));
const LINE_END = Buffer.from('\r\n');

/**
 * Whether unread octets are a request that begins something new: of such a method, and without a To tag. What is not written as
 * nearly everybody writes it is none, so that nothing of a dialog is ever taken for new.
 */
export function looksNew(octets: Buffer): boolean {
  if (!BEGINNINGS.some((method) => startsWith(octets, method))) return false;
  for (const start of TO_LINES) {
    const at = octets.indexOf(start);
    if (at < 0) continue;
    const end = octets.indexOf(LINE_END, at + start.length);
    if (end < 0 || octets[end + 2] === SPACE || octets[end + 2] === TAB || octets[at + start.length] === LF)
      return false;
    return !/tag/i.test(octets.toString('latin1', at, end));
  }
  return false;
}

function startsWith(octets: Buffer, start: Buffer): boolean {
  if (octets[0] !== start[0] || octets.length < start.length) return false;
  for (let at = 1; at < start.length; at++) if (octets[at] !== start[at]) return false;
  return true;
}
