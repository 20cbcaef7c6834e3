import type { Endpoint } from '@vats/kernel';
import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import type { World } from '../world.ts';
import { GERMANY, RUSSIA, withCountries } from './geography.ts';
import { type RawRequest, rawRequest, Stranger } from './stranger.ts';

/** A domain beside the one of the cast, which everybody may use: so everybody is read. */
const RUSSIAN_ONLY = 'domain: other.example\naccess: russia\nusers: []\n';
const PROXY: Endpoint = { address: '203.0.113.5', port: 5060 };
const HEADER = 'X-Client-Address';
const SCANNER = 'User-Agent: friendly-scanner';

/** Requests that layers below the front door answer: they name what is not there, or are wrong. What comes is the status. */
const TURNED_AWAY: readonly (readonly [what: string, status: number, write: (parts: RawRequest) => string])[] = [
  ['a CANCEL of nothing', 481, (parts) => rawRequest({ ...parts, method: 'CANCEL' })],
  ...['BYE', 'INFO', 'INVITE', 'MESSAGE', 'NOTIFY', 'OPTIONS', 'REGISTER', 'FOO'].map(
    (method) =>
      [
        `${method} in no dialog of ours`,
        481,
        (parts: RawRequest) => rawRequest({ ...parts, method, to: `${parts.to};tag=nosuch` }),
      ] as const,
  ),
  ['one without Call-ID', 400, (parts) => rawRequest(parts).replace(/^Call-ID: .*\r\n/m, '')],
  ['one without CSeq', 400, (parts) => rawRequest(parts).replace(/^CSeq: .*\r\n/m, '')],
  ['one of another method than its CSeq', 400, (parts) => rawRequest(parts).replace(/^CSeq: .*/m, 'CSeq: 1 INVITE')],
  [
    'a CANCEL that is wrong',
    400,
    (parts) => rawRequest({ ...parts, method: 'CANCEL' }).replace(/^Call-ID: .*\r\n/m, ''),
  ],
];

/** Whom a request speaks of. */
function to(domain: string, lines: readonly string[] = []): RawRequest {
  return { uri: `sip:${domain}`, from: `<sip:a@${domain}>;tag=a`, to: `<sip:a@${domain}>`, lines };
}

/** The statuses that whoever is there gets. */
async function hears(world: World, at: Endpoint, text: string): Promise<number[]> {
  const stranger = await Stranger.overUdp(world, at);
  const heard = stranger.says(text).hears();
  await stranger.leaves();
  return heard.map((label) => Number(label.slice(0, 3)));
}

async function hearsOverTcp(world: World, { address }: Endpoint, text: string): Promise<number[]> {
  const stranger = Stranger.overTcp(world, address);
  const heard = stranger.says(text).hears();
  await stranger.leaves();
  return heard.map((label) => Number(label.slice(0, 3)));
}

describe('what the lower layers answer by themselves', () => {
  for (const [what, status, write] of TURNED_AWAY) {
    scenario(
      `security geofence: ${what} is met by the policy of the domain that it speaks of, and by that alone`,
      { ends: [], cast: [], settings: withCountries() },
      async ({ world }) => {
        await world.applies(RUSSIAN_ONLY, 'other.yaml');
        expect(await hears(world, GERMANY, write(to('other.example')))).toEqual([]);
        expect(await hears(world, GERMANY, write(to('acme.example')))).toEqual([status]);
        expect(await hears(world, RUSSIA, write(to('other.example')))).toEqual([status]);
        expect(world.running.access.gate.counters.fenced).toBe(1);
        expect(world.leftovers()).toEqual([]);
      },
    );
  }

  scenario(
    'security geofence: whoever is to be told that he may not come is told this, whatever he sends',
    { ends: [], cast: [], settings: withCountries({ refuse: '403' }) },
    async ({ world }) => {
      await world.applies(RUSSIAN_ONLY, 'other.yaml');
      for (const [what, , write] of TURNED_AWAY) {
        expect(await hears(world, GERMANY, write(to('other.example'))), what).toEqual([403]);
      }
    },
  );

  scenario(
    'security geofence: a scanner that gives its name gets silence for each of them',
    { ends: [], cast: [] },
    async ({ world }) => {
      for (const [what, status, write] of TURNED_AWAY) {
        expect(await hears(world, RUSSIA, write(to('acme.example', [SCANNER]))), what).toEqual([]);
        expect(await hears(world, RUSSIA, write(to('acme.example'))), what).toEqual([status]);
      }
      expect(world.running.access.gate.counters.scanners).toBe(TURNED_AWAY.length);
    },
  );

  scenario(
    'security geofence: so does what cannot be cut out of a stream, which else is told and closed',
    { ends: [], cast: [], settings: withCountries() },
    async ({ world }) => {
      await world.applies(RUSSIAN_ONLY, 'other.yaml');
      const unframed = (domain: string, ...lines: string[]): string =>
        rawRequest({ ...to(domain, lines), transport: 'TCP', length: '' });
      expect(await hearsOverTcp(world, GERMANY, unframed('other.example'))).toEqual([]);
      expect(await hearsOverTcp(world, GERMANY, unframed('acme.example', SCANNER))).toEqual([]);
      expect(await hearsOverTcp(world, GERMANY, unframed('acme.example'))).toEqual([400]);
      expect(await hearsOverTcp(world, RUSSIA, unframed('other.example'))).toEqual([400]);
    },
  );

  scenario(
    'security geofence: what is refused on trial is counted once for each of them, and answered',
    { ends: [], cast: [], pbx: 'access: { mode: russia, enforce: false }', settings: withCountries() },
    async ({ world }) => {
      for (const [what, status, write] of TURNED_AWAY) {
        expect(await hears(world, GERMANY, write(to('acme.example'))), what).toEqual([status]);
      }
      expect(world.running.access.gate.counters.wouldRefuse).toBe(TURNED_AWAY.length);
    },
  );
});

describe('behind a proxy that the settings name', () => {
  const proxies = { [PROXY.address]: HEADER };

  for (const [what, status, write] of TURNED_AWAY) {
    scenario(
      `security 15: ${what} is judged by the client’s address`,
      { ends: [], cast: [], pbx: 'access: russia', settings: withCountries({ proxies }) },
      async ({ world }) => {
        const from = (...lines: string[]): Promise<number[]> => hears(world, PROXY, write(to('acme.example', lines)));
        expect(await from(`${HEADER}: ${GERMANY.address}`)).toEqual([]);
        expect(await from(`${HEADER}: ${RUSSIA.address}`)).toEqual([status]);
        world.running.access.gate.bans.add({ network: RUSSIA.address }, { by: 'switch', reason: 'guessed' });
        expect(await from(`${HEADER}: ${RUSSIA.address}`)).toEqual([]);
      },
    );
  }

  scenario(
    'security 15: each of them counts once in its client’s limit',
    {
      ends: [],
      cast: [],
      settings: withCountries({
        proxies,
        rate: { perSource: 1, burst: TURNED_AWAY.length, total: 1_000, known: 2_000 },
      }),
    },
    async ({ world }) => {
      for (const [at, lines] of [
        [RUSSIA, []],
        [PROXY, [`${HEADER}: 192.0.2.67`]],
      ] as const) {
        for (const [what, status, write] of TURNED_AWAY) {
          expect(await hears(world, at, write(to('acme.example', lines))), what).toEqual([status]);
        }
        expect(await hears(world, at, rawRequest({ method: 'CANCEL', lines }))).toEqual([]);
      }
    },
  );
});

scenario(
  'security geofence: a call that is up is not asked again: its phones may say in it what they like',
  { ends: 'caller-hung-up', cast: ['alice', 'bob'] },
  ({ alice, bob, world }) => {
    talk(alice, bob);
    alice.sends('INFO', { headers: [['User-Agent', 'friendly-scanner']] });
    bob.expects('INFO');
    bob.answers();
    alice.hears('200 INFO');
    end(alice, bob);
    expect(world.running.access.gate.counters.scanners).toBe(0);
  },
);
