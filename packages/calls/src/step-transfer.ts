import type { LegName } from './call-event.ts';
import {
  type CallCommand,
  type CallInput,
  type CallState,
  callerOf,
  isWhatWasCalled,
  type Untaken,
} from './call-state.ts';
import type { FailureCode } from './failures.ts';
import { close, type Stepped } from './stepped.ts';

type Waiting = Extract<CallState, { name: 'routing' | 'ringing' | 'served' }>;
type Talking = Extract<CallState, { name: 'talking' }>;

/**
 * What inputs mean that only calls know which are transferred, or taken over: one side sends the other on, nothing comes
 * of it, somebody else comes into a side's place. Undefined: it is a matter of the state itself.
 */
export function stepOfTransfer(state: CallState, input: CallInput): Stepped | undefined {
  switch (state.name) {
    case 'talking':
      return talking(state, input);
    case 'routing':
    case 'ringing':
    case 'served':
      return waiting(state, input);
    default:
      return undefined;
  }
}

/** Somebody has answered the one who waits, or comes to it. @param stop what ends the ringing */
export function taken(state: Waiting, leg: LegName, stop: readonly CallCommand[]): Stepped {
  if (state.orphan === true) {
    const { opened } = state;
    const goOver: CallCommand[] = [
      { do: 'hand-over', leg },
      opened === 'answered'
        ? { do: 'bye', leg: callerOf(state), failure: 'transferred' }
        : { do: 'reject', failure: 'transferred', status: 487 },
    ];
    return close('transferred', [...stop, ...goOver], 487);
  }
  return [
    { name: 'talking', peer: leg, ...(state.caller !== undefined && { caller: state.caller }) },
    [...stop, { do: 'start-timer', timer: 'limit' }, { do: 'connect', leg }, ...transferEnds(state, leg)],
  ];
}

/** Whoever ordered it is let go. @param to who is there in their place */
export function transferEnds({ transfer }: Untaken, to: LegName): CallCommand[] {
  if (transfer === undefined) return [];
  const letGo: CallCommand = { do: 'let-go', leg: transfer.by, failure: 'transferred' };
  return [{ do: 'end-transfer', to }, ...(transfer.up ? [letGo] : [])];
}

function talking(state: Talking, input: CallInput): Stepped | undefined {
  const caller = callerOf(state);
  switch (input.type) {
    case 'transfer': {
      if (input.by !== caller && input.by !== state.peer) return [state, []];
      const stays = input.by === caller ? state.peer : caller;
      const transfer = { by: input.by, up: true };
      return [
        { name: 'routing', told: 0, opened: 'answered', caller: stays, transfer },
        [{ do: 'begin-transfer', by: input.by, caller: stays }],
      ];
    }
    case 'taken-over': {
      const places = { caller, peer: state.peer };
      if (input.leg === caller) places.caller = input.by;
      else if (input.leg === state.peer) places.peer = input.by;
      else return [state, []];
      const stays = input.leg === caller ? state.peer : caller;
      return [
        { name: 'talking', ...places },
        [
          { do: 'admit', leg: input.by, to: stays, caller: places.caller },
          { do: 'let-go', leg: input.leg, failure: 'transferred' },
        ],
      ];
    }
    case 'absorbed':
      if (input.by !== caller && input.by !== state.peer) return [state, []];
      return close(
        'transferred',
        [
          { do: 'stop-timer', timer: 'limit' },
          { do: 'bye', leg: input.by, failure: 'transferred' },
        ],
        200,
      );
    default:
      return undefined;
  }
}

function waiting(state: Waiting, input: CallInput): Stepped | undefined {
  const { transfer } = state;
  switch (input.type) {
    case 'brought':
      return taken(state, input.leg, []);
    case 'picked-up':
      if (state.name !== 'ringing' || !state.forks.some(({ leg }) => leg === input.leg)) return [state, []];
      return taken(state, input.by, stopAll(state));
    case 'orphaned':
      return [{ ...state, orphan: true }, []];
    case 'caller-gave-up':
      return state.orphan === true ? [state, []] : undefined;
    case 'serve':
      // Nobody is there who could hear it.
      if (state.orphan === true) return close('not-served', [{ do: 'reject', failure: 'not-served', status: 480 }]);
      return transfer === undefined ? undefined : served(state, input);
    case 'leg-ended':
      if (state.orphan === true && input.leg === callerOf(state)) return [state, []];
      if (transfer?.up !== true || input.leg !== transfer.by) return undefined;
      return [
        { ...state, transfer: { ...transfer, up: false } },
        [{ do: 'let-go', leg: transfer.by, failure: input.failure }],
      ];
    case 'reinvite':
      // Who has sent the other side on hears nobody: what they say of their sound concerns nobody else.
      if (transfer?.up !== true || input.leg !== transfer.by) return undefined;
      return [state, [{ do: 'answer-reinvite', leg: input.leg }]];
    case 'refuse':
      return transfer?.up === true ? returned(state, transfer.by, input.failure) : undefined;
    default:
      return undefined;
  }
}

/** An echo, a conference, a queue, a mailbox or leaving a message is somebody to be put through to; what is only said on the way there is not. */
function served(state: Waiting, { service }: CallInput & { readonly type: 'serve' }): Stepped {
  const serve: CallCommand = { do: 'serve', service };
  const { told, opened, caller, transfer } = state;
  const isThere = isWhatWasCalled(service) || service.kind === 'queue' || service.kind === 'voicemail';
  if (!isThere) return [{ name: 'served', told, opened, caller, transfer, service }, [serve]];
  return [{ name: 'served', told, opened, caller, service }, [...transferEnds(state, callerOf(state)), serve]];
}

/** The two talk again. */
function returned(state: Waiting, by: LegName, failure: FailureCode): Stepped {
  const { caller } = state;
  return [
    { name: 'talking', peer: by, ...(caller !== undefined && { caller }) },
    [{ do: 'fail-transfer', failure, returned: by }],
  ];
}

function stopAll(state: Extract<CallState, { name: 'ringing' }>): CallCommand[] {
  return [
    { do: 'stop-timer', timer: 'ring' },
    ...state.forks.flatMap(({ leg, first, waits, ring }): CallCommand[] => [
      ...(waits ? [{ do: 'stop-timer', timer: `start ${first}` } as const] : []),
      ...(!waits && ring !== undefined ? [{ do: 'stop-timer', timer: `stop ${first}` } as const] : []),
      { do: 'cancel', leg, elsewhere: true },
    ]),
  ];
}
