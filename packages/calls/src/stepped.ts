import { CALLER, type CallCommand, type CallState, type Opened } from './call-state.ts';
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

/** Nothing comes of the call: the caller's INVITE gets its final response or, where that has been a 200 of ours, the caller a BYE. */
export function turnAway(
  failure: FailureCode,
  opened: Opened | undefined,
  commands: readonly CallCommand[] = [],
): Stepped {
  if (opened !== 'answered') return close(failure, [...commands, reject(failure)]);
  return close(
    failure,
    [...commands, { do: 'stop-timer', timer: 'limit' }, { do: 'bye', leg: CALLER, failure }],
    ANSWERED,
  );
}

/** A caller whom the switch has answered is gone before anybody spoke with them, which is giving up, whatever ended it on the wire. */
export function callerLeft(how: FailureCode, commands: readonly CallCommand[] = []): Stepped {
  const failure = how === 'caller-hung-up' ? 'caller-cancelled' : how;
  return close(
    failure,
    [
      ...commands,
      { do: 'stop-timer', timer: 'limit' },
      { do: 'emit', event: { type: 'leg.ended', leg: CALLER, failure } },
    ],
    ANSWERED,
  );
}

/** The caller got a 200. */
const ANSWERED = 200;
