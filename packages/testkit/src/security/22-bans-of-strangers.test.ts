import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { bansOf, FAILURES, guesses, HOUR_MS, isHeard, kinds, LONGEST_MS, phoneAt, WRONG } from './guesses.ts';
import { OUTSIDE, Stranger } from './stranger.ts';

describe('where nobody is good', () => {
  scenario(
    'security 22: so many wrong passwords shut the source out, over UDP and TCP, and nobody else',
    { ends: 'caller-hung-up', cast: ['alice', 'bob'] },
    async ({ alice, bob, world }) => {
      const [phone, stranger] = await phoneAt(world);
      expect(await guesses(world, phone, 2 * FAILURES)).toBe(FAILURES);
      expect(bansOf(world)).toEqual([{ network: OUTSIDE.address, user: undefined, by: 'switch' }]);
      expect(kinds(world)).toEqual(['banned']);
      expect(world.log.lines.find(({ event }) => event === 'access.banned')).toMatchObject({
        level: 'warn',
        fields: { network: OUTSIDE.address, by: 'switch', offence: 1, reason: '10 failed logins within 300 s' },
      });
      expect(await isHeard(world)).toBe(false);
      expect(Stranger.overTcp(world).gone).toBe(true);
      expect(await isHeard(world, { ...OUTSIDE, address: '203.0.113.67' })).toBe(true);
      expect(JSON.stringify(world.log.lines)).not.toContain(WRONG);
      await stranger.leaves();
      await alice.registers();
      talk(alice, bob);
      end(alice, bob);
    },
  );

  scenario(
    'security 22: whatever names are tried, those that there are and those that there are not',
    { ends: [], cast: ['alice'] },
    async ({ world }) => {
      for (const [last, logins] of [
        [70, ['alice', 'bobby']],
        [71, ['nosuch', 'none']],
      ] as const) {
        const at = { ...OUTSIDE, address: `203.0.113.${last}` };
        let answered = 0;
        for (const login of logins) {
          const [phone, stranger] = await phoneAt(world, at, login);
          answered += await guesses(world, phone, login === logins[0] ? FAILURES / 2 : FAILURES);
          await stranger.leaves();
        }
        expect(answered).toBe(FAILURES);
      }
      expect(bansOf(world)).toHaveLength(2);
    },
  );

  scenario(
    'security 22: a host of IPv6 that changes its address within its /64 is one source',
    { ends: [], cast: [] },
    async ({ world }) => {
      let answered = 0;
      for (let host = 1; host <= 2 * FAILURES; host++) {
        const [phone, stranger] = await phoneAt(world, { address: `2001:db8:1:2::${host}`, port: 5_066 });
        answered += await guesses(world, phone, 1);
        await stranger.leaves();
      }
      expect(answered).toBe(FAILURES);
      expect(bansOf(world)).toEqual([{ network: '2001:db8:1:2::/64', user: undefined, by: 'switch' }]);
      expect(await isHeard(world, { address: '2001:db8:1:2:ffff::1', port: 5_066 })).toBe(false);
      expect(await isHeard(world, { address: '2001:db8:1:3::1', port: 5_066 })).toBe(true);
    },
  );

  scenario(
    'security 22: a ban ends in its very millisecond, and until then nothing lifts it',
    { ends: [], cast: [] },
    async ({ world }) => {
      const [phone, stranger] = await phoneAt(world);
      await guesses(world, phone, FAILURES);
      world.passes(HOUR_MS - 1);
      expect(await isHeard(world)).toBe(false);
      world.passes(1);
      expect(await isHeard(world)).toBe(true);
      world.passes(60_000);
      expect(kinds(world)).toEqual(['banned', 'ban-expired']);
      expect(bansOf(world)).toEqual([]);
      await stranger.leaves();
    },
  );

  scenario(
    'security 22: each further ban is twice as long, up to the longest; a week without one begins anew',
    { ends: [], cast: [] },
    async ({ world }) => {
      const [phone, stranger] = await phoneAt(world);
      const times: number[] = [];
      for (let ban = 0; ban < 10; ban++) {
        expect(await guesses(world, phone, FAILURES)).toBe(FAILURES);
        const [{ since, until = 0 } = { since: 0 }] = world.running.access.gate.bans.list();
        times.push(until - since);
        world.passes(until - since);
      }
      expect(times.map((time) => time / HOUR_MS)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 168, 168]);
      world.passes(LONGEST_MS + 1);
      await guesses(world, phone, FAILURES);
      const [{ since, until = 0 } = { since: 0 }] = world.running.access.gate.bans.list();
      expect(until - since).toBe(HOUR_MS);
      await stranger.leaves();
    },
  );

  scenario(
    'security 22: a ban survives a restart, to its very millisecond, and is not told again',
    { ends: [], cast: [] },
    async ({ world }) => {
      const [phone, stranger] = await phoneAt(world);
      await guesses(world, phone, FAILURES);
      const [before] = world.running.access.gate.bans.list();
      await world.stop();
      await world.start();
      expect(world.running.access.gate.bans.list()).toEqual([before]);
      expect(await isHeard(world)).toBe(false);
      expect(kinds(world)).toEqual(['banned']);
      const left = (before?.until ?? 0) - world.stage.clock.now();
      expect(left).toBeGreaterThan(0);
      world.passes(left - 1);
      expect(await isHeard(world)).toBe(false);
      world.passes(1);
      expect(await isHeard(world)).toBe(true);
      expect(bansOf(world)).toEqual([]);
      await guesses(world, phone, FAILURES);
      const [second] = world.running.access.gate.bans.list();
      expect(second?.offence).toBe(2);
      await stranger.leaves();
    },
  );
});
