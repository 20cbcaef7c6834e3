import type { Endpoint } from '@vats/kernel';
import { describe, expect } from 'vitest';
import { PHONES, pbxYaml, SWITCH } from '../cast.ts';
import { labelOf } from '../phone/inbox.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { AFTERMATH_MS, guardedBy, type World } from '../world.ts';
import { BarePhone, PASSWORD } from './accounts.ts';
import { challengeIn } from './credentials.ts';
import { OUTSIDE, rawRequest, Stranger } from './stranger.ts';

const WRONG = 'Wr0ngWrong';
/** By default, ten wrong passwords within five minutes shut out for an hour. */
const FAILURES = 10;
const WITHIN_MS = 300_000;
const HOUR_MS = 3_600_000;
const LONGEST_MS = 7 * 24 * HOUR_MS;

async function phoneAt(world: World, at: Endpoint = OUTSIDE, login = 'alice'): Promise<[BarePhone, Stranger]> {
  const stranger = await Stranger.overUdp(world, at);
  return [new BarePhone(world, stranger, login), stranger];
}

/** Tries this password so often, or until nobody answers any more. Answers how often it was answered, challenges not counted. */
async function guesses(world: World, phone: BarePhone, times: number, password = WRONG): Promise<number> {
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
async function isHeard(world: World, at: Endpoint = OUTSIDE): Promise<boolean> {
  const stranger = await Stranger.overUdp(world, { ...at, port: at.port + 1 });
  const heard = stranger.says(rawRequest()).hears().length > 0;
  await stranger.leaves();
  return heard;
}

function bansOf(world: World) {
  return world.running.access.gate.bans
    .list()
    .map(({ network, user, by }) => ({ network, user: user?.split('\n').at(-1), by }));
}

function kinds(world: World): string[] {
  return world.accessEvents.map(({ type }) => type).filter((type) => type.includes('ban'));
}

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
