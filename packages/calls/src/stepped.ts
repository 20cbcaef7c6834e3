import type { CallCommand, CallState } from './call-state.ts';
import { FAILURES, type FailureCode } from './failures.ts';

/** What an input comes to: the state after it, and what is done, in this order. */
export type Stepped = readonly [CallState, readonly CallCommand[]];

/** The caller's INVITE gets the failure's final response. */
export function reject(failure: FailureCode): CallCommand {
  return { do: 'reject', failure, status: FAILURES[failure].status || 480 };
}

/** Nothing is left to do but to give everything back. @param status that the caller got; the failure's own unless given */
export function close(failure: FailureCode, commands: readonly CallCommand[], status?: number): Stepped {
  return [
    { name: 'closing', failure, status: status ?? (FAILURES[failure].status || 480) },
    [...commands, { do: 'start-timer', timer: 'closing' }, { do: 'close-media' }],
  ];
}
