import type { Endpoint } from '@vats/kernel';
import type { SipMessage } from '@vats/sip';
import { describe, expect } from 'vitest';
import { PHONES, pbxYaml, SWITCH } from '../cast.ts';
import { labelOf } from '../phone/inbox.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { AFTERMATH_MS, type World } from '../world.ts';
import { BarePhone, PASSWORD } from './accounts.ts';
import { challengeIn } from './credentials.ts';
import { GERMANY, KAZAKHSTAN, pbxWithDevicePolicy, RUSSIA, withCountries } from './geography.ts';
import { rawRequest, Stranger } from './stranger.ts';

const METHODS = ['REGISTER', 'INVITE', 'OPTIONS', 'MESSAGE', 'SUBSCRIBE', 'BYE', 'CANCEL', 'NOTIFY', 'FOO'];
const ONLY_RUSSIA = { pbx: 'access: russia', settings: withCountries() };

/** What a stranger over UDP is told to each of these. */
async function hears(world: World, at: Endpoint, ...requests: readonly string[]): Promise<string[]> {
  const stranger = await Stranger.overUdp(world, at);
  stranger.says(...requests);
  const heard = stranger.hears();
  await stranger.leaves();
  return heard;
}

/** What comes of a REGISTER with good credentials from there; its challenge is answered. */
async function registers(world: World, at: Endpoint, login = 'alice'): Promise<string> {
  const stranger = await Stranger.overUdp(world, at);
  const phone = new BarePhone(world, stranger, login);
  const label = labelOf(await phone.registers({ nonce: await phone.nonce() }));
  await stranger.leaves();
  return label;
}

/** Octets without what is random in them: the nonce, our tag, and what the phone itself made up. */
function shown(answer: SipMessage): string {
  return answer.bytes
    .toString('latin1')
    .replace(/nonce="[^"]*"/g, (nonce) => '*'.repeat(nonce.length))
    .replace(/^(To: .*;tag=)(\S+)/m, (_, before, tag) => before + '*'.repeat(tag.length))
    .replace(/(bare-|z9hG4bKraw)\d+/g, '$1*');
}

describe('a domain that is for Russia', () => {
  for (const method of METHODS) {
    scenario(
      `security geofence: ${method} from elsewhere gets nothing, whoever it names, and leaves nothing`,
      { ends: [], cast: [], ...ONLY_RUSSIA },
      async ({ world }) => {
        const named = ['alice', 'nosuchuser'].map((name) =>
          rawRequest({ method, from: `<sip:${name}@acme.example>;tag=a`, uri: 'sip:202@acme.example' }),
        );
        expect(await hears(world, GERMANY, ...named, 'nonsense\r\n\r\n', '\r\n\r\n')).toEqual([]);
        expect(world.running.access.gate.counters.fenced).toBe(4);
        expect(world.running.transport.counters).toMatchObject({ refused: 4, malformed: 0 });
        expect(world.log.events).not.toContain('transport.malformed');
        expect(world.leftovers()).toEqual([]);
      },
    );
  }

  scenario(
    'security geofence: a phone in Russia registers and calls, the same one elsewhere gets silence',
    { ends: 'caller-hung-up', cast: ['bob'], ...ONLY_RUSSIA },
    async ({ alice, bob, world }) => {
      await alice.registers();
      talk(alice, bob);
      end(alice, bob);
      expect(await hears(world, GERMANY, rawRequest({ method: 'REGISTER' }))).toEqual([]);
      expect(await registers(world, RUSSIA)).toBe('200 REGISTER');
    },
  );

  scenario(
    'security geofence: an address of IPv6 in Russia may come, one without a country may not',
    { ends: [], cast: ['eve'], ...ONLY_RUSSIA },
    async ({ world }) => {
      expect(await hears(world, { address: '3fff::5', port: 5060 }, rawRequest())).toEqual([]);
      expect(await hears(world, { address: '2001:db8:9::5', port: 5060 }, rawRequest())).toEqual(['200 OPTIONS']);
    },
  );

  scenario(
    'security geofence: over TCP a connection from elsewhere is reset when it is made',
    { ends: [], cast: [], ...ONLY_RUSSIA },
    async ({ world }) => {
      const refused = Stranger.overTcp(world, GERMANY.address);
      expect(refused.gone).toBe(true);
      expect(world.ledger.counts().connections).toBe(0);
      expect(world.running.transport.counters).toMatchObject({ refused: 1, connectionsAccepted: 0 });
      const taken = Stranger.overTcp(world, RUSSIA.address);
      expect(taken.gone).toBe(false);
      await taken.leaves();
    },
  );

  scenario(
    'security geofence: a binding that lies elsewhere is not rung any more, and forgotten at the next change',
    { ends: 'unreachable', cast: ['alice'], ...ONLY_RUSSIA },
    async ({ alice, world }) => {
      expect(await registers(world, { address: '192.0.2.99', port: 5066 }, 'nobody')).toBe('200 REGISTER');
      await world.applies(pbxYaml('access: { mode: russia, deny: [192.0.2.99] }'));
      expect(world.registrations.at(-1)).toMatchObject({ type: 'unregistered', reason: 'policy' });
      alice.invites('209');
      alice.hears('480 INVITE');
    },
  );
});

describe('refuse: 403', () => {
  const settings = withCountries({ refuse: '403', rate: { perSource: 1, burst: 3, total: 100 } });

  scenario(
    'security geofence: who may not come is told so, the same for every name, and only so often',
    { ends: [], cast: [], pbx: 'access: russia', settings },
    async ({ world }) => {
      const stranger = await Stranger.overUdp(world, GERMANY);
      for (const name of ['alice', 'aloce']) {
        stranger.says(
          rawRequest({ method: 'REGISTER', from: `<sip:${name}@acme.example>;tag=a`, branch: 'z9hG4bKx', callId: 'x' }),
        );
      }
      const [known, unknown] = stranger.heard.map((answer) => shown(answer).replaceAll('aloce', 'alice'));
      expect(unknown).toBe(known);
      for (let i = 0; i < 5; i++) stranger.says(rawRequest());
      expect(stranger.hears()).toEqual(['403 REGISTER', '403 REGISTER', '403 OPTIONS']);
      world.passes(1_000);
      stranger.says(rawRequest(), rawRequest());
      expect(stranger.hears()).toEqual(['403 OPTIONS']);
      expect(world.running.access.gate.counters).toMatchObject({ fenced: 4, overRate: 5 });
      await stranger.leaves();
    },
  );
});

describe('lists beside the country', () => {
  const pbx = 'access: { mode: countries, countries: [RU, KZ], allow: [203.0.113.64/28], deny: [192.0.2.66] }';

  scenario(
    'security geofence: allow lets in what is elsewhere, deny shuts out what is not, and countries are several',
    { ends: [], cast: [], pbx, settings: withCountries() },
    async ({ world }) => {
      const from = (address: string): Promise<string[]> => hears(world, { address, port: 5066 }, rawRequest());
      expect(await from('203.0.113.66')).toEqual(['200 OPTIONS']);
      expect(await from('203.0.113.80')).toEqual([]);
      expect(await from('192.0.2.66')).toEqual([]);
      expect(await from('192.0.2.67')).toEqual(['200 OPTIONS']);
      expect(await from(KAZAKHSTAN.address)).toEqual(['200 OPTIONS']);
      expect(await from('10.1.2.3')).toEqual(['200 OPTIONS']);
      expect(await from('198.51.100.9')).toEqual([]);
    },
  );

  scenario(
    'security geofence: a list lets in its networks alone',
    {
      ends: [],
      cast: [],
      pbx: 'access: { mode: list, allow: [203.0.113.66, "192.0.2.*"] }',
      settings: withCountries(),
    },
    async ({ world }) => {
      expect(await hears(world, GERMANY, rawRequest())).toEqual(['200 OPTIONS']);
      expect(await hears(world, RUSSIA, rawRequest())).toEqual(['200 OPTIONS']);
      expect(await hears(world, { address: '10.1.2.3', port: 5066 }, rawRequest())).toEqual([]);
    },
  );

  scenario(
    'security geofence: a domain cannot let in whom the machine shuts out',
    { ends: [], cast: [], pbx: 'access: any', settings: withCountries({ policy: { mode: 'russia' } }) },
    async ({ world }) => {
      expect(await hears(world, GERMANY, rawRequest())).toEqual([]);
      expect(await hears(world, RUSSIA, rawRequest())).toEqual(['200 OPTIONS']);
    },
  );
});

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
          fields: { login: 'alice', address: GERMANY.address, rule: 'not-listed', country: 'DE' },
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

describe('when a policy changes', () => {
  scenario(
    'security geofence: the binding, the connection and the call of whom it shuts out end at once',
    { ends: 'shut-out', cast: ['alice', 'carol'], settings: withCountries() },
    async ({ alice, carol, world }) => {
      talk(alice, carol);
      await world.applies(pbxYaml('access: { mode: any, deny: [192.0.2.30] }'));
      alice.expects('BYE');
      world.passes(0);
      expect(world.running.registrar.registrations().map(({ binding }) => binding.login)).toEqual(['alice']);
      expect(world.registrations.at(-1)).toMatchObject({ type: 'unregistered', reason: 'policy' });
      expect(world.ledger.counts().connections).toBe(0);
      expect(world.log.lines.filter(({ event }) => event === 'access.connections-dropped')).toMatchObject([
        { fields: { connections: 1 } },
      ]);
      carol.phone.register();
      world.passes(AFTERMATH_MS);
      carol.phone.inbox.requests.length = 0; // its BYE, if that was faster than the reset
      carol.hearsNothing();
    },
  );

  scenario(
    'security geofence: whoever may still come notices nothing',
    { ends: 'caller-hung-up', cast: ['alice', 'carol'], settings: withCountries() },
    async ({ alice, carol, world }) => {
      talk(alice, carol);
      await world.applies(pbxYaml('access: russia'));
      expect(world.registrations.map(({ type }) => type)).toEqual(['registered', 'registered']);
      end(alice, carol);
    },
  );

  scenario(
    'security geofence: the machine’s, by a reload of the settings, as well',
    { ends: ['shut-out', 'unreachable'], cast: ['alice', 'bob'], settings: withCountries() },
    async ({ alice, bob, world }) => {
      talk(alice, bob);
      const { access } = world.running.settings;
      world.running.reloadAccess({ ...access, policy: { mode: 'list', allow: [PHONES.alice.local.address] } });
      alice.expects('BYE');
      bob.expects('BYE');
      await world.stage.eventually(() => world.running.registrar.size === 1);
      expect(world.running.registrar.registrations().map(({ binding }) => binding.login)).toEqual(['alice']);
      alice.invites(bob);
      alice.hears('480 INVITE');
      world.running.reloadAccess(access);
      await bob.registers();
    },
  );

  scenario(
    'security geofence: an operator’s ban ends them too, and one of the switch does not',
    { ends: ['caller-hung-up', 'shut-out'], cast: ['alice', 'bob'], settings: withCountries() },
    async ({ alice, bob, world }) => {
      const { bans } = world.running.access.gate;
      const ban = (by: 'switch' | 'operator'): void => {
        bans.add({ network: PHONES.bob.local.address }, { by, reason: 'test' });
        world.running.sweepAccess();
      };
      ban('switch');
      talk(alice, bob);
      end(alice, bob);
      talk(alice, bob);
      ban('operator');
      alice.expects('BYE');
      bob.expects('BYE');
      expect(await hears(world, { ...PHONES.bob.local, port: 5_099 }, rawRequest())).toEqual([]);
    },
  );

  scenario(
    'security geofence: a binding that an earlier run kept and a stricter policy forbids is not brought back',
    { ends: 'unreachable', cast: ['alice', 'bob'], settings: withCountries() },
    async ({ alice, bob, world }) => {
      await world.stop();
      const { model } = world.store.models;
      const [domain] = model.domains;
      if (domain === undefined) throw new Error('no domain');
      const settings = { ...domain.settings, access: { mode: 'any', deny: [PHONES.bob.local.address] } } as const;
      await world.store.models.save({ ...model, domains: [{ ...domain, settings }] });
      await world.start();
      expect(await world.stage.eventually(() => world.running.registrar.size === 1)).toBe(true);
      alice.invites(bob);
      alice.hears('480 INVITE');
    },
  );
});

describe('an account that is used from elsewhere than before', () => {
  const places = (world: World): unknown[] =>
    world.log.lines
      .filter(({ event }) => event === 'account.new-place')
      .map(({ level, fields }) => [level, fields.login, fields.address, fields.country]);

  scenario(
    'security geofence: is an alarm in a new country, a note in a new network, and neither at first',
    { ends: [], cast: [], settings: withCountries() },
    async ({ world }) => {
      await registers(world, RUSSIA);
      await registers(world, { ...RUSSIA, address: '192.0.2.67' });
      expect(places(world)).toEqual([]);
      await registers(world, GERMANY);
      expect(places(world)).toEqual([['warn', 'alice', GERMANY.address, 'DE']]);
      expect(world.accessEvents).toMatchObject([
        { type: 'new-place', newCountry: true, place: { login: 'alice', address: GERMANY.address, country: 'DE' } },
      ]);
      await registers(world, GERMANY);
      expect(places(world)).toHaveLength(1);
      await registers(world, { address: '2001:db8::66', port: 5066 });
      expect(places(world).slice(1)).toEqual([['info', 'alice', '2001:db8::66', 'RU']]);
      await registers(world, GERMANY, 'bobby');
      expect(places(world)).toHaveLength(2);
    },
  );

  scenario(
    'security geofence: what was known before a restart is known after it, for thirty days',
    { ends: [], cast: [], settings: withCountries() },
    async ({ world }) => {
      await registers(world, RUSSIA);
      await registers(world, GERMANY);
      await world.stop();
      await world.start();
      await registers(world, GERMANY);
      expect(places(world)).toHaveLength(1);
      world.passes(20 * 86_400_000);
      await registers(world, RUSSIA);
      world.passes(20 * 86_400_000);
      await registers(world, GERMANY);
      expect(places(world)).toHaveLength(2);
    },
  );

  scenario(
    'security geofence: a wrong password is no use of the account',
    { ends: [], cast: ['alice'], settings: withCountries() },
    async ({ world }) => {
      const stranger = await Stranger.overUdp(world, GERMANY);
      const phone = new BarePhone(world, stranger);
      await phone.registers({ nonce: await phone.nonce(), password: 'Wr0ngWrong' });
      await stranger.leaves();
      expect([places(world), world.accessEvents]).toEqual([[], []]);
      expect([...world.running.access.gate.places.all()].map(({ address }) => address)).toEqual(['192.0.2.10']);
    },
  );
});

scenario(
  'security geofence: nothing that a message says of where it comes from changes anything',
  { ends: [], cast: [], ...ONLY_RUSSIA },
  async ({ world }) => {
    const lines = ['Contact: <sip:a@192.0.2.66>', 'X-Forwarded-For: 192.0.2.66', 'X-Real-IP: 192.0.2.66'];
    const text = rawRequest({ method: 'REGISTER', lines }).replace(
      /^Via: .*$/m,
      `Via: SIP/2.0/UDP 192.0.2.66:5060;branch=z9hG4bKa;received=192.0.2.66;rport=5060`,
    );
    expect(await hears(world, GERMANY, text)).toEqual([]);
    expect(world.network.sent(({ from }) => from.address === SWITCH.address)).toEqual([]);
  },
);
