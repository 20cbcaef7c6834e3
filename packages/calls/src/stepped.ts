import { type CallCommand, type CallState, callerOf, type Untaken } from './call-state.ts';
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
export function turnAway(failure: FailureCode, state: Untaken, commands: readonly CallCommand[] = []): Stepped {
  const { opened, transfer } = state;
  if (opened !== 'answered') return close(failure, [...commands, reject(failure)]);
  return close(
    failure,
    [
      ...commands,
      { do: 'stop-timer', timer: 'limit' },
      ...(transfer === undefined ? [] : [{ do: 'fail-transfer', failure } as const]),
      { do: 'bye', leg: callerOf(state), failure },
      ...aside(state, failure),
    ],
    ANSWERED,
  );
}

/** A caller whom the switch has answered is gone before anybody spoke with them, which is giving up, whatever ended it on the wire. */
export function callerLeft(how: FailureCode, state: Untaken, commands: readonly CallCommand[] = []): Stepped {
  const { transfer } = state;
  // Whoever waits to be put through has spoken with somebody.
  const failure = how === 'caller-hung-up' && transfer === undefined ? 'caller-cancelled' : how;
  return close(
    failure,
    [
      ...commands,
      { do: 'stop-timer', timer: 'limit' },
      { do: 'emit', event: { type: 'leg.ended', leg: callerOf(state), failure } },
      ...(transfer === undefined ? [] : [{ do: 'fail-transfer', failure: 'caller-cancelled' } as const]),
      ...aside(state, failure),
    ],
    ANSWERED,
  );
}

/** The leg of who ordered a transfer is let go with the call. */
function aside({ transfer }: Untaken, failure: FailureCode): CallCommand[] {
  return transfer?.up === true ? [{ do: 'bye', leg: transfer.by, failure }] : [];
}

/** The caller got a 200. */
const ANSWERED = 200;
