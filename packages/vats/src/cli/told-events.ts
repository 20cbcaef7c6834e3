import { z } from 'zod';
import { duration } from './table.ts';

const FAULTS: Readonly<Record<string, string>> = {
  unknown: 'there is no such prompt',
  unreadable: 'its file can not be played',
  'no-codec': 'the phone offers no codec that the switch can speak in',
  'no-offer': 'the phone has offered no sound yet',
};

const WAITED: Readonly<Record<string, string>> = {
  answered: 'is taken by an agent',
  abandoned: 'waits no longer',
  waited: 'has waited as long as the queue lets',
  nobody: 'has nobody to wait for any more',
};

const DOES: Readonly<Record<string, string>> = { listen: 'listens', whisper: 'whispers', barge: 'barges in' };
const at = z.number();
const supervising = z.object({
  at,
  type: z.enum(['supervisor.joined', 'supervisor.left']),
  by: z.object({ number: z.string(), name: z.string().optional() }),
  how: z.string(),
});

const person = z.object({ number: z.string(), name: z.string().optional() });
const HOW: Readonly<Record<string, string>> = {
  blind: 'transfers',
  attended: 'puts through',
  replaced: 'is replaced, in the talk with',
};
const diverted = z.object({
  at,
  type: z.literal('call.started'),
  diverted: z.array(z.object({ from: z.string(), reason: z.string(), times: z.number().optional() })).min(1),
});

/** Events that a record tells nowhere but in its story. */
const told = z.discriminatedUnion('type', [
  supervising,
  z.object({
    ...{ at, type: z.literal('transfer.started'), how: z.string(), by: z.string(), byParty: person },
    ...{ party: person, to: z.string(), with: z.string().optional() },
  }),
  z.object({ at, type: z.literal('transfer.succeeded'), by: z.string(), leg: z.string(), party: person }),
  z.object({ at, type: z.literal('transfer.failed'), by: z.string(), failure: z.string(), returned: z.boolean() }),
  z.object({ at, type: z.literal('transfer.joined'), leg: z.string(), into: z.string() }),
  diverted,
  z.object({ at, type: z.literal('queue.entered'), group: z.string(), position: z.number() }),
  z.object({ at, type: z.literal('queue.announced'), position: z.number(), waitMs: z.number().optional() }),
  z.object({ at, type: z.literal('queue.missed'), leg: z.string(), agent: z.string(), why: z.string() }),
  z.object({ at, type: z.literal('queue.left'), group: z.string(), how: z.string(), waitedMs: z.number() }),
  z.object({ at, type: z.literal('call.opened'), how: z.string() }),
  z.object({ at, type: z.literal('prompt.played'), prompt: z.string(), playedMs: z.number(), why: z.string() }),
  z.object({
    ...{ at, type: z.enum(['decision.made', 'decision.failed']) },
    ...{ service: z.string(), why: z.string().optional() },
  }),
  z.object({ at, type: z.literal('order.done'), what: z.string(), of: z.string().optional() }),
  z.object({ at, type: z.literal('menu.answered'), prompt: z.string(), keys: z.string(), outcome: z.string() }),
  z.object({
    at,
    type: z.literal('prompt.failed'),
    prompt: z.string(),
    leg: z.string().optional(),
    why: z.string(),
    detail: z.string().optional(),
  }),
]);

/** A line of a story: when, of which leg, and what. */
export interface Moment {
  /** Wall time, ms. */
  readonly at: number;
  readonly leg: string;
  readonly text: string;
}

/** What of a story's events stands nowhere else: who supervised, and what the switch said. Others are left out. */
export function momentsOfEvents(events: readonly unknown[]): Moment[] {
  return events.flatMap((event) => {
    const read = told.safeParse(event);
    return read.success ? [{ at: read.data.at, ...textOf(read.data) }] : [];
  });
}

function textOf(event: z.output<typeof told>): { leg: string; text: string } {
  switch (event.type) {
    case 'transfer.started': {
      const { by, byParty, party, to, how, with: other } = event;
      const via = other === undefined ? '' : `, from call ${other}`;
      const where = how === 'replaced' ? `, by ${to}` : ` to ${to}`;
      return { leg: by, text: `${named(byParty)} ${HOW[how] ?? how} ${named(party)}${where}${via}` };
    }
    case 'transfer.succeeded':
      return { leg: event.leg, text: `is put through: ${named(event.party)}` };
    case 'transfer.failed': {
      const back = event.returned ? ', and has the call back' : '';
      return { leg: event.by, text: `the transfer failed: ${event.failure}${back}` };
    }
    case 'transfer.joined':
      return { leg: event.leg, text: `goes on in call ${event.into}` };
    case 'supervisor.joined':
      return { leg: '', text: `${named(event.by)} ${DOES[event.how] ?? event.how}` };
    case 'supervisor.left':
      return { leg: '', text: `${named(event.by)} supervises no longer` };
    case 'call.started': {
      const ways = event.diverted.map(({ from, reason, times = 1 }) => {
        return `from ${from} (${reason}${times > 1 ? `, ${times} times` : ''})`;
      });
      return {
        leg: 'a',
        text: `is a call that was first for ${event.diverted[0]?.from}, and sent on ${ways.join(', ')}`,
      };
    }
    case 'queue.entered':
      return { leg: 'a', text: `waits for group ${event.group}, at place ${event.position}` };
    case 'queue.announced': {
      const wait = event.waitMs === undefined ? '' : `, and that it will be ${duration(event.waitMs)}`;
      return { leg: 'a', text: `is told of place ${event.position}${wait}` };
    }
    case 'queue.missed':
      return { leg: event.leg, text: `agent ${event.agent} does not take the caller: ${event.why}` };
    case 'queue.left':
      return { leg: 'a', text: `${WAITED[event.how] ?? event.how} after ${duration(event.waitedMs)}` };
    case 'call.opened':
      return {
        leg: 'a',
        text: event.how === 'early' ? 'the switch speaks before any answer' : 'the switch answers, to speak',
      };
    case 'prompt.played': {
      const cut = event.why === 'stopped' ? ', not to its end' : '';
      return { leg: 'a', text: `has heard prompt ${event.prompt} for ${duration(event.playedMs)}${cut}` };
    }
    case 'decision.made':
      return { leg: 'a', text: `${event.service} says what is done` };
    case 'decision.failed':
      return {
        leg: 'a',
        text: `${event.service} does not say what is done: ${event.why ?? 'nothing is known of why'}`,
      };
    case 'order.done':
      return { leg: 'a', text: `has ordered ${event.what}${event.of === undefined ? '' : `: ${event.of}`}` };
    case 'menu.answered': {
      const { prompt, keys, outcome } = event;
      const what = keys === '' ? 'presses no key' : `presses ${keys}`;
      return { leg: 'a', text: `${what} in menu ${prompt}${MENU_ENDS[outcome] ?? ''}` };
    }
    case 'prompt.failed': {
      const { prompt, leg = 'a', why, detail } = event;
      const more = detail === undefined ? '' : `: ${detail}`;
      return { leg, text: `does not hear prompt ${prompt}: ${FAULTS[why] ?? why}${more}` };
    }
  }
}

/** What is worth a word beside the keys. */
const MENU_ENDS: Readonly<Record<string, string>> = {
  'wrong-key': ', which means nothing there',
  'wrong-pin': ', and does not give its PIN',
  'not-played': ', which can not be played',
};

function named({ number, name }: z.output<typeof supervising>['by']): string {
  return name === undefined ? number : `${number} ${name}`;
}
