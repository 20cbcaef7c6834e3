import type { FakeMediaCall, MediaCommand } from '@vats/media/testing';
import type { Actor } from '../actor.ts';
import type { World } from '../world.ts';

export const weekly = (keys = '') => `conferences: [{ extension: "700", name: Weekly${keys} }]\n`;
export const WITH_PIN = weekly(', pin: "48213"');

type Join = Extract<MediaCommand, { do: 'join-room' }>;

/** The media of a caller's newest call. */
export function mediaOf(world: World, nth = 0): FakeMediaCall {
  return world.media.calls.filter(({ commands }) => commands.some((command) => command.do === 'open-leg'))[nth]!;
}

export function joinOf(media: FakeMediaCall): Join['order'] | undefined {
  return media.commands.findLast((command) => command.do === 'join-room')?.order;
}

/** The names of the prompts that the last order plays, or the tone. */
export function playing(media: FakeMediaCall): string[] {
  const last = media.commands.findLast(({ do: what }) => what === 'play' || what === 'stop-playing');
  if (last?.do !== 'play') return [];
  return last.order.items.map((item) =>
    'file' in item ? item.file.replace(/^.*\/|\.wav$/g, '') : 'tone' in item ? item.tone : '?',
  );
}

/** What is being played comes to its end. */
export function ends(world: World, media: FakeMediaCall): void {
  const order = media.commands.findLast((command) => command.do === 'play')!;
  media.emit({ kind: 'played', leg: order.leg, play: order.order.id, why: 'ended', playedMs: 1_000 });
  world.passes(0);
}

/** The caller keys something in, and a hash. */
export function keys(world: World, media: FakeMediaCall, digits: string): void {
  const order = media.commands.findLast((command) => command.do === 'collect')!;
  const why = digits === '' ? 'nothing' : 'terminator';
  media.emit({ kind: 'collected', leg: order.leg, collect: order.order.id, digits, why });
  world.passes(0);
}

export function dialsIn(actor: Actor, number = '700'): void {
  actor.invites(number);
  actor.hears('200 INVITE');
}

export function leaves(actor: Actor): void {
  actor.hangsUp();
  actor.hears('200 BYE');
}
