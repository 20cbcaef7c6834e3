import { bad, good, type Parsed } from '@vats/kernel';
import { BACKSLASH, COMMA, GREATER, LESS, QUOTE, SPACE } from './chars.ts';
import { Cursor } from './cursor.ts';
import { LIMITS } from './limits.ts';
import type { Reader, ValueFault } from './value-fault.ts';

/**
 * Splits a comma list (RFC 3261 §7.3.1); commas in quoted strings and in angle brackets do not count. Empty elements
 * are left out.
 *
 * @example splitList('INVITE, ACK,,BYE') gives ['INVITE', 'ACK', 'BYE']
 */
export function splitList(text: string): string[] {
  const values: string[] = [];
  splitRest(Cursor.over(text), values);
  return values;
}

/** Splits what is before the cursor's end into `values`, see {@link splitList}. */
export function splitRest(cursor: Cursor, values: string[]): void {
  const { octets, text, end } = cursor;
  let from = cursor.at;
  let quoted = false;
  let bracketed = false;
  for (let at = from; at < end; at++) {
    const code = octets[at]!;
    if (quoted) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) quoted = false;
    } else if (code > GREATER) continue;
    else if (code === COMMA && !bracketed) {
      pushTrimmed(values, octets, text, from, at);
      from = at + 1;
    } else if (code === QUOTE) quoted = true;
    else if (code === LESS) bracketed = true;
    else if (code === GREATER) bracketed = false;
  }
  pushTrimmed(values, octets, text, from, end);
  cursor.at = end;
}

function pushTrimmed(values: string[], octets: Uint8Array, text: string, from: number, to: number): void {
  let start = from;
  let end = to;
  while (start < end && octets[start]! <= SPACE) start++;
  while (end > start && octets[end - 1]! <= SPACE) end--;
  if (end > start) values.push(text.slice(start, end));
}

/**
 * Reads the values of a comma list one after another into `values`; an empty element is a fault.
 * Answers false after a fault, which the cursor holds.
 */
export function readList<T>(cursor: Cursor, read: Reader<T>, values: T[]): boolean {
  for (;;) {
    const value = read(cursor);
    if (value === undefined) return false;
    values.push(value);
    if (values.length > LIMITS.valuesPerHeader) return cursor.fail('too-many') ?? false;
    cursor.skipSpace();
    if (cursor.atEnd) return true;
    if (!cursor.take(COMMA)) return cursor.fail('trailing-text') ?? false;
  }
}

/** Reads a whole text as a comma list of at least one value. @example parseList('<sip:a;lr>, <sip:b;lr>', readNameAddr) */
export function parseList<T>(text: string, read: Reader<T>): Parsed<readonly T[], ValueFault> {
  const values: T[] = [];
  const cursor = Cursor.over(text);
  return readList(cursor, read, values) ? good(values) : bad(cursor.fault ?? 'bad-param', cursor.faultAt);
}
