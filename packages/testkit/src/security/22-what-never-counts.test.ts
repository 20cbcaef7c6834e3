import { describe, expect } from 'vitest';
import { PHONES } from '../cast.ts';
import { labelOf } from '../phone/inbox.ts';
import { scenario } from '../scenario.ts';
import { type BarePhone, PASSWORD } from './accounts.ts';
import { challengeIn } from './credentials.ts';
import { bansOf, FAILURES, guesses, phoneAt, WITHIN_MS, WRONG } from './guesses.ts';
import { OUTSIDE } from './stranger.ts';

describe('what never counts', () => {
  scenario(
    'security 22: the first 401 of a good client, however often it asks without credentials',
    { ends: [], cast: [] },
    async ({ world }) => {
      const [phone, stranger] = await phoneAt(world);
      for (let i = 0; i < 5 * FAILURES; i++) await phone.registers();
      for (let i = 0; i < 5 * FAILURES; i++) await phone.invites('202');
      expect(labelOf(await phone.registers({ nonce: await phone.nonce() }))).toBe('200 REGISTER');
      expect([bansOf(world), world.running.authenticator.failures]).toEqual([[], 0]);
      await stranger.leaves();
    },
  );

  scenario(
    'security 22: an old nonce, a used counter and a foreign nonce, with whatever password',
    { ends: [], cast: [] },
    async ({ world }) => {
      const [phone, stranger] = await phoneAt(world);
      const old = await phone.nonce();
      world.passes(WITHIN_MS + 1);
      const used = await phone.nonce();
      await phone.registers({ nonce: used });
      for (const nonce of [old, used, '0'.repeat(old.length), 'x']) {
        for (const password of [PASSWORD, WRONG]) {
          for (let i = 0; i < 2 * FAILURES; i++) {
            expect(challengeIn(await phone.registers({ nonce, password })).stale).toBe(true);
          }
        }
      }
      expect([bansOf(world), world.running.authenticator.failures]).toEqual([[], 0]);
      await stranger.leaves();
    },
  );

  scenario(
    'security 22: the nonces of an earlier run: a restart bans no phone of an office, though all come at once',
    { ends: [], cast: [] },
    async ({ world }) => {
      const phones = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          phoneAt(world, { ...OUTSIDE, port: 6_000 + i }, i < 6 ? 'alice' : 'nobody'),
        ),
      );
      const nonces = new Map<BarePhone, string>();
      for (const [phone] of phones) nonces.set(phone, await phone.nonce());
      await world.stop();
      await world.start();
      for (const [phone] of phones) {
        for (let i = 0; i < 3; i++) {
          expect(challengeIn(await phone.registers({ nonce: nonces.get(phone) ?? '' })).stale).toBe(true);
        }
      }
      expect([bansOf(world), world.running.authenticator.failures]).toEqual([[], 0]);
      for (const [phone, stranger] of phones) {
        expect(labelOf(await phone.registers({ nonce: await phone.nonce() }))).toBe('200 REGISTER');
        await stranger.leaves();
      }
    },
  );

  scenario(
    'security 22: a datagram whose source is forged bans nobody: no nonce of its source, no failure',
    { ends: [], cast: ['alice'] },
    async ({ world }) => {
      const [mallory, stranger] = await phoneAt(world);
      const nonce = await mallory.nonce();
      // As if it came from alice's address, where only her own phone can hear what is answered.
      const [forger, forged] = await phoneAt(world, { ...PHONES.alice.local, port: 5_099 });
      for (let i = 0; i < 3 * FAILURES; i++) await forger.registers({ nonce, password: WRONG });
      expect([bansOf(world), world.running.authenticator.failures]).toEqual([[], 0]);
      await stranger.leaves();
      await forged.leaves();
    },
  );

  scenario(
    'security 22: too few wrong passwords, or too far apart, and a right one begins anew where others are proven',
    { ends: [], cast: ['alice'] },
    async ({ world }) => {
      const [phone, stranger] = await phoneAt(world);
      for (let round = 0; round < 4; round++) {
        expect(await guesses(world, phone, FAILURES - 1)).toBe(FAILURES - 1);
        world.passes(WITHIN_MS);
      }
      const [nobody, other] = await phoneAt(world, { ...OUTSIDE, port: 5_070 }, 'nobody');
      await nobody.registers({ nonce: await nobody.nonce() });
      for (let round = 0; round < 2; round++) {
        await guesses(world, phone, FAILURES - 1);
        expect(labelOf(await phone.registers({ nonce: await phone.nonce() }))).toBe('200 REGISTER');
      }
      expect(bansOf(world)).toEqual([]);
      await stranger.leaves();
      await other.leaves();
    },
  );
});
