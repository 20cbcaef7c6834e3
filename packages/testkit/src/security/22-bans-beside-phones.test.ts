import { describe, expect } from 'vitest';
import { PHONES } from '../cast.ts';
import { labelOf } from '../phone/inbox.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { type BarePhone, PASSWORD } from './accounts.ts';
import { challengeIn } from './credentials.ts';
import { bansOf, FAILURES, guesses, isHeard, phoneAt } from './guesses.ts';
import { OUTSIDE, type Stranger } from './stranger.ts';

describe('where phones are good', () => {
  scenario(
    'security 22: the name that is tried is shut out from there, no other name and from nowhere else',
    { ends: [], cast: ['alice'] },
    async ({ world }) => {
      const [nobody, good] = await phoneAt(world, { ...OUTSIDE, port: 5_070 }, 'nobody');
      await nobody.registers({ nonce: await nobody.nonce() });
      const [phone, stranger] = await phoneAt(world, OUTSIDE, 'bobby');
      // Silence would tell whose name it is that is shut out: all are answered as before, and no more are judged.
      expect(await guesses(world, phone, 2 * FAILURES)).toBe(2 * FAILURES);
      expect(world.running.authenticator.failures).toBe(FAILURES);
      expect(bansOf(world)).toEqual([{ network: OUTSIDE.address, user: 'bobby', by: 'switch' }]);
      const answer = await phone.registers({ nonce: await phone.nonce() });
      expect([labelOf(answer), challengeIn(answer).stale]).toEqual(['401 REGISTER', false]);
      expect(labelOf(await nobody.registers({ nonce: await nobody.nonce() }))).toBe('200 REGISTER');
      expect(await isHeard(world)).toBe(true);
      const [elsewhere, other] = await phoneAt(world, { ...OUTSIDE, address: '203.0.113.67' }, 'bobby');
      expect(labelOf(await elsewhere.registers({ nonce: await elsewhere.nonce() }))).toBe('200 REGISTER');
      for (const each of [good, stranger, other]) await each.leaves();
    },
  );

  scenario(
    'security 22: a registered phone goes on when somebody behind its address guesses at its own name',
    { ends: 'not-found', cast: [] },
    async ({ world }) => {
      const [phone, stranger] = await phoneAt(world, { ...OUTSIDE, port: 5_070 }, 'bobby');
      expect(labelOf(await phone.registers({ nonce: await phone.nonce() }))).toBe('200 REGISTER');
      const [thief, beside] = await phoneAt(world, { ...OUTSIDE, port: 5_071 }, 'bobby');
      await guesses(world, thief, 5 * FAILURES);
      expect(bansOf(world)).toEqual([{ network: OUTSIDE.address, user: 'bobby', by: 'switch' }]);
      expect(labelOf(await phone.registers({ nonce: await phone.nonce() }))).toBe('200 REGISTER');
      const { nonce } = challengeIn(await phone.invites('299'));
      expect(labelOf(await phone.invites('299', { nonce }))).toBe('404 INVITE');
      expect(labelOf(await thief.registers({ nonce: await thief.nonce() }))).toBe('401 REGISTER');
      for (const each of [stranger, beside]) await each.leaves();
    },
  );

  scenario(
    'security 22: fifty phones behind one address go on when a bad one behind it tries one name after another',
    { ends: 'not-found', cast: ['alice'] },
    async ({ world }) => {
      const logins = Array.from({ length: 50 }, (_, i) => `desk${100 + i}`);
      const users = logins.map(
        (login, i) =>
          `  - { extension: "${300 + i}", name: ${login}, devices: [{ login: ${login}, password: ${PASSWORD} }] }`,
      );
      await world.applies(`domain: acme.example\nusers:\n${users.join('\n')}\n`, 'desks.yaml');
      const desks: [BarePhone, Stranger][] = [];
      for (const [i, login] of logins.entries()) {
        const [phone, stranger] = await phoneAt(world, { ...OUTSIDE, port: 6_000 + i }, login);
        expect(labelOf(await phone.registers({ nonce: await phone.nonce() }))).toBe('200 REGISTER');
        desks.push([phone, stranger]);
      }
      let answered = 0;
      for (const login of ['bobby', 'carol', 'dave', 'admin', 'root', 'guest', 'anna', 'test']) {
        const [bad, stranger] = await phoneAt(world, { ...OUTSIDE, port: 7_000 }, login);
        answered += await guesses(world, bad, FAILURES - 1);
        await stranger.leaves();
      }
      expect([answered, world.running.authenticator.failures]).toEqual([8 * (FAILURES - 1), 3 * FAILURES]);
      expect(bansOf(world)).toEqual([{ network: OUTSIDE.address, user: '*', by: 'switch' }]);
      for (const [phone] of desks) {
        expect(labelOf(await phone.registers({ nonce: await phone.nonce() }))).toBe('200 REGISTER');
      }
      const [[desk] = []] = desks;
      const { nonce } = challengeIn(await desk!.invites('299'));
      expect(labelOf(await desk!.invites('299', { nonce }))).toBe('404 INVITE');
      const [stolen, thief] = await phoneAt(world, { ...OUTSIDE, port: 7_001 }, 'bobby');
      expect(labelOf(await stolen.registers({ nonce: await stolen.nonce() }))).toBe('401 REGISTER');
      await thief.leaves();
      for (const [, stranger] of desks) await stranger.leaves();
      expect(world.registrations.every(({ type }) => type !== 'unregistered')).toBe(true);
    },
  );

  scenario(
    'security 22: an address that phones were used from is an office after a restart too, registered or not',
    { ends: 'not-found', cast: [] },
    async ({ world }) => {
      const [nobody, good] = await phoneAt(world, { ...OUTSIDE, port: 5_070 }, 'nobody');
      const { nonce } = challengeIn(await nobody.invites('299'));
      expect(labelOf(await nobody.invites('299', { nonce }))).toBe('404 INVITE');
      await world.stop();
      await world.start();
      const [phone, stranger] = await phoneAt(world, OUTSIDE, 'bobby');
      await guesses(world, phone, FAILURES);
      expect(bansOf(world)).toEqual([{ network: OUTSIDE.address, user: 'bobby', by: 'switch' }]);
      await good.leaves();
      await stranger.leaves();
    },
  );

  scenario(
    'security 22: a phone that is registered at a banned source goes on registering and calling, and being called',
    { ends: ['caller-hung-up', 'caller-hung-up'], cast: ['alice', 'bob'] },
    async ({ alice, bob, world }) => {
      const { address } = PHONES.alice.local;
      world.running.access.gate.bans.add({ network: address }, { by: 'switch', reason: 'a neighbour guessed' });
      world.running.sweepAccess();
      expect(await isHeard(world, { address, port: 5_070 })).toBe(false);
      talk(alice, bob);
      end(alice, bob);
      talk(bob, alice);
      end(bob, alice);
      await alice.registers();
      expect(await isHeard(world, { address, port: 5_070 })).toBe(false);
    },
  );

  scenario(
    'security 22: and so it does when the switch was restarted meanwhile',
    { ends: 'caller-hung-up', cast: ['alice', 'bob'] },
    async ({ alice, bob, world }) => {
      const { address } = PHONES.alice.local;
      world.running.access.gate.bans.add({ network: address }, { by: 'switch', reason: 'a neighbour guessed' });
      await world.stop();
      await world.start();
      expect(await isHeard(world, { address, port: 5_070 })).toBe(false);
      talk(alice, bob);
      end(alice, bob);
    },
  );
});

scenario(
  'security 22: an account that many sources guess at goes on where it was used, and is told as guessed once',
  { ends: 'caller-hung-up', cast: ['alice', 'bob'] },
  async ({ alice, bob, world }) => {
    for (let source = 1; source <= 40; source++) {
      const [phone, stranger] = await phoneAt(world, { address: `198.18.${source}.1`, port: 5_066 });
      await guesses(world, phone, 1);
      await stranger.leaves();
    }
    expect(world.accessEvents.filter(({ type }) => type === 'guessed')).toMatchObject([{ login: 'alice' }]);
    expect(bansOf(world)).toEqual([]);
    const stolen = async (source: number, nonce?: string): Promise<string> => {
      const [phone, stranger] = await phoneAt(world, { address: `198.18.${source}.2`, port: 5_066 });
      const answer = await phone.registers({ nonce: nonce ?? (await phone.nonce()) });
      await stranger.leaves();
      return labelOf(answer);
    };
    world.passes(1_000);
    // Even the right password is answered as a wrong one, but the first in a second; what shows no nonce of ours takes no turn.
    for (let i = 0; i < 20; i++) await stolen(50 + i, 'rubbish');
    expect([await stolen(1), await stolen(2), await stolen(3)]).toEqual([
      '200 REGISTER',
      '401 REGISTER',
      '401 REGISTER',
    ]);
    await alice.registers();
    talk(alice, bob);
    end(alice, bob);
  },
);
