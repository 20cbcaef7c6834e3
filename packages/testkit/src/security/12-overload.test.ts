import { expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { talk } from '../scenarios/acts.ts';
import type { World } from '../world.ts';
import { rawRequest, Stranger } from './stranger.ts';

const LATE = { backlog: 300, occupancy: 1 };
const RESTED = { backlog: 0, occupancy: 0.2 };

/** A load that a test sets. */
function loadOf() {
  const now = { ...RESTED };
  return {
    becomes: (next: typeof now): void => void Object.assign(now, next),
    sources: { backlog: () => now.backlog, occupancy: () => now.occupancy },
  };
}

/** Somebody outside asks something, ten times a second for so long. */
async function strangersAsk(world: World, milliseconds: number): Promise<string[]> {
  const stranger = await Stranger.overUdp(world);
  for (let passed = 0; passed < milliseconds; passed += 100) {
    stranger.says(rawRequest({ method: 'OPTIONS', callId: `o${world.stage.clock.monotonic()}` }));
    world.passes(100);
  }
  await stranger.leaves();
  return stranger.hears();
}

const load = loadOf();

scenario(
  'security 12: a late loop refuses new calls with 503 and a time to come again; the call that is up goes on and ends, and it is over by itself',
  { ends: ['caller-hung-up'], cast: ['alice', 'bob', 'carol'], load: load.sources },
  async ({ alice, bob, carol, world }) => {
    talk(alice, bob);
    expect(new Set(await strangersAsk(world, 1_000))).toEqual(new Set(['200 OPTIONS']));
    load.becomes(LATE);
    const heard = await strangersAsk(world, 5_000);
    expect(heard.slice(0, 1)).toEqual(['200 OPTIONS']);
    expect(heard.at(-1)).toBe('503 OPTIONS');
    expect(world.loadEvents).toMatchObject([{ type: 'overload-began', backlog: 300 }]);
    expect(world.log.events).toContain('overload.began');
    // Who is known is let in with three of a hundred: this call is not among them.
    carol.invites(bob);
    expect(Number(carol.hears('503 INVITE').value('Retry-After'))).toBeGreaterThanOrEqual(5);
    bob.hearsNothing();

    alice.sends('INFO', { body: 'x' });
    bob.expects('INFO');
    alice.hears('200 INFO');
    alice.holds();
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    alice.call.bye();
    alice.hears('200 BYE');
    bob.expects('BYE');

    load.becomes(RESTED);
    await strangersAsk(world, 10_000);
    expect(world.loadEvents.at(-1)).toMatchObject({ type: 'overload-ended' });
    expect(world.running.overload.status).toMatchObject({
      overloaded: false,
      episodes: 1,
      admitted: { known: 1, strangers: 1 },
    });
    expect(new Set(await strangersAsk(world, 500))).toEqual(new Set(['200 OPTIONS']));
  },
);

const loadOfHelp = loadOf();

scenario(
  'security 12: a late loop refuses no call for help',
  { ends: ['not-found', 'not-found', 'not-found'], cast: ['alice', 'bob'], load: loadOfHelp.sources },
  async ({ alice, world }) => {
    loadOfHelp.becomes(LATE);
    await strangersAsk(world, 5_000);
    for (let i = 0; i < 3; i++) {
      alice.invites('112');
      // Nobody can be rung by this PBX file; but it is the router that says so.
      alice.hears('404 INVITE');
    }
    expect(world.running.overload.status.overloaded).toBe(true);
    loadOfHelp.becomes(RESTED);
  },
);
