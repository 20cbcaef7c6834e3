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
  | 'repeated-param'
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
export function readWhole<T>(text: string, read: Reader<T>): Parsed<T, ValueFault> {
  return finish(Cursor.over(text), read);
}

/** Reads up to the cursor's end. */
export function finish<T>(cursor: Cursor, read: Reader<T>, where?: string): Parsed<T, ValueFault> {
  const start = cursor.at;
  const value = read(cursor);
  if (value === undefined) return bad(cursor.fault ?? 'bad-param', cursor.faultAt - start, where);
  if (cursor.at < cursor.end) {
    cursor.skipSpace();
    if (cursor.at < cursor.end) return bad('trailing-text', cursor.at - start, where);
  }
  return good(value);
}
