import type { Frozen } from '../model/model.ts';
import type { Rate } from '../rates/rate.ts';
import type { Limits } from '../schema/limits.ts';
import type { LimitUse } from './events.ts';
import type { SpendingSubject } from './subject.ts';

/** What the accounts ask of the model, at each call anew. */
export interface SpendingRules {
  /** The `limits` of a domain, user or trunk, as the model has them now. */
  limitsOf(subject: SpendingSubject): Frozen<Limits> | undefined;
  /** The IANA zone that a domain's nights are in. */
  timezoneOf(domain: string): string;
  /** What a call by the trunk costs; undefined where no table has a rate for the number. */
  rateOf(domain: string, trunk: string, number: string): Rate | undefined;
}

/** A call that is about to leave by a trunk. */
export interface OutsideCall {
  /** Of this attempt: a call that tries a second trunk has a second id. */
  readonly id: string;
  /** `Domain.id`. */
  readonly domain: string;
  /** The extension of whoever ordered it: the caller, or whose forward sends it out. None where a scheme of the domain's does. */
  readonly user?: string;
  readonly trunk: string;
  /** As it was dialled: E.164, or a short number. */
  readonly number: string;
  /** What the trunk is sent as the called number, where a rule or the trunk's way of writing may change it. */
  readonly sent?: string;
}

/** Why a call may not leave: a limit that is used up, or a cost that nobody knows while money is bounded. */
export type SpendingRefusal =
  | ({ readonly why: 'limit' } & LimitUse)
  | { readonly why: 'no-price'; readonly subject: SpendingSubject };

/**
 * Whether a call may leave.
 *
 * `maxDurationMs` is how long it may talk, from its answer on, as far as is granted now. When that much is talked, `extend` is
 * asked for more, and a call that gets none is ended. Undefined: nothing bounds its talk.
 * `saved` resolves when the reservation is durable, and rejects when the store fails: a limit holds over a kill if the INVITE
 * waits for it. Undefined where nothing bounds the call: there is no limit to exceed, and nothing to wait for.
 */
export type SpendingDecision =
  | { readonly allowed: true; readonly maxDurationMs?: number; readonly saved?: Promise<void> }
  | { readonly allowed: false; readonly refusal: SpendingRefusal };

/** How long a call may talk in all, in milliseconds from its answer; and the limit by which that is not more than before. */
export interface TalkGranted {
  readonly maxDurationMs: number;
  readonly refusal?: SpendingRefusal;
}

/** How far a limit is used; `of` only where there is a bound. */
export type LimitState = Omit<LimitUse, 'of'> & { readonly of?: number };
