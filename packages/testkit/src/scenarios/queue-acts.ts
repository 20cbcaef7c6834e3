import type { CallEvent } from '@vats/calls';
import type { FakeMediaCall } from '@vats/media/testing';
import type { Actor } from '../actor.ts';
import type { World } from '../world.ts';

/** A group with a queue. @param keys of the queue; `more` of the group */
export const queueOf = (keys = '', more = 'strategy: sequential, ring: 10s', members = '["202"]') =>
  `groups: [{ extension: "600", name: Sales, members: ${members}, ${more}, queue: { ${keys} } }]\n`;

/** Calls the group, and is let in. */
export function waits(actor: Actor, number = '600'): void {
  actor.invites(number);
  actor.hears('200 INVITE');
}

/** The phone rings for who waits, and is picked up. */
export function takes(agent: Actor): void {
  agent.answers();
  agent.expects('ACK');
}

/** The media of the nth call that opened any leg, the first unless given. */
export function mediaOf(world: World, nth = 0): FakeMediaCall {
  return world.media.calls.filter(({ commands }) => commands.some((command) => command.do === 'open-leg'))[nth]!;
}

/** The names of what is played now, without its folder. */
export function playing(media: FakeMediaCall): string[] {
  const last = media.commands.findLast(({ do: what }) => what === 'play' || what === 'stop-playing');
  if (last?.do !== 'play') return [];
  return last.order.items.map((item) => ('file' in item ? item.file.replace(/^.*\/|\.wav$/g, '') : '?'));
}

/** What is being played comes to its end. */
export function playEnds(world: World, media: FakeMediaCall): void {
  const order = media.commands.findLast((command) => command.do === 'play')!;
  media.emit({ kind: 'played', leg: order.leg, play: order.order.id, why: 'ended', playedMs: 1_000 });
  world.passes(0);
}

/** What the story of all calls tells of queues, in short. */
export function queueStory(world: World): string[] {
  return world.events.flatMap((event: CallEvent) => {
    switch (event.type) {
      case 'queue.entered':
        return `entered ${event.group} at ${event.position}`;
      case 'queue.announced':
        return `told ${event.position}${event.waitMs === undefined ? '' : ` in ${event.waitMs}`}`;
      case 'queue.missed':
        return `missed by ${event.agent}: ${event.why}`;
      case 'queue.left':
        return `left: ${event.how} after ${event.waitedMs}`;
      default:
        return [];
    }
  });
}
