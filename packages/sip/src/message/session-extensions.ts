import { bad, good, type Parsed } from '@vats/kernel';
import { UINT32_MAX } from './limits.ts';
import { readNumber } from './numbers.ts';
import { readParams } from './params.ts';
import { readWhole, type ValueFault } from './value-fault.ts';

/** RAck (RFC 3262 §7.2): which reliable provisional response a PRACK acknowledges. */
export interface RAck {
  /** RSeq of the response. */
  readonly rseq: number;
  /** CSeq number and method of the request that it answers. */
  readonly cseq: number;
  readonly method: string;
}

/** Session-Expires (RFC 4028 §4), in seconds; `refresher` is seen from the request: `uac` is whoever sent it. */
export interface SessionExpires {
  readonly seconds: number;
  readonly refresher: 'uac' | 'uas' | undefined;
}

/** RSeq (RFC 3262 §7.1): 1 to 2^32-1. */
export function parseRSeq(text: string): Parsed<number, ValueFault> {
  const read = readWhole(text, (cursor) => {
    cursor.skipSpace();
    return readNumber(cursor, UINT32_MAX + 1);
  });
  return read.ok && (read.value === 0 || read.value > UINT32_MAX) ? bad('out-of-range', 0) : read;
}

/** @example parseRAck('776656 1 INVITE') */
export function parseRAck(text: string): Parsed<RAck, ValueFault> {
  const [rseq = '', cseq = '', method = '', ...rest] = text.trim().split(/[ \t]+/);
  if (rest.length > 0) return bad('trailing-text', 0);
  const [response, request] = [parseRSeq(rseq), parseRSeqOrZero(cseq)];
  if (!response.ok) return response;
  if (!request.ok) return request;
  return method === '' ? bad('not-a-token', 0) : good({ rseq: response.value, cseq: request.value, method });
}

/** A CSeq number, which may be 0. */
function parseRSeqOrZero(text: string): Parsed<number, ValueFault> {
  return /^0+$/.test(text) ? good(0) : parseRSeq(text);
}

/** @example parseSessionExpires('1800;refresher=uac') */
export function parseSessionExpires(text: string): Parsed<SessionExpires, ValueFault> {
  return readWhole(text, (cursor) => {
    cursor.skipSpace();
    const seconds = readNumber(cursor, UINT32_MAX);
    if (seconds === undefined) return undefined;
    const params = readParams(cursor);
    if (params === undefined) return undefined;
    const refresher = params.get('refresher')?.toLowerCase();
    return { seconds, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
  });
}

/** Min-SE (RFC 4028 §5): seconds; parameters are for extensions that there are none of. */
export function parseMinSe(text: string): Parsed<number, ValueFault> {
  const read = parseSessionExpires(text);
  return read.ok ? good(read.value.seconds) : read;
}
