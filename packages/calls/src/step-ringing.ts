import type { LegName } from './call-event.ts';
import { type CallCommand, type CallInput, type CallState, callerOf, type Fork } from './call-state.ts';
import { mostTelling } from './refusals.ts';
import { taken } from './step-transfer.ts';
import { callerLeft, close, type Stepped, turnAway } from './stepped.ts';

type Ringing = Extract<CallState, { name: 'ringing' }>;
type Input<Type extends CallInput['type']> = Extract<CallInput, { type: Type }>;

/** Provisional statuses that a caller may hear. 100 is the transaction's own affair; 199 ends an early dialog. */
const RINGING = 180;
const SESSION_PROGRESS = 183;

/** The plan's next step rings somebody: those that need not wait at once. */
export function beginRinging(state: Extract<CallState, { name: 'routing' }>, input: Input<'ring'>): Stepped {
  const { legs, forMs, ofMany = false } = input;
  if (legs.length === 0) return [state, [{ do: 'ask-plan', outcome: 'unreachable' }]];
  const forks = legs.map(
    (rung): Fork => ({ ...rung, first: rung.leg, waits: rung.after !== undefined, ringing: false }),
  );
  return [
    { ...state, name: 'ringing', forks, refusals: [], ofMany },
    [{ do: 'start-timer', timer: 'ring', ms: forMs }, ...ringback(state), ...forks.flatMap(begin)],
  ];
}

/** Somebody is rung, and nobody has answered. */
export function ringing(state: Ringing, input: CallInput): Stepped {
  switch (input.type) {
    case 'progress':
      return progress(state, input);
    case 'answered':
      return answered(state, input.leg);
    case 'reserved':
      return [state, forkOf(state, input.leg) === undefined ? [] : [{ do: 'invite', leg: input.leg }]];
    case 'refused':
      return refused(state, input);
    case 'replaced':
      return replaced(state, input);
    case 'timer':
      return timer(state, input.timer);
    case 'caller-gave-up':
      return close('caller-cancelled', allStop(state, input.elsewhere));
    case 'hang-up':
      return turnAway(input.failure, state, allStop(state));
    case 'leg-ended':
      return input.leg === callerOf(state) ? callerLeft(input.failure, state, allStop(state)) : [state, []];
    case 'reinvite':
      return [state, input.leg === callerOf(state) ? [{ do: 'answer-reinvite', leg: input.leg }] : []];
    default:
      return [state, []];
  }
}

function progress(state: Ringing, input: Input<'progress'>): Stepped {
  if (forkOf(state, input.leg) === undefined) return [state, []];
  const forks = state.forks.map((fork) => (fork.leg === input.leg ? { ...fork, ringing: true } : fork));
  const { leg, earlyMedia } = input;
  const events: CallCommand[] = [{ do: 'emit', event: { type: 'leg.ringing', leg, status: input.status, earlyMedia } }];
  // One phone is heard at a time: the first with early media, until it refuses.
  if (earlyMedia && (state.heard === undefined || state.heard === leg)) {
    const status = input.status === RINGING ? RINGING : SESSION_PROGRESS;
    return [
      { ...state, forks, heard: leg, told: Math.max(state.told, status) },
      [...events, { do: 'tell-progress', status, earlyMediaOf: leg }],
    ];
  }
  // Who hears the switch hears it make that tone.
  if (state.opened !== undefined) return [{ ...state, forks }, events];
  // Without sound of their own, several phones make one ringing tone; what was said once needs no repeat.
  const status = input.status === RINGING || earlyMedia ? RINGING : input.status;
  if (status <= state.told || state.heard !== undefined) return [{ ...state, forks }, events];
  return [{ ...state, forks, told: status }, [...events, { do: 'tell-progress', status }]];
}

function answered(state: Ringing, leg: LegName): Stepped {
  const fork = forkOf(state, leg);
  if (fork === undefined) return [state, []];
  const stop: CallCommand[] = [
    { do: 'stop-timer', timer: 'ring' },
    ...timersOf(fork),
    ...state.forks.filter((other) => other !== fork).flatMap((other) => cancel(other, true)),
  ];
  return taken(state, leg, stop);
}

function refused(state: Ringing, { leg, failure, status, cause }: Input<'refused'>): Stepped {
  const fork = forkOf(state, leg);
  if (fork === undefined) return [state, []];
  const commands: CallCommand[] = [
    ...timersOf(fork),
    { do: 'emit', event: { type: 'leg.ended', leg, failure, status, ...(cause !== undefined && { cause }) } },
  ];
  const others = state.forks.filter((other) => other !== fork);
  // 6xx is said by the person for all of their phones (RFC 3261 §16.7 item 5), and for nobody else's.
  if (status < 600) return without(state, others, failure, leg, commands);
  if (state.ofMany) {
    const theirs = others.filter(({ member }) => member !== undefined && member === fork.member);
    const left = others.filter((other) => !theirs.includes(other));
    return without(state, left, failure, leg, [...commands, ...cancelAll(theirs)]);
  }
  return [
    asking(state),
    [...commands, { do: 'stop-timer', timer: 'ring' }, ...cancelAll(others), { do: 'ask-plan', outcome: failure }],
  ];
}

function replaced(state: Ringing, { leg, by, failure, status, cause }: Input<'replaced'>): Stepped {
  const fork = forkOf(state, leg);
  if (fork === undefined) return [state, []];
  const forks = state.forks.map((other) => (other === fork ? { ...fork, leg: by, ringing: false } : other));
  const next = notHearing(leg, { ...state, forks });
  return [
    next,
    [
      { do: 'emit', event: { type: 'leg.ended', leg, failure, status, ...(cause !== undefined && { cause }) } },
      ...ringbackAgain(state, next),
      { do: 'invite', leg: by },
    ],
  ];
}

function timer(state: Ringing, name: string): Stepped {
  if (name === 'limit') return turnAway('time-limit', state, allStop(state));
  if (name === 'ring') {
    const outcome = mostTelling([...state.refusals, 'no-answer'], state.ofMany);
    return [asking(state), [...cancelAll(state.forks), { do: 'ask-plan', outcome }]];
  }
  const starts = state.forks.find(({ first, waits }) => waits && name === `start ${first}`);
  if (starts !== undefined) {
    const { after: _, ...begun } = starts;
    const now: Fork = { ...begun, waits: false };
    return [{ ...state, forks: state.forks.map((fork) => (fork === starts ? now : fork)) }, begin(now)];
  }
  const stops = state.forks.find(({ first, waits }) => !waits && name === `stop ${first}`);
  if (stops === undefined) return [state, []];
  const left = state.forks.filter((fork) => fork !== stops);
  return without(state, left, 'no-answer', stops.leg, [{ do: 'cancel', leg: stops.leg, elsewhere: false }]);
}

/** One of them is over, and the rest go on; when none is left the plan is asked. */
function without(
  state: Ringing,
  left: readonly Fork[],
  failure: Ringing['refusals'][number],
  gone: LegName,
  commands: readonly CallCommand[],
): Stepped {
  const refusals = [...state.refusals, failure];
  if (left.length > 0) {
    const next = notHearing(gone, { ...state, forks: left, refusals });
    return [next, [...commands, ...ringbackAgain(state, next)]];
  }
  return [
    asking(state),
    [
      ...commands,
      { do: 'stop-timer', timer: 'ring' },
      { do: 'ask-plan', outcome: mostTelling(refusals, state.ofMany) },
    ],
  ];
}

function notHearing(gone: LegName, state: Ringing): Ringing {
  const { heard, ...rest } = state;
  const still = rest.forks.some(({ leg }) => leg === heard);
  return heard === undefined || heard === gone || !still ? rest : state;
}

/** The plan says what comes after this. */
function asking({ told, opened, caller, transfer, orphan }: Ringing): CallState {
  return { name: 'routing', told, opened, caller, transfer, orphan };
}

/** A caller who hears the switch gets no provisional response that would make their phone ring: the switch makes the tone. */
function ringback({ opened }: Pick<Ringing, 'opened'>): CallCommand[] {
  return opened === undefined ? [] : [{ do: 'ringback' }];
}

/** The phone that the caller heard is gone, and others ring on. */
function ringbackAgain(before: Ringing, now: Ringing): CallCommand[] {
  return before.heard !== undefined && now.heard === undefined ? ringback(now) : [];
}

function allStop({ forks }: Ringing, elsewhere = false): CallCommand[] {
  return [{ do: 'stop-timer', timer: 'ring' }, ...cancelAll(forks, elsewhere)];
}

function forkOf(state: Ringing, leg: LegName): Fork | undefined {
  return state.forks.find((fork) => fork.leg === leg && !fork.waits);
}

/** Sends a fork's INVITE, or waits for its time; its own time to ring runs from its INVITE. */
function begin({ leg, first, waits, after, ring }: Fork): CallCommand[] {
  if (waits) return [{ do: 'start-timer', timer: `start ${first}`, ms: after ?? 0 }];
  const invite: CallCommand = { do: 'invite', leg };
  return ring === undefined ? [invite] : [{ do: 'start-timer', timer: `stop ${first}`, ms: ring }, invite];
}

function timersOf({ first, waits, ring }: Fork): CallCommand[] {
  if (waits) return [{ do: 'stop-timer', timer: `start ${first}` }];
  return ring === undefined ? [] : [{ do: 'stop-timer', timer: `stop ${first}` }];
}

function cancel(fork: Fork, elsewhere: boolean): CallCommand[] {
  return [...timersOf(fork), { do: 'cancel', leg: fork.leg, elsewhere }];
}

function cancelAll(forks: readonly Fork[], elsewhere = false): CallCommand[] {
  return forks.flatMap((fork) => cancel(fork, elsewhere));
}
