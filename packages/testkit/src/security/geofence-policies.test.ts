import type { Endpoint } from '@vats/kernel';
import type { SipMessage } from '@vats/sip';
import { describe, expect } from 'vitest';
import { pbxYaml } from '../cast.ts';
import { labelOf } from '../phone/inbox.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import type { World } from '../world.ts';
import { BarePhone, PASSWORD } from './accounts.ts';
import { challengeIn } from './credentials.ts';
import { hears, registers, shown } from './fenced.ts';
import { GERMANY, KAZAKHSTAN, pbxWithDevicePolicy, RUSSIA, withCountries } from './geography.ts';
import { rawRequest, Stranger } from './stranger.ts';

describe('two domains with different policies', () => {
  const other = 'domain: other.example\naccess: russia\nusers: []\n';

  scenario(
    'security geofence: each is judged by its own, once it is known which is spoken to',
    { ends: [], cast: [], settings: withCountries() },
    async ({ world }) => {
      await world.applies(other, 'other.yaml');
      for (const method of ['REGISTER', 'INVITE', 'OPTIONS', 'MESSAGE']) {
        const to = (domain: string): string =>
          rawRequest({ method, uri: `sip:${domain}`, from: `<sip:a@${domain}>;tag=a`, to: `<sip:a@${domain}>` });
        expect(await hears(world, GERMANY, to('other.example'))).toEqual([]);
        expect(await hears(world, GERMANY, to('acme.example'))).toHaveLength(1);
        expect(await hears(world, RUSSIA, to('other.example'))).toHaveLength(1);
      }
      expect(world.running.access.gate.counters.fenced).toBe(4);
    },
  );

  scenario(
    'security geofence: with the name of the wider one nobody gets at the accounts of the narrower one',
    { ends: [], cast: ['bob'], settings: withCountries() },
    async ({ world, bob }) => {
      await world.applies(
        other.replace('[]', `[{ extension: "201", name: x, devices: [{ login: zedd, password: ${PASSWORD} }] }]`),
        'other.yaml',
      );
      const stranger = await Stranger.overUdp(world, GERMANY);
      const phone = new BarePhone(world, stranger, 'zedd');
      const refused = await phone.registers({ nonce: await phone.nonce() });
      expect(labelOf(refused)).toBe('401 REGISTER');
      await stranger.leaves();
      bob.hearsNothing();
    },
  );
});

describe('a device with a policy of its own', () => {
  const policy = '{ mode: list, allow: [192.0.2.0/24] }';

  /** The answers to these credentials, sent twice over in requests of their own, and to none. */
  async function answersTo(world: World, at: Endpoint, login: string, password: string): Promise<string[]> {
    const stranger = await Stranger.overUdp(world, at);
    const phone = new BarePhone(world, stranger, login);
    const answers: SipMessage[] = [];
    const nonce = await phone.nonce();
    for (let again = 0; again < 3; again++) answers.push(await phone.registers({ nonce, password }));
    const { nonce: other } = challengeIn(await phone.invites('202'));
    for (let again = 0; again < 3; again++) answers.push(await phone.invites('202', { nonce: other, password }));
    answers.push(await phone.registers());
    await stranger.leaves();
    return answers.map((answer) => shown(answer).replaceAll(login, '*'.repeat(login.length)));
  }

  for (const digest of ['md5', 'both'] as const) {
    scenario(
      `security geofence: with ${digest}, a right password from elsewhere is refused as a wrong one is, at each try, and as nobody’s`,
      { ends: [], cast: ['bob'], settings: withCountries() },
      async ({ world, bob }) => {
        await world.applies(pbxWithDevicePolicy('alice', policy, `digest: ${digest}`));
        const right = await answersTo(world, GERMANY, 'alice', PASSWORD);
        world.passes(301_000); // what failed is not counted any more
        const wrong = await answersTo(world, GERMANY, 'alice', 'Wr0ngWrong');
        expect(right).toEqual(wrong);
        expect(right.map((text) => text.slice(8, 11))).toEqual(['401', '401', '401', '407', '407', '407', '401']);
        expect(right.join()).not.toMatch(/stale/);
        world.passes(301_000);
        expect(await answersTo(world, GERMANY, 'aloce', PASSWORD)).toEqual(right);
        expect(world.registrations).toHaveLength(1);
        bob.hearsNothing();
      },
    );
  }

  scenario(
    'security geofence: that the password is known elsewhere is an event and a line, without anything secret',
    { ends: [], cast: ['alice'], settings: withCountries() },
    async ({ world }) => {
      await world.applies(pbxWithDevicePolicy('alice', policy));
      const stranger = await Stranger.overUdp(world, GERMANY);
      const phone = new BarePhone(world, stranger);
      await phone.registers({ nonce: await phone.nonce(), password: 'Wr0ngWrong' });
      expect(world.accessEvents.filter(({ type }) => type === 'barred')).toEqual([]);
      const nonce = await phone.nonce();
      expect(labelOf(await phone.registers({ nonce }))).toBe('401 REGISTER');
      const { id } = world.running.model.directory.model.domains[0] ?? {};
      expect(world.accessEvents.filter(({ type }) => type === 'barred')).toEqual([
        {
          type: 'barred',
          domain: id,
          login: 'alice',
          address: GERMANY.address,
          verdict: { admitted: false, rule: 'not-listed', country: 'DE' },
        },
      ]);
      const lines = world.log.lines.filter(({ event }) => event === 'account.password-known-elsewhere');
      expect(lines).toEqual([
        {
          level: 'warn',
          event: 'account.password-known-elsewhere',
          fields: {
            domain: 'acme.example',
            login: 'alice',
            address: GERMANY.address,
            rule: 'not-listed',
            country: 'DE',
          },
        },
      ]);
      const [, response = ''] = /response="(\w+)"/.exec(phone.sent) ?? [];
      expect(response).toMatch(/^\w{32}$/);
      const told = JSON.stringify([world.log.lines, world.accessEvents]);
      for (const secret of [PASSWORD, 'Wr0ngWrong', nonce, response]) expect(told).not.toContain(secret);
      expect(world.running.access.gate.counters.barred).toBe(1);
      await stranger.leaves();
    },
  );

  scenario(
    'security geofence: it counts as a wrong one too, so that the ban tells nothing',
    { ends: [], cast: [], settings: withCountries() },
    async ({ world }) => {
      await world.applies(pbxWithDevicePolicy('alice', policy));
      const tries = async (at: Endpoint, password: string): Promise<number> => {
        const stranger = await Stranger.overUdp(world, at);
        const phone = new BarePhone(world, stranger);
        const nonce = await phone.nonce();
        let answered = 0;
        for (; answered < 20; answered++)
          if ((await phone.registers({ nonce, password }).catch(() => {})) === undefined) break;
        await stranger.leaves();
        return answered;
      };
      expect(await tries(GERMANY, PASSWORD)).toBe(10);
      expect(await tries(KAZAKHSTAN, 'Wr0ngWrong')).toBe(10);
    },
  );

  scenario(
    'security geofence: its phone is let in where it may be, and rung nowhere else after a change',
    { ends: ['caller-hung-up', 'unreachable'], cast: ['alice', 'bob'], settings: withCountries() },
    async ({ alice, bob, world }) => {
      await world.applies(pbxWithDevicePolicy('bobby', policy));
      talk(alice, bob);
      end(alice, bob);
      await world.applies(pbxWithDevicePolicy('bobby', '{ mode: list, allow: [203.0.113.0/24] }'));
      expect(world.registrations.at(-1)).toMatchObject({
        type: 'unregistered',
        reason: 'policy',
        binding: { login: 'bobby' },
      });
      alice.invites(bob);
      alice.hears('480 INVITE');
      await bob.registers({ status: 401 });
      bob.hearsNothing();
    },
  );
});

describe('a policy that is only tried out', () => {
  scenario(
    'security geofence: refuses nobody, counts each request and logs one a second of a source',
    { ends: [], cast: [], pbx: 'access: { mode: russia, enforce: false }', settings: withCountries() },
    async ({ world }) => {
      expect(await registers(world, GERMANY)).toBe('200 REGISTER');
      expect(await registers(world, RUSSIA)).toBe('200 REGISTER');
      expect(world.running.access.gate.counters).toMatchObject({ wouldRefuse: 2, fenced: 0 });
      expect(world.log.lines.filter(({ event }) => event === 'access.would-refuse')).toMatchObject([
        { level: 'info', fields: { address: GERMANY.address, policy: 'domain', rule: 'other-country', country: 'DE' } },
      ]);
      await world.applies(pbxYaml('access: russia'));
      expect(world.registrations.filter(({ type }) => type === 'unregistered')).toMatchObject([
        { reason: 'policy', binding: { flow: { observed: GERMANY } } },
      ]);
      expect(await hears(world, GERMANY, rawRequest())).toEqual([]);
    },
  );
});
