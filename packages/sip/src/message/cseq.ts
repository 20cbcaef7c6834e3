import type { Parsed } from '@vats/kernel';
import type { Cursor } from './cursor.ts';
import { UINT32_MAX } from './limits.ts';
import { readNumber } from './numbers.ts';
import { readWhole, type ValueFault } from './value-fault.ts';

/** CSeq (RFC 3261 §20.16). */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** @example parseCSeq('102 INVITE') */
export function parseCSeq(text: string): Parsed<CSeq, ValueFault> {
  return readWhole(text, readCSeq);
}

/** The value of a CSeq line (RFC 3261 §20.16). @example formatCSeq({ number: 1, method: 'ACK' }) === '1 ACK' */
export function formatCSeq(cseq: CSeq): string {
  return `${cseq.number} ${cseq.method}`;
}

/** The number must fit into 32 bits (RFC 3261 §8.1.1.5); a larger one is a fault and never cut. */
export function readCSeq(cursor: Cursor): CSeq | undefined {
  cursor.skipSpace();
  const number = readNumber(cursor, UINT32_MAX + 1);
  if (number === undefined) return undefined;
  if (number > UINT32_MAX) return cursor.fail('out-of-range');
  const afterNumber = cursor.at;
  cursor.skipSpace();
  if (cursor.at === afterNumber) return cursor.fail('bad-cseq');
  const method = cursor.token();
  return method === '' ? cursor.fail('bad-cseq') : { number, method };
}
