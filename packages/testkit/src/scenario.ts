import type { FailureCode } from '@vats/calls';
import { test } from 'vitest';
import type { Actors } from './cast.ts';
import { World, type WorldOptions } from './world.ts';

export interface ScenarioOptions extends WorldOptions {
  /** How its calls end, in the order in which they began; one that never became a call has none. */
  readonly ends: FailureCode | readonly FailureCode[];
}

export interface Scene extends Actors {
  readonly world: World;
}

/**
 * A test told as a story of phones. After the story everybody must have spoken of everything that reached them, every call must
 * have had one terminal event, and nothing may be left over: no timer, transaction, dialog, port, file or socket.
 *
 * @example
 * scenario('Bob is busy', { ends: 'callee-busy' }, ({ alice, bob }) => {
 *   alice.invites(bob);
 *   bob.refuses(486);
 *   alice.hears(486);
 * });
 */
export function scenario(title: string, options: ScenarioOptions, play: (scene: Scene) => void | Promise<void>): void {
  test(title, async () => {
    const world = await World.open(options);
    try {
      await play({ ...world.actors, world });
      await world.finish(typeof options.ends === 'string' ? [options.ends] : options.ends);
    } catch (error) {
      // What went wrong first is what the reader wants to see.
      await world.close().catch(() => {});
      throw error;
    }
    await world.close();
  });
}
