import type { RingOutcome } from '@vats/pbx';
import type { CallCommand, CallInput, CallState, Fork, Service } from './call-state.ts';
import { beginRinging, ringing } from './step-ringing.ts';
import type { Stepped } from './stepped.ts';

type Ringing = Extract<CallState, { name: 'ringing' }>;
type Served = Extract<CallState, { name: 'served' }>;

/** The caller, who waits in a queue, rings agents, and goes on hearing what is played to who waits. */
export function beginOffer(state: Served, { legs, forMs }: Extract<CallInput, { type: 'offer' }>): Stepped {
  const { name: _, service, ...untaken } = state;
  if (legs.length === 0) return [state, [{ do: 'end-offer' }]];
  const ring = { type: 'ring', legs, forMs, ofMany: true } as const;
  const [next, commands] = beginRinging({ ...untaken, name: 'routing' }, ring);
  const after = next.name === 'ringing' ? { ...next, queue: service } : next;
  return [after, commands.filter(isNoRingback)];
}

/** What comes while agents ring: as with any ringing, but that the caller hears none of them, and waits on when none has answered. */
export function offering(state: Ringing, queue: Service, input: CallInput): Stepped {
  const [next, commands] = ringing(state, input.type === 'progress' ? { ...input, earlyMedia: false } : input);
  const missed = missedBy(state, next, input);
  if (next.name !== 'routing') return [next, [...commands, ...missed]];
  return [
    { ...next, name: 'served', service: queue },
    [...commands.filter(({ do: what }) => what !== 'ask-plan'), ...missed, { do: 'end-offer' }],
  ];
}

function isNoRingback({ do: what }: CallCommand): boolean {
  return what !== 'ringback';
}

/** The agents' legs that are over, though the caller is there still and nobody has answered. */
function missedBy(before: Ringing, after: CallState, input: CallInput): CallCommand[] {
  if (after.name !== 'ringing' && after.name !== 'routing') return [];
  const why: RingOutcome | undefined =
    input.type === 'refused' ? input.failure : input.type === 'timer' ? 'no-answer' : undefined;
  if (why === undefined) return [];
  const unsent = input.type === 'refused' && input.unsent ? { unsent: input.unsent } : {};
  const left = after.name === 'ringing' ? after.forks : [];
  const isLeft = ({ first }: Fork): boolean => left.some((fork) => fork.first === first);
  return before.forks
    .filter((fork) => !isLeft(fork))
    .map(({ leg, member = leg }) => ({ do: 'miss-offer', leg, member, why, ...unsent }));
}
