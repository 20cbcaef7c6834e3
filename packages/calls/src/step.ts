import type { LegName } from './call-event.ts';
import {
  type CallCommand,
  type CallInput,
  type CallState,
  callerOf,
  isWhatWasCalled,
  type Untaken as UntakenFacts,
} from './call-state.ts';
import type { FailureCode } from './failures.ts';
import { beginOffer, offering } from './step-queue.ts';
import { beginRinging, ringing } from './step-ringing.ts';
import { stepOfTransfer } from './step-transfer.ts';
import { callerLeft, close, type Stepped, turnAway } from './stepped.ts';

/**
 * The call's state machine: pure, total, and the only place that decides what a call does. Inputs that no longer mean
 * anything in a state (a provisional response after the answer) leave it as it is.
 */
export function step(state: CallState, input: CallInput): Stepped {
  const ofTransfer = stepOfTransfer(state, input);
  if (ofTransfer !== undefined) return ofTransfer;
  switch (state.name) {
    case 'routing':
      return routing(state, input);
    case 'ringing':
      return state.queue === undefined ? ringing(state, input) : offering(state, state.queue, input);
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
      return beginRinging(state, input);
    case 'serve':
      return [{ ...state, name: 'served', service: input.service }, [{ do: 'serve', service: input.service }]];
    case 'refuse':
    case 'hang-up':
      return turnAway(input.failure, state);
    default:
      return callerAlone(state, input);
  }
}

type Untaken = Extract<CallState, { name: 'routing' | 'served' }>;

/** What stays as it is, whatever the plan does next. */
function untakenOf({ told, opened, caller, transfer, orphan }: UntakenFacts): UntakenFacts {
  return { told, opened, caller, transfer, orphan };
}

function served(state: Extract<CallState, { name: 'served' }>, input: CallInput): Stepped {
  const { service } = state;
  switch (input.type) {
    case 'offer':
      return service.kind === 'queue' ? beginOffer(state, input) : [state, []];
    case 'opened':
      return [{ ...state, opened: input.how }, input.how === 'answered' ? [{ do: 'start-timer', timer: 'limit' }] : []];
    case 'served':
      return [{ name: 'routing', ...untakenOf(state) }, [{ do: 'ask-plan', outcome: input.outcome }]];
    case 'refuse':
    case 'hang-up':
      return turnAway(input.failure, state);
    case 'leg-ended':
      return isWhatWasCalled(service) && input.leg === callerOf(state)
        ? hungUp(input.leg, input.failure, [])
        : callerAlone(state, input);
    default:
      return callerAlone(state, input);
  }
}

/** What may come of the caller while nobody is rung. */
function callerAlone(state: Untaken, input: CallInput): Stepped {
  switch (input.type) {
    case 'caller-gave-up':
      return close('caller-cancelled', []);
    case 'leg-ended':
      return input.leg === callerOf(state) ? callerLeft(input.failure, state) : [state, []];
    case 'timer':
      return input.timer === 'limit' ? turnAway('time-limit', state) : [state, []];
    case 'reinvite':
      return [state, [{ do: 'answer-reinvite', leg: input.leg }]];
    default:
      return [state, []];
  }
}

function talking(state: Extract<CallState, { name: 'talking' }>, input: CallInput): Stepped {
  const caller = callerOf(state);
  const both = [caller, state.peer];
  switch (input.type) {
    case 'leg-ended': {
      if (!both.includes(input.leg)) return [state, []];
      const other = input.leg === caller ? state.peer : caller;
      return hungUp(input.leg, input.failure, [other], input.cause);
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
      const exchange = { from: input.leg, to: input.leg === caller ? state.peer : caller };
      return [{ ...state, exchange }, [{ do: 'relay-reinvite', ...exchange }]];
    }
    case 'reinvite-answered':
    case 'reinvite-refused': {
      if (state.exchange === undefined || state.exchange.to !== input.leg) return [state, []];
      const { exchange, ...settled } = state;
      const { from, to } = exchange;
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

/** One leg hung up (or was lost); `rest` are told. */
function hungUp(leg: LegName, failure: FailureCode, rest: readonly LegName[], cause?: number): Stepped {
  const told = cause === undefined ? {} : { cause };
  return close(
    failure,
    [
      { do: 'stop-timer', timer: 'limit' },
      { do: 'emit', event: { type: 'leg.ended', leg, failure, ...told } },
      ...rest.map((other): CallCommand => ({ do: 'bye', leg: other, failure, ...told })),
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

/** A re-INVITE that arrives while the call goes down must still be answered: its sender waits. */
function refuseLateReinvite(input: CallInput): CallCommand[] {
  return input.type === 'reinvite' ? [{ do: 'refuse-reinvite', leg: input.leg, status: 481 }] : [];
}
