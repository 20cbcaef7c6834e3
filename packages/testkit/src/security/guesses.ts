import type { Endpoint } from '@vats/kernel';
import type { World } from '../world.ts';
import { BarePhone } from './accounts.ts';
import { OUTSIDE, rawRequest, Stranger } from './stranger.ts';

export const WRONG = 'Wr0ngWrong';
/** By default, ten wrong passwords within five minutes shut out for an hour. */
export const FAILURES = 10;
export const WITHIN_MS = 300_000;
export const HOUR_MS = 3_600_000;
export const LONGEST_MS = 7 * 24 * HOUR_MS;

export async function phoneAt(world: World, at: Endpoint = OUTSIDE, login = 'alice'): Promise<[BarePhone, Stranger]> {
  const stranger = await Stranger.overUdp(world, at);
  return [new BarePhone(world, stranger, login), stranger];
}

/** Tries this password so often, or until nobody answers any more. Answers how often it was answered, challenges not counted. */
export async function guesses(world: World, phone: BarePhone, times: number, password = WRONG): Promise<number> {
  let answered = 0;
  for (let i = 0; i < times; i++) {
    const nonce = await phone.nonce().catch(() => undefined);
    const answer = nonce === undefined ? undefined : await phone.registers({ nonce, password }).catch(() => undefined);
    if (answer === undefined) break;
    answered++;
  }
  world.passes(0);
  return answered;
}

/** Whether anybody is heard from there. */
export async function isHeard(world: World, at: Endpoint = OUTSIDE): Promise<boolean> {
  const stranger = await Stranger.overUdp(world, { ...at, port: at.port + 1 });
  const heard = stranger.says(rawRequest()).hears().length > 0;
  await stranger.leaves();
  return heard;
}

export function bansOf(world: World) {
  return world.running.access.gate.bans
    .list()
    .map(({ network, user, by }) => ({ network, user: user?.split('\n').at(-1), by }));
}

export function kinds(world: World): string[] {
  return world.accessEvents.map(({ type }) => type).filter((type) => type.includes('ban'));
}
