import type { Parsed } from '@vats/kernel';
import { EQUALS, SEMICOLON, SPACE, TAB } from './chars.ts';
import type { Cursor } from './cursor.ts';
import { readParams } from './params.ts';
import { readWhole, type ValueFault } from './value-fault.ts';

/** Names a dialog as the one who is asked to give it up knows it (RFC 3891 §3): its own tag is `toTag`. */
export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  /** Only a dialog that is still early is to be replaced. */
  readonly earlyOnly: boolean;
}

/**
 * Replaces (RFC 3891 §6.1): a Call-ID and exactly one tag of each side.
 *
 * @example parseReplaces('98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff;early-only')
 */
export function parseReplaces(text: string): Parsed<Replaces, ValueFault> {
  return readWhole(text, readReplaces);
}

/** @example formatReplaces({ callId: 'a@b', toTag: 'x', fromTag: 'y', earlyOnly: false }) === 'a@b;to-tag=x;from-tag=y' */
export function formatReplaces({ callId, toTag, fromTag, earlyOnly }: Replaces): string {
  return `${callId};to-tag=${toTag};from-tag=${fromTag}${earlyOnly ? ';early-only' : ''}`;
}

export function readReplaces(cursor: Cursor): Replaces | undefined {
  cursor.skipSpace();
  const callId = readCallId(cursor);
  if (callId === undefined) return undefined;
  const start = cursor.at;
  const params = readParams(cursor);
  if (params === undefined) return undefined;
  const tags: Record<string, string> = {};
  for (const [written, value] of params) {
    const name = written.toLowerCase();
    if (name !== 'to-tag' && name !== 'from-tag') continue;
    if (tags[name] !== undefined || value === '') {
      cursor.at = start;
      return cursor.fail(value === '' ? 'bad-param' : 'repeated-param');
    }
    tags[name] = value;
  }
  const { 'to-tag': toTag, 'from-tag': fromTag } = tags;
  if (toTag === undefined || fromTag === undefined) return cursor.fail('missing');
  return { callId, toTag, fromTag, earlyOnly: params.has('early-only') };
}

/** `callid` of RFC 3261 §25.1, as far as it takes to find its end: what ends it is no part of a word. */
function readCallId(cursor: Cursor): string | undefined {
  const start = cursor.at;
  for (let code = cursor.peek(); code > SPACE && code !== SEMICOLON && code !== EQUALS; code = cursor.peek())
    cursor.at++;
  const callId = cursor.since(start);
  const next = cursor.peek();
  if (callId === '' || (next !== SEMICOLON && next !== SPACE && next !== TAB)) return cursor.fail('bad-call-id');
  return callId;
}
