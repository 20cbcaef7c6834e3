import type { Parsed } from '@vats/kernel';
import { isToken } from './chars.ts';
import { type NameAddr, readNameAddr } from './name-addr.ts';
import { readWhole, type ValueFault } from './value-fault.ts';

/** Why a call was sent on (RFC 5806 §9.1); another token is read as `unknown`. */
export const DIVERSION_REASONS = [
  'unknown',
  'user-busy',
  'no-answer',
  'unavailable',
  'unconditional',
  'time-of-day',
  'do-not-disturb',
  'deflection',
  'follow-me',
  'out-of-service',
  'away',
] as const;
/** Why a call was sent on (RFC 5806 §4). */
export type DiversionReason = (typeof DIVERSION_REASONS)[number];

/** Most diversions that one value counts: whoever writes more wants a sum to overflow. */
export const MOST_DIVERSIONS = 100;

/** One value of Diversion (RFC 5806): who sent the call on, and why. */
export interface Diversion {
  readonly address: NameAddr;
  readonly reason: DiversionReason;
  /** How many diversions it stands for, 1 to {@link MOST_DIVERSIONS}. */
  readonly counter: number;
  /** Who it was is not to be shown. */
  readonly isPrivate: boolean;
}

/** @example parseDiversion('<sip:+74951234567@itsp.example>;reason=no-answer;counter=1') */
export function parseDiversion(text: string): Parsed<Diversion, ValueFault> {
  return readWhole(text, (cursor) => {
    const address = readNameAddr(cursor);
    if (address === undefined) return undefined;
    const { params } = address;
    return {
      address,
      reason: diversionReasonOf(params.get('reason')),
      counter: counterOf(params.get('counter')),
      isPrivate: /^(full|uri)$/i.test(params.get('privacy') ?? ''),
    };
  });
}

/** A value of Diversion. @throws UnsafeValue when the address can't be written */
export function formatDiversion({ address, reason, counter, isPrivate }: Diversion): string {
  const params = { reason, counter: String(counter), privacy: isPrivate ? 'full' : 'off' };
  return address.with({ params }).toString();
}

export function diversionReasonOf(text: string | undefined): DiversionReason {
  // Some PBXs write underscores.
  const word = text?.trim().toLowerCase().replaceAll('_', '-') ?? '';
  return isToken(word) ? (DIVERSION_REASONS.find((reason) => reason === word) ?? 'unknown') : 'unknown';
}

/** One that is absent or no number counts as 1 (RFC 5806 §9.1). */
function counterOf(text: string | undefined): number {
  if (text === undefined || !/^\d{1,9}$/.test(text)) return 1;
  return Math.min(Math.max(Number(text), 1), MOST_DIVERSIONS);
}
