import type { Parsed } from '@vats/kernel';
import type { Cursor } from './cursor.ts';
import { UINT32_MAX } from './limits.ts';
import { readWhole, type ValueFault } from './value-fault.ts';

/** Reads `1*DIGIT`; what exceeds `cap` is answered as `cap`, so that no number of digits can overflow anything. */
export function readNumber(cursor: Cursor, cap: number): number | undefined {
  const { octets, end } = cursor;
  const start = cursor.at;
  let at = start;
  let value = 0;
  for (; at < end; at++) {
    const digit = octets[at]! - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    if (value > cap) value = cap;
  }
  if (at === start) return cursor.fail('not-a-number');
  cursor.at = at;
  return value;
}

/** `delta-seconds` (RFC 3261 §25.1); larger ones count as 2^32-1. */
export function readDeltaSeconds(cursor: Cursor): number | undefined {
  cursor.skipSpace();
  return readNumber(cursor, UINT32_MAX);
}

/** Expires and Min-Expires (RFC 3261 §20.19, §20.23): seconds; what exceeds 2^32-1 counts as that. */
export function parseExpires(text: string): Parsed<number, ValueFault> {
  return readWhole(text, readDeltaSeconds);
}

/**
 * Max-Forwards (RFC 3261 §20.22). Hops above 255, the most that the header may say, count as 255: lowering a limit on
 * hops harms no one.
 */
export function readMaxForwards(cursor: Cursor): number | undefined {
  cursor.skipSpace();
  return readNumber(cursor, 255);
}

/** Reads a Max-Forwards value; hops beyond 255 count as 255 (RFC 3261 §20.22). */
export function parseMaxForwards(text: string): Parsed<number, ValueFault> {
  return readWhole(text, readMaxForwards);
}
