import type { LookupFailure } from '@vats/sip';
import type { LineAnswer } from './line-answer.ts';
import type { RegistrationState } from './registration-parts.ts';

/** What an operator is shown of a trunk. Times are wall milliseconds; endpoints are text, `192.0.2.1:5060`. */
export interface LineStatus {
  readonly domain: string;
  readonly name: string;
  readonly proxy: string;
  readonly transport: string;
  /** `not-needed`: a trunk by address; `not-served`: nothing goes by it, and `why` says so. */
  readonly state: RegistrationState | 'not-needed' | 'not-served';
  readonly why?: string;
  readonly since: number;
  /** The exact answer to the last REGISTER. */
  readonly answer?: LineAnswer;
  /** Until when the peer keeps our binding. */
  readonly until?: number;
  readonly nextTryAt?: number;
  /** Where we are registered. */
  readonly registeredAt?: string;
  /** Our address as the registrar saw it. */
  readonly seenAs?: string;
  /** Whether it answers OPTIONS; absent while nothing is known. */
  readonly up?: boolean;
  readonly upSince?: number;
  readonly upAnswer?: LineAnswer;
  /** Where the next call goes. */
  readonly endpoint?: string;
  /** Milliseconds. */
  readonly roundTrip?: number;
  readonly lookupFailure?: LookupFailure;
  readonly servers: readonly {
    readonly endpoint: string;
    readonly failing: boolean;
    readonly roundTrip?: number;
    readonly answer?: LineAnswer;
  }[];
}

/** Whether an operator must do something about it. */
export function isInTrouble({ state, up }: LineStatus): boolean {
  return state === 'rejected' || state === 'unreachable' || state === 'not-served' || up === false;
}
