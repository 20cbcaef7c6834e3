import { bad, good, type Parsed } from '@vats/kernel';
import { parseTokenWithParams } from '../message/token-headers.ts';
import type { ValueFault } from '../message/value-fault.ts';

/** Why a subscription is over (RFC 6665 §4.1.3); a subscriber knows by it whether to come again. */
export type EndReason =
  /** Come again at once, by a subscription of its own. */
  | 'deactivated'
  /** Come again after `retryAfter`. */
  | 'probation'
  /** Not allowed any more. */
  | 'rejected'
  /** It was not refreshed, was ended by its subscriber, or only asked once. */
  | 'timeout'
  /** Nobody could decide in time. */
  | 'giveup'
  /** What was watched is gone. */
  | 'noresource'
  /** It never changes again. */
  | 'invariant';

/** Subscription-State (RFC 6665 §8.2.3). */
export interface SubscriptionState {
  /** 'active', 'pending', 'terminated', or what an extension calls it; in lower case. */
  readonly state: string;
  /** Seconds until it ends unless refreshed. */
  readonly expires?: number;
  /** As written, in lower case: an extension may have others than `EndReason`. */
  readonly reason?: string;
  /** Seconds after which its subscriber may come again. */
  readonly retryAfter?: number;
}

/** @example parseSubscriptionState('active;expires=3599') */
export function parseSubscriptionState(text: string): Parsed<SubscriptionState, ValueFault> {
  const parsed = parseTokenWithParams(text);
  if (!parsed.ok) return parsed;
  const { token, params } = parsed.value;
  const expires = secondsOf(params.get('expires'));
  const retryAfter = secondsOf(params.get('retry-after'));
  if (expires === 'bad' || retryAfter === 'bad') return bad('not-a-number', 0, 'Subscription-State');
  const reason = params.get('reason')?.toLowerCase();
  return good({
    state: token.toLowerCase(),
    ...(expires !== undefined && { expires }),
    ...(reason !== undefined && reason !== '' && { reason }),
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

/** @example formatSubscriptionState({ state: 'terminated', reason: 'timeout' }) === 'terminated;reason=timeout' */
export function formatSubscriptionState({ state, expires, reason, retryAfter }: SubscriptionState): string {
  const parts = [state];
  if (expires !== undefined) parts.push(`expires=${expires}`);
  if (reason !== undefined) parts.push(`reason=${reason}`);
  if (retryAfter !== undefined) parts.push(`retry-after=${retryAfter}`);
  return parts.join(';');
}

function secondsOf(written: string | undefined): number | undefined | 'bad' {
  if (written === undefined) return undefined;
  return /^\d{1,10}$/.test(written) ? Math.min(Number(written), 2 ** 32 - 1) : 'bad';
}
