import { type Endpoint, formatEndpoint } from '@vats/kernel';
import { describe, expect } from 'vitest';
import { pbxYaml, SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { PASSWORD } from './accounts.ts';
import { challengeIn, credentialsFor } from './credentials.ts';
import { GERMANY, RUSSIA, withCountries } from './geography.ts';
import { rawRequest, Stranger } from './stranger.ts';

/** In Germany itself, which must not matter. */
const PROXY: Endpoint = { address: '203.0.113.5', port: 5060 };
const HEADER = 'X-Client-Address';
const BEHIND_PROXY = {
  ends: [],
  cast: [],
  pbx: 'access: russia',
  settings: withCountries({ proxies: { [PROXY.address]: HEADER } }),
} as const;

/** One header, in ways to write it that a server might mistake for another one, or the other way round. */
const SPELLINGS: readonly ((value: string) => string)[] = [
  (value) => `${HEADER}: ${value}`,
  (value) => `x-client-address: ${value}`,
  (value) => `X-CLIENT-ADDRESS:${value}`,
  (value) => `${HEADER} : ${value}`,
  (value) => `${HEADER}\t:\r\n\t${value}`,
  (value) => `${HEADER}:\r\n ${value} `,
];

const REGISTER = {
  method: 'REGISTER',
  from: '<sip:alice@acme.example>;tag=a',
  to: '<sip:alice@acme.example>',
} as const;
let calls = 0;

/** What somebody there is told when these lines are in his REGISTER. */
async function hears(world: World, at: Endpoint, ...lines: readonly string[]): Promise<string[]> {
  const stranger = await Stranger.overUdp(world, at);
  const heard = stranger.says(rawRequest({ ...REGISTER, lines: ['Contact: <sip:a@198.51.100.77>', ...lines] })).hears();
  await stranger.leaves();
  return heard;
}

/** Shows this password through whoever is there, with these lines. Answers the final response, if there was one. */
async function logsIn(world: World, through: Stranger, lines: readonly string[], password = PASSWORD): Promise<string> {
  const callId = `proxied-${++calls}`;
  const contact = [`Contact: <sip:a${calls}@${formatEndpoint(through.at)}>`, ...lines];
  through.says(rawRequest({ ...REGISTER, callId, lines: contact }));
  if (through.hears().join() !== '401 REGISTER') return 'silence';
  const { nonce, realm } = challengeIn(through.last);
  const given = { login: 'alice', password, realm, nonce, method: 'REGISTER', uri: 'sip:acme.example' };
  const text = rawRequest({ ...REGISTER, callId, cseq: 2, lines: [...contact, credentialsFor(given).join(': ')] });
  through.says(text);
  await world.stage.eventually(() => through.heard.at(-1) !== undefined && through.last.bytes.includes('CSeq: 2'));
  return through.hears().join();
}

describe('a proxy that the settings name', () => {
  for (const [index, spell] of SPELLINGS.entries()) {
    scenario(
      `security 15: is believed where its client is, and its client judged by that: spelling ${index}`,
      BEHIND_PROXY,
      async ({ world }) => {
        expect(await hears(world, PROXY, spell(RUSSIA.address))).toEqual(['401 REGISTER']);
        expect(await hears(world, PROXY, spell(GERMANY.address))).toEqual([]);
        expect(await hears(world, PROXY, spell('3fff::1'))).toEqual([]);
        expect(await hears(world, PROXY, spell('[2001:db8::5]'))).toEqual(['401 REGISTER']);
        expect(await hears(world, PROXY, spell(`${RUSSIA.address}:5062`))).toEqual(['401 REGISTER']);
        expect(await hears(world, PROXY, spell(`${GERMANY.address}:5062`))).toEqual([]);
      },
    );
  }

  for (const [what, lines] of [
    ['no header', []],
    ['an empty one', [`${HEADER}:`]],
    ['a name', [`${HEADER}: phone.example`]],
    ['a port that is none', [`${HEADER}: ${RUSSIA.address}:65536`]],
    ['two values in one line', [`${HEADER}: ${RUSSIA.address}, ${RUSSIA.address}`]],
    ['two lines', [`${HEADER}: ${RUSSIA.address}`, `${HEADER}: ${RUSSIA.address}`]],
    [
      'its own line and the client’s in another spelling',
      [`${HEADER}: ${GERMANY.address}`, `x-client-address : ${RUSSIA.address}`],
    ],
    [
      'the client’s line folded before its own',
      [`X-CLIENT-ADDRESS\t:\r\n ${RUSSIA.address}`, `${HEADER}: ${GERMANY.address}`],
    ],
    ['another header', [`X-Forwarded-For: ${RUSSIA.address}`, `X-Real-IP: ${RUSSIA.address}`]],
    ['a number', [`${HEADER}: 3221226050`]],
    ['zeros in front', [`${HEADER}: 192.000.002.066`]],
  ] as const) {
    scenario(`security 15: is not heard with ${what}`, BEHIND_PROXY, async ({ world }) => {
      expect(await hears(world, PROXY, ...lines)).toEqual([]);
      expect(world.log.lines.filter(({ event }) => event === 'access.proxy-names-no-client')).toMatchObject([
        { level: 'warn', fields: { proxy: PROXY.address, header: HEADER, method: 'REGISTER' } },
      ]);
    });
  }

  scenario(
    'security 15: gets an answer to its own pings, which have no client, wherever it is itself, and nothing else',
    {
      ...BEHIND_PROXY,
      settings: withCountries({
        proxies: { [PROXY.address]: HEADER },
        rate: { perSource: 1, burst: 3, total: 100, known: 2_000 },
      }),
    },
    async ({ world }) => {
      const proxy = await Stranger.overUdp(world, PROXY);
      for (let i = 0; i < 4; i++) proxy.says(rawRequest());
      // It is limited as a stranger is: its address can be forged.
      expect(proxy.hears()).toEqual(['200 OPTIONS', '200 OPTIONS', '200 OPTIONS']);
      world.passes(3_000);
      for (const method of ['INVITE', 'MESSAGE', 'SUBSCRIBE', 'NOTIFY', 'FOO']) proxy.says(rawRequest({ method }));
      proxy.says(rawRequest({ lines: [`${HEADER}: ${GERMANY.address}`] }));
      expect(proxy.hears()).toEqual([]);
      await proxy.leaves();
    },
  );

  scenario(
    'security 15: is named for one header alone: that of another proxy means nothing from it',
    {
      ...BEHIND_PROXY,
      settings: withCountries({ proxies: { [PROXY.address]: HEADER, '203.0.113.6': 'X-Real-IP' } }),
    },
    async ({ world }) => {
      expect(await hears(world, PROXY, `X-Real-IP: ${RUSSIA.address}`)).toEqual([]);
      expect(await hears(world, { ...PROXY, address: '203.0.113.6' }, `X-Real-IP: ${RUSSIA.address}`)).toEqual([
        '401 REGISTER',
      ]);
      const both = [`X-Real-IP: ${RUSSIA.address}`, `${HEADER}: ${GERMANY.address}`];
      expect(await hears(world, PROXY, ...both)).toEqual([]);
    },
  );

  scenario(
    'security 15: the bans of its clients are theirs, and neither the proxy’s nor each other’s',
    BEHIND_PROXY,
    async ({ world }) => {
      const proxy = await Stranger.overUdp(world, PROXY);
      const via = (address: string): string[] => [`${HEADER}: ${address}`];
      let answered = 0;
      while ((await logsIn(world, proxy, via('192.0.2.70'), 'Wr0ngWrong')) === '401 REGISTER') answered++;
      expect(answered).toBe(10);
      const { bans } = world.running.access.gate;
      expect(bans.list()).toMatchObject([{ network: '192.0.2.70', by: 'switch' }]);
      expect(await logsIn(world, proxy, via('192.0.2.71'))).toBe('200 REGISTER');
      expect(await logsIn(world, proxy, via('192.0.2.70'))).toBe('silence');
      await proxy.leaves();
    },
  );

  scenario(
    'security 15: where it tells their ports, guesses of one client keep out no other one at the same address',
    BEHIND_PROXY,
    async ({ world }) => {
      const proxy = await Stranger.overUdp(world, PROXY);
      const via = (port: number): string[] => [`${HEADER}: 192.0.2.70:${port}`];
      expect(await logsIn(world, proxy, via(5060))).toBe('200 REGISTER');
      for (let i = 0; i < 40; i++) await logsIn(world, proxy, via(5070), 'Wr0ngWrong');
      expect(await logsIn(world, proxy, via(5070))).toBe('401 REGISTER');
      expect(await logsIn(world, proxy, via(5060))).toBe('200 REGISTER');
      world.running.registrar.remove(world.running.model.directory.model.domains[0]?.id ?? '', 'alice');
      await proxy.leaves();
    },
  );

  scenario(
    'security 15: a nonce that one of its clients got is worth nothing to another one',
    BEHIND_PROXY,
    async ({ world }) => {
      const proxy = await Stranger.overUdp(world, PROXY);
      const contact = 'Contact: <sip:a@203.0.113.5:5060>';
      proxy.says(rawRequest({ ...REGISTER, lines: [contact, `${HEADER}: 192.0.2.70`] }));
      const { nonce, realm } = challengeIn(proxy.last);
      const given = { login: 'alice', password: PASSWORD, realm, nonce, method: 'REGISTER', uri: 'sip:acme.example' };
      const credentials = credentialsFor(given).join(': ');
      proxy.says(rawRequest({ ...REGISTER, lines: [contact, `${HEADER}: 192.0.2.71`, credentials] }));
      expect(challengeIn(proxy.last).stale).toBe(true);
      expect(world.registrations).toEqual([]);
      await proxy.leaves();
    },
  );

  scenario(
    'security 15: a binding through it is its client’s, and ends when the client may not come any more',
    BEHIND_PROXY,
    async ({ world }) => {
      const proxy = await Stranger.overUdp(world, PROXY);
      for (const address of ['192.0.2.70', '192.0.2.71']) {
        expect(await logsIn(world, proxy, [`${HEADER}: ${address}`])).toBe('200 REGISTER');
      }
      const places = [...world.running.access.gate.places.all()].map(({ address }) => address);
      expect(places).toEqual(['192.0.2.70', '192.0.2.71']);
      await world.applies(pbxYaml('access: { mode: russia, deny: [203.0.113.5] }'));
      expect(world.registrations.filter(({ type }) => type === 'unregistered')).toEqual([]);
      await world.applies(pbxYaml('access: { mode: russia, deny: [192.0.2.71] }'));
      expect(world.registrations.filter(({ type }) => type === 'unregistered')).toMatchObject([
        { reason: 'policy', binding: { client: { address: '192.0.2.71' } } },
      ]);
      expect(await world.stage.eventually(() => world.running.registrar.size === 1)).toBe(true);
      world.running.registrar.remove(world.running.model.directory.model.domains[0]?.id ?? '', 'alice');
      await proxy.leaves();
    },
  );
});

describe('from everybody else the header is text', () => {
  for (const [index, spell] of SPELLINGS.entries()) {
    scenario(
      `security 15: it lets nobody in and shuts nobody out: spelling ${index}`,
      BEHIND_PROXY,
      async ({ world }) => {
        expect(await hears(world, GERMANY, spell(RUSSIA.address))).toEqual([]);
        expect(await hears(world, RUSSIA, spell(GERMANY.address))).toEqual(['401 REGISTER']);
        expect(await hears(world, RUSSIA, spell('nonsense'), spell('more'))).toEqual(['401 REGISTER']);
        expect(await hears(world, { ...PROXY, address: '203.0.113.50' }, spell(RUSSIA.address))).toEqual([]);
      },
    );

    scenario(
      `security 15: failures, places and bindings are those of where it came from: spelling ${index}`,
      { ...BEHIND_PROXY, pbx: 'access: any' },
      async ({ world }) => {
        const mallory = await Stranger.overUdp(world, GERMANY);
        const lines = [spell(RUSSIA.address)];
        expect(await logsIn(world, mallory, lines)).toBe('200 REGISTER');
        expect([...world.running.access.gate.places.all()].map(({ address }) => address)).toEqual([GERMANY.address]);
        expect(world.registrations[0]?.binding.client).toBeUndefined();
        await mallory.leaves();
        const guesser = await Stranger.overUdp(world, { ...GERMANY, address: '203.0.113.90' });
        let answered = 0;
        while (answered < 20 && (await logsIn(world, guesser, lines, 'Wr0ngWrong')) === '401 REGISTER') answered++;
        expect(answered).toBe(10);
        expect(world.running.access.gate.bans.list()).toMatchObject([{ network: '203.0.113.90' }]);
        await guesser.leaves();
        world.running.registrar.remove(world.running.model.directory.model.domains[0]?.id ?? '', 'alice');
      },
    );
  }

  scenario(
    'security 15: over TCP a proxy is its connection’s far end, and its client reset by no more than silence',
    BEHIND_PROXY,
    async ({ world }) => {
      const proxy = Stranger.overTcp(world, PROXY.address);
      expect(proxy.gone).toBe(false);
      for (const [client, heard] of [
        [RUSSIA, ['401 REGISTER']],
        [GERMANY, []],
      ] as const) {
        proxy.says(rawRequest({ ...REGISTER, transport: 'TCP', lines: [`${HEADER}: ${client.address}`] }));
        expect(proxy.hears()).toEqual(heard);
      }
      expect(proxy.gone).toBe(false);
      await proxy.leaves();
      expect(world.network.sent(({ to }) => to.address === SWITCH.address).length).toBe(2);
    },
  );
});
