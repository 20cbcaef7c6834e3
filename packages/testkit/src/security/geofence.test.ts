import { describe, expect } from 'vitest';
import { pbxYaml, SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { hears, METHODS, ONLY_RUSSIA, registers, shown } from './fenced.ts';
import { GERMANY, KAZAKHSTAN, RUSSIA, withCountries } from './geography.ts';
import { rawRequest, Stranger } from './stranger.ts';

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
  const settings = withCountries({ refuse: '403', rate: { perSource: 1, burst: 3, total: 100, known: 2_000 } });

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
