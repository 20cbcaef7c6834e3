import type { Directory } from '../model/directory.ts';
import type { Device, Domain, User } from '../model/model.ts';

/**
 * How a ring step ends without an answer, in the words of the table of failures: what the phones answered, taken
 * together, or that nobody came.
 */
export type RingOutcome =
  | 'no-answer'
  | 'unreachable'
  | 'callee-busy'
  | 'callee-declined'
  | 'not-found'
  | 'no-common-codec'
  | 'address-incomplete'
  | 'too-many-hops'
  | 'loop'
  | 'no-media-ports';

/**
 * Why a plan refuses the call; each is a row of the table of failures (SIP status, Q.850 cause, texts).
 *
 * - `not-found`: nobody has this number or login
 * - `not-served`: the target exists, its kind is not served yet
 * - `forbidden`: a rule of the domain denies it
 * - `loop`: forwards lead back to where the call has been
 * - `unreachable`: the user has no device, or none that can be reached now
 */
export type RejectReason = RingOutcome | 'not-served' | 'forbidden';

/** Who calls. */
export type Caller =
  | { readonly kind: 'device'; readonly user: User; readonly device: Device }
  | { readonly kind: 'trunk'; readonly trunk: string; readonly number?: string };

/** A call as it asks to be routed. */
export interface RouteCall {
  /** The domain whose account or number brought the call. */
  readonly domain: Domain;
  readonly caller: Caller;
  /** What was asked for: the user part of the Request-URI, unescaped. */
  readonly dialled: string;
  /** The host part of the Request-URI. */
  readonly host?: string;
}

/** What route() may ask about the present moment. Every answer is immediate; none has an effect. */
export interface World {
  /** Wall time in milliseconds since the epoch. */
  readonly now: number;
  readonly directory: Directory;
  /** Whether a call could be put through to the account now. */
  isReachable(domain: Domain, login: string): boolean;
}

/** A device to ring. */
export interface RingTarget {
  readonly kind: 'device';
  readonly user: User;
  readonly device: Device;
}

/** One thing to do for the caller. `because` says, for a person, what chose it. */
export type PlanStep =
  | {
      readonly do: 'ring';
      readonly targets: readonly RingTarget[];
      readonly order: 'together' | 'in-turn';
      /** How long it rings (each, when in turn), in milliseconds. */
      readonly ring: number;
      readonly because: string;
    }
  | { readonly do: 'echo'; readonly because: string }
  | { readonly do: 'play'; readonly prompt: string; readonly because: string }
  | {
      readonly do: 'menu';
      readonly prompt: string;
      readonly timeout: number;
      readonly keys: readonly string[];
      readonly extension: boolean;
      readonly because: string;
    }
  | { readonly do: 'queue'; readonly group: string; readonly because: string }
  | { readonly do: 'voicemail'; readonly box: string; readonly because: string }
  | { readonly do: 'reject'; readonly reason: RejectReason; readonly text: string; readonly because: string }
  | { readonly do: 'hangup'; readonly because: string };

/** How the step that was due ended, as the call tells `advance`. An answer needs no telling: it ends the plan. */
export interface PlanEvent {
  readonly kind: 'ring-ended';
  readonly outcome: RingOutcome;
}

/** What is done for one call: the step that is due, and all that `advance` needs to find the next. */
export interface Plan {
  readonly call: RouteCall;
  readonly step: PlanStep;
  /** Whether the conversation is recorded. */
  readonly record: boolean;
  /** The `because` of each step so far, this one's last: what `vats explain` prints and a call's story keeps. */
  readonly story: readonly string[];
  /** Extensions that the call has been sent to, in order, reached or not: a forward back to one of them is a loop. */
  readonly visited: readonly string[];
}
