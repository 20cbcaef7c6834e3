import type { LegName } from './call-event.ts';
import { CALLER, type CallCommand, type CallInput, type CallState } from './call-state.ts';
import { FAILURES, type FailureCode, mostTelling } from './failures.ts';

type Stepped = readonly [CallState, readonly CallCommand[]];

/** Provisional statuses that a caller may hear. 100 is the transaction's own affair; 199 ends an early dialog. */
const RINGING = 180;
const SESSION_PROGRESS = 183;

/**
 * The call's state machine: pure, total, and the only place that decides what a call does. Inputs that no longer mean
 * anything in a state (a provisional response after the answer) leave it as it is.
 */
export function step(state: CallState, input: CallInput): Stepped {
  switch (state.name) {
    case 'routing':
      return routing(state, input);
    case 'ringing':
      return ringing(state, input);
    case 'served':
      return served(state, input);
    case 'talking':
      return talking(state, input);
    case 'closing':
      return closing(state, input);
    case 'ended':
      return [state, refuseLateReinvite(input)];
  }
}

function routing(state: Extract<CallState, { name: 'routing' }>, input: CallInput): Stepped {
  switch (input.type) {
    case 'ring':
      if (input.legs.length === 0) return [state, [{ do: 'ask-plan', outcome: 'unreachable' }]];
      return [
        {
          name: 'ringing',
          forks: input.legs.map((leg) => ({ leg, ringing: false })),
          refusals: [],
          told: state.told,
        },
        [
          { do: 'start-timer', timer: 'ring', ms: input.forMs },
          ...input.legs.map((leg): CallCommand => ({ do: 'invite', leg })),
        ],
      ];
    case 'serve':
      return [
        { name: 'served' },
        [
          { do: 'start-timer', timer: 'limit' },
          { do: 'serve', service: input.service },
        ],
      ];
    case 'refuse':
      return close(input.failure, [reject(input.failure)]);
    case 'caller-gave-up':
      return close('caller-cancelled', []);
    case 'hang-up':
      return close(input.failure, [reject(input.failure)]);
    default:
      return [state, []];
  }
}

function ringing(state: Extract<CallState, { name: 'ringing' }>, input: CallInput): Stepped {
  const rung = (leg: LegName): boolean => state.forks.some((fork) => fork.leg === leg);
  switch (input.type) {
    case 'progress': {
      if (!rung(input.leg)) return [state, []];
      const forks = state.forks.map((fork) => (fork.leg === input.leg ? { ...fork, ringing: true } : fork));
      const events: CallCommand[] = [
        {
          do: 'emit',
          event: { type: 'leg.ringing', leg: input.leg, status: input.status, earlyMedia: input.earlyMedia },
        },
      ];
      // One phone is heard at a time: the first with early media, until it refuses.
      const takesTheEar = input.earlyMedia && (state.heard === undefined || state.heard === input.leg);
      if (takesTheEar) {
        const status = input.status === RINGING ? RINGING : SESSION_PROGRESS;
        return [
          { ...state, forks, heard: input.leg, told: Math.max(state.told, status) },
          [...events, { do: 'tell-progress', status, earlyMediaOf: input.leg }],
        ];
      }
      // Without sound of their own, several phones make one ringing tone; what was said once needs no repeat.
      const status = input.status === RINGING || input.earlyMedia ? RINGING : input.status;
      if (status <= state.told || state.heard !== undefined) return [{ ...state, forks }, events];
      return [{ ...state, forks, told: status }, [...events, { do: 'tell-progress', status }]];
    }
    case 'answered': {
      if (!rung(input.leg)) return [state, []];
      return [
        { name: 'talking', peer: input.leg },
        [
          { do: 'stop-timer', timer: 'ring' },
          ...others(state, input.leg).map((leg): CallCommand => ({ do: 'cancel', leg, elsewhere: true })),
          { do: 'start-timer', timer: 'limit' },
          { do: 'connect', leg: input.leg },
        ],
      ];
    }
    case 'refused': {
      if (!rung(input.leg)) return [state, []];
      const ended: CallCommand = {
        do: 'emit',
        event: { type: 'leg.ended', leg: input.leg, failure: input.failure, status: input.status },
      };
      const left = state.forks.filter((fork) => fork.leg !== input.leg);
      const refusals = [...state.refusals, input.failure];
      // 6xx is said by the person for all of their phones (RFC 3261 §16.7 item 5).
      if (input.status >= 600) {
        return [
          { name: 'routing', told: state.told },
          [
            ended,
            { do: 'stop-timer', timer: 'ring' },
            ...left.map((fork): CallCommand => ({ do: 'cancel', leg: fork.leg, elsewhere: false })),
            { do: 'ask-plan', outcome: input.failure },
          ],
        ];
      }
      if (left.length > 0) {
        const { heard, ...rest } = state;
        const stillHeard = heard !== undefined && heard !== input.leg ? { heard } : {};
        return [{ ...rest, ...stillHeard, forks: left, refusals }, [ended]];
      }
      return [
        { name: 'routing', told: state.told },
        [ended, { do: 'stop-timer', timer: 'ring' }, { do: 'ask-plan', outcome: mostTelling(refusals) }],
      ];
    }
    case 'timer':
      if (input.timer !== 'ring') return [state, []];
      return [
        { name: 'routing', told: state.told },
        [...cancelAll(state), { do: 'ask-plan', outcome: mostTelling([...state.refusals, 'no-answer']) }],
      ];
    case 'caller-gave-up':
      return close('caller-cancelled', [{ do: 'stop-timer', timer: 'ring' }, ...cancelAll(state)]);
    case 'hang-up':
      return close(input.failure, [{ do: 'stop-timer', timer: 'ring' }, ...cancelAll(state), reject(input.failure)]);
    default:
      return [state, []];
  }
}

function served(state: CallState, input: CallInput): Stepped {
  switch (input.type) {
    case 'leg-ended':
      return hungUp(input.leg, input.failure, []);
    case 'timer':
      return input.timer === 'limit' ? hangUp('time-limit', [CALLER]) : [state, []];
    case 'hang-up':
      return hangUp(input.failure, [CALLER]);
    case 'reinvite':
      return [state, [{ do: 'answer-reinvite', leg: input.leg }]];
    default:
      return [state, []];
  }
}

function talking(state: Extract<CallState, { name: 'talking' }>, input: CallInput): Stepped {
  const both = [CALLER, state.peer];
  switch (input.type) {
    case 'leg-ended': {
      if (!both.includes(input.leg)) return [state, []];
      const other = input.leg === CALLER ? state.peer : CALLER;
      return hungUp(input.leg, input.failure, [other]);
    }
    case 'timer':
      return input.timer === 'limit' ? hangUp('time-limit', both) : [state, []];
    case 'hang-up':
      return hangUp(input.failure, both);
    case 'reinvite': {
      if (!both.includes(input.leg)) return [state, []];
      // A refresh changes nothing for the other side, so it is not troubled.
      if (input.refresh) return [state, [{ do: 'answer-reinvite', leg: input.leg }]];
      if (state.exchange !== undefined) return [state, [{ do: 'refuse-reinvite', leg: input.leg, status: 491 }]];
      const exchange = { from: input.leg, to: input.leg === CALLER ? state.peer : CALLER };
      return [{ ...state, exchange }, [{ do: 'relay-reinvite', ...exchange }]];
    }
    case 'reinvite-answered':
    case 'reinvite-refused': {
      if (state.exchange?.to !== input.leg) return [state, []];
      const settled: CallState = { name: 'talking', peer: state.peer };
      const { from, to } = state.exchange;
      return [
        settled,
        [
          input.type === 'reinvite-answered'
            ? { do: 'pass-answer', from: to, to: from }
            : { do: 'refuse-reinvite', leg: from, status: input.status },
        ],
      ];
    }
    default:
      return [state, []];
  }
}

function closing(state: Extract<CallState, { name: 'closing' }>, input: CallInput): Stepped {
  if (input.type !== 'media-closed' && !(input.type === 'timer' && input.timer === 'closing')) {
    return [state, refuseLateReinvite(input)];
  }
  return [
    { name: 'ended', failure: state.failure, status: state.status },
    [{ do: 'stop-timer', timer: 'closing' }, { do: 'end' }],
  ];
}

function others(state: Extract<CallState, { name: 'ringing' }>, leg: LegName): LegName[] {
  return state.forks.filter((fork) => fork.leg !== leg).map((fork) => fork.leg);
}

function cancelAll(state: Extract<CallState, { name: 'ringing' }>): CallCommand[] {
  return state.forks.map((fork): CallCommand => ({ do: 'cancel', leg: fork.leg, elsewhere: false }));
}

function reject(failure: FailureCode): CallCommand {
  return { do: 'reject', failure, status: FAILURES[failure].status || 480 };
}

/** One leg hung up (or was lost); `rest` are told. */
function hungUp(leg: LegName, failure: FailureCode, rest: readonly LegName[]): Stepped {
  return close(
    failure,
    [
      { do: 'stop-timer', timer: 'limit' },
      { do: 'emit', event: { type: 'leg.ended', leg, failure } },
      ...rest.map((other): CallCommand => ({ do: 'bye', leg: other, failure })),
    ],
    200,
  );
}

/** The switch itself ends an answered call. */
function hangUp(failure: FailureCode, legs: readonly LegName[]): Stepped {
  return close(
    failure,
    [{ do: 'stop-timer', timer: 'limit' }, ...legs.map((leg): CallCommand => ({ do: 'bye', leg, failure }))],
    200,
  );
}

function close(failure: FailureCode, commands: readonly CallCommand[], status?: number): Stepped {
  return [
    { name: 'closing', failure, status: status ?? (FAILURES[failure].status || 480) },
    [...commands, { do: 'start-timer', timer: 'closing' }, { do: 'close-media' }],
  ];
}

/** A re-INVITE that arrives while the call goes down must still be answered: its sender waits. */
function refuseLateReinvite(input: CallInput): CallCommand[] {
  return input.type === 'reinvite' ? [{ do: 'refuse-reinvite', leg: input.leg, status: 481 }] : [];
}
