import { describe, expect } from 'vitest';
import { pbxYaml, SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { AFTERMATH_MS, guardedBy } from '../world.ts';
import { bansOf, FAILURES, guesses, HOUR_MS, isHeard, kinds, phoneAt } from './guesses.ts';
import { OUTSIDE } from './stranger.ts';

describe('the allow-list wins', () => {
  scenario(
    'security 22: a trusted network is never banned, whatever is tried from it, by the switch or an operator',
    { ends: [], cast: [], settings: guardedBy({ trusted: ['203.0.113.64/28'] }) },
    async ({ world }) => {
      const [phone, stranger] = await phoneAt(world);
      expect(await guesses(world, phone, 4 * FAILURES)).toBe(4 * FAILURES);
      expect(bansOf(world)).toEqual([]);
      const { bans } = world.running.access.gate;
      expect(bans.add({ network: OUTSIDE.address }, { by: 'operator', reason: 'x' })).toMatchObject({ ok: false });
      expect(bans.add({ network: '203.0.113.0/24' }, { by: 'operator', reason: 'x' })).toMatchObject({ ok: true });
      expect(await isHeard(world)).toBe(true);
      expect(await isHeard(world, { ...OUTSIDE, address: '203.0.113.80' })).toBe(false);
      await stranger.leaves();
    },
  );
});

describe('bans of an operator', () => {
  scenario(
    'security 22: hold until they are lifted, survive a restart, and lifting lets in at once',
    { ends: [], cast: [] },
    async ({ world }) => {
      const { bans } = world.running.access.gate;
      bans.add({ network: '203.0.113.0/24' }, { by: 'operator', reason: 'a bad night' });
      expect(await isHeard(world)).toBe(false);
      world.passes(400 * 24 * HOUR_MS);
      await world.stop();
      await world.start();
      expect(await isHeard(world)).toBe(false);
      expect(world.running.access.gate.bans.remove('203.0.113.0/24')).toHaveLength(1);
      expect(await isHeard(world)).toBe(true);
      expect(kinds(world)).toEqual(['banned', 'unbanned']);
    },
  );
});

scenario(
  'security 22: what is over leaves nothing behind but what makes the next ban longer',
  { ends: [], cast: ['alice'] },
  async ({ world }) => {
    await world.applies(pbxYaml());
    const [phone, stranger] = await phoneAt(world);
    await guesses(world, phone, FAILURES);
    world.passes(HOUR_MS + AFTERMATH_MS);
    world.passes(60_000);
    expect(world.running.access.gate.bans.size).toBe(0);
    expect(world.leftovers()).toEqual([]);
    expect(world.network.sent(({ from }) => from.address === SWITCH.address).length).toBe(2 * FAILURES);
    await stranger.leaves();
  },
);
