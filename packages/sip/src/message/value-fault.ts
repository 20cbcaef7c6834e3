import { bad, good, type Parsed } from '@vats/kernel';
import { Cursor } from './cursor.ts';

/** What can be wrong with one header value, URI or number. */
export type ValueFault =
  | 'missing'
  | 'empty'
  | 'trailing-text'
  | 'too-many'
  | 'unterminated-quote'
  | 'not-a-token'
  | 'not-a-number'
  | 'out-of-range'
  | 'bad-scheme'
  | 'bad-uri'
  | 'bad-escape'
  | 'bad-user'
  | 'bad-host'
  | 'bad-port'
  | 'bad-param'
  | 'bad-display-name'
  | 'no-angle-bracket'
  | 'needs-angle-brackets'
  | 'bad-via'
  | 'bad-cseq'
  | 'bad-call-id'
  | 'bad-media-type'
  | 'bad-credentials'
  | 'disagree';

/** Reads one value and leaves the cursor behind it; undefined after `cursor.fail`. */
export type Reader<T> = (cursor: Cursor) => T | undefined;

/** Reads a whole text: nothing but blanks may be left over. Offsets of faults count from the text's beginning. */
export function readWhole<T>(text: string, read: Reader<T>, at = 0, end = text.length): Parsed<T, ValueFault> {
  const cursor = new Cursor(text, at, end);
  const value = read(cursor);
  if (value === undefined) return bad(cursor.fault ?? 'bad-param', cursor.faultAt - at);
  if (cursor.at < end) {
    cursor.skipSpace();
    if (cursor.at < end) return bad('trailing-text', cursor.at - at);
  }
  return good(value);
}
