import type { Parsed } from '@vats/kernel';
import { BACKSLASH, DOT } from './chars.ts';
import type { Cursor } from './cursor.ts';
import { UINT32_MAX } from './limits.ts';
import { readDeltaSeconds, readNumber } from './numbers.ts';
import { type Params, quoted, readParams } from './params.ts';
import { readWhole, type ValueFault } from './value-fault.ts';
import { assertToken, fromWire, toWire } from './wire-text.ts';

/** A token with parameters: Content-Disposition, Event, Subscription-State, one Reason. The token is as written. */
export interface TokenWithParams {
  readonly token: string;
  readonly params: Params;
}

/** @example parseTokenWithParams('session;handling=optional') */
export function parseTokenWithParams(text: string): Parsed<TokenWithParams, ValueFault> {
  return readWhole(text, readTokenWithParams);
}

export function readTokenWithParams(cursor: Cursor): TokenWithParams | undefined {
  cursor.skipSpace();
  const token = cursor.token();
  if (token === '') return cursor.fail('not-a-token');
  const params = readParams(cursor);
  return params && { token, params };
}

/** One value of Reason (RFC 3326 §2). */
export interface Reason {
  /** SIP, Q.850… as written. */
  readonly protocol: string;
  readonly cause: number | undefined;
  /** For people, Unicode. */
  readonly text: string | undefined;
}

/** @example parseReason('Q.850;cause=16;text="Terminated"') */
export function parseReason(text: string): Parsed<Reason, ValueFault> {
  return readWhole(text, readReason);
}

export function readReason(cursor: Cursor): Reason | undefined {
  const value = readTokenWithParams(cursor);
  if (value === undefined) return undefined;
  const cause = value.params.get('cause');
  const text = value.params.get('text');
  return {
    protocol: value.token,
    cause: cause !== undefined && /^\d{1,5}$/.test(cause) ? Number(cause) : undefined,
    text: text === undefined ? undefined : fromWire(text),
  };
}

/** @throws UnsafeValue when the protocol is no token @example formatReason({ protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' }) */
export function formatReason(reason: Reason): string {
  assertToken(reason.protocol, 'Reason');
  const cause = reason.cause === undefined ? '' : `;cause=${reason.cause}`;
  return `${reason.protocol}${cause}${reason.text === undefined ? '' : `;text=${quoted(toWire(reason.text))}`}`;
}

/** Retry-After (RFC 3261 §20.33): seconds to wait; `duration` is how long the answerer will then be there. */
export interface RetryAfter {
  readonly seconds: number;
  readonly params: Params;
}

/** Reads a Retry-After value (RFC 3261 §20.33). @example parseRetryAfter('120 (in a meeting);duration=60') */
export function parseRetryAfter(text: string): Parsed<RetryAfter, ValueFault> {
  return readWhole(text, readRetryAfter);
}

/** The comment that may follow the number is for people and is skipped. */
export function readRetryAfter(cursor: Cursor): RetryAfter | undefined {
  const seconds = readDeltaSeconds(cursor);
  if (seconds === undefined) return undefined;
  cursor.skipSpace();
  if (!skipComment(cursor)) return undefined;
  const params = readParams(cursor);
  return params && { seconds, params };
}

/** Steps over a comment, comments within it included (RFC 3261 §25.1); true also when none is here. */
function skipComment(cursor: Cursor): boolean {
  let depth = 0;
  while (depth > 0 || cursor.peek() === OPEN) {
    const code = cursor.peek();
    if (code < 0) return cursor.fail('trailing-text') ?? false;
    if (code === OPEN) depth++;
    else if (code === CLOSE) depth--;
    else if (code === BACKSLASH) cursor.at++;
    cursor.at++;
    if (depth === 0) return true;
  }
  return true;
}

const OPEN = 0x28;
const CLOSE = 0x29;

/** Timestamp (RFC 3261 §20.38): the client's clock, and how long the server held the request, in seconds. */
export interface Timestamp {
  readonly sent: string;
  readonly delay: string | undefined;
}

/** Reads a Timestamp value (RFC 3261 §20.38). @example parseTimestamp('54.21 0.5') */
export function parseTimestamp(text: string): Parsed<Timestamp, ValueFault> {
  return readWhole(text, readTimestamp);
}

export function readTimestamp(cursor: Cursor): Timestamp | undefined {
  cursor.skipSpace();
  const sent = readDecimal(cursor);
  if (sent === undefined) return undefined;
  cursor.skipSpace();
  if (cursor.atEnd) return { sent, delay: undefined };
  const delay = readDecimal(cursor);
  return delay === undefined ? undefined : { sent, delay };
}

function readDecimal(cursor: Cursor): string | undefined {
  const start = cursor.at;
  if (cursor.peek() !== DOT && readNumber(cursor, UINT32_MAX) === undefined) return undefined;
  if (cursor.take(DOT) && cursor.peek() >= 0x30 && cursor.peek() <= 0x39) readNumber(cursor, UINT32_MAX);
  return cursor.since(start);
}
