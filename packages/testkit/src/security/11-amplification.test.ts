import { SeededRandom } from '@vats/kernel/testing';
import { describe, expect } from 'vitest';
import { SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { challengingWith, guardedBy, type World } from '../world.ts';
import { letNobodyUse } from './accounts.ts';
import { challengesIn } from './credentials.ts';
import { GERMANY, withCountries } from './geography.ts';
import { OUTSIDE, rawRequest, Stranger } from './stranger.ts';

/** Octets that any answer to a stranger may have. */
const ALWAYS = 700;
const METHODS = [
  'OPTIONS',
  'REGISTER',
  'INVITE',
  'MESSAGE',
  'SUBSCRIBE',
  'PUBLISH',
  'NOTIFY',
  'REFER',
  'INFO',
  'UPDATE',
  'PRACK',
  'BYE',
  'CANCEL',
  'ACK',
  'FOO',
];

type Shape = (random: SeededRandom) => string;
const NAME = 'abcdefghijklmnopqrstuvwxyz';

/** Text of some length, short ones as likely as long ones. */
function some(random: SeededRandom, longest = 3_000): string {
  const length = random.below(random.below(longest) + 1);
  return Array.from({ length }, () => NAME[random.below(NAME.length)]).join('');
}

/** What an answer repeats of a request, or adds to it, made as long as may be: what an attacker would play with. */
const SHAPES: Readonly<Record<string, Shape>> = {
  'Via lines': (random) => 'Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\n'.repeat(random.below(120)),
  'compact Via lines': (random) => 'v:SIP/2.0/UDP a\r\n'.repeat(random.below(180)),
  'Via values in one line': (random) =>
    `Via: ${Array(1 + random.below(150))
      .fill('SIP/2.0/UDP a')
      .join(',')}\r\n`,
  'a long Via': (random) => `Via: SIP/2.0/UDP a;x=${some(random)}\r\n`,
  'Record-Route lines': (random) => 'Record-Route: <sip:a;lr>\r\n'.repeat(random.below(150)),
  'Require values': (random) =>
    `Require: ${Array(1 + random.below(300))
      .fill('x')
      .join(',')}\r\n`,
  'a long Require': (random) => `Require: a${some(random)}\r\n`,
  'Proxy-Require values': (random) =>
    `Proxy-Require: ${Array(1 + random.below(300))
      .fill('y')
      .join(',')}\r\n`,
  Timestamps: (random) => `Timestamp: ${some(random)}\r\n`,
  Events: (random) => `Event: ${some(random, 200) || 'keep-alive'}\r\n`,
  'an encoding': (random) => `Content-Encoding: a${some(random)}\r\n`,
  'a type': (random) => `Content-Type: a/b${some(random)}\r\n`,
  nothing: () => '',
};

/** A request of that method, shape, and of whatever lengths: now and then with a part that is wrong. */
function request(method: string, shape: Shape, random: SeededRandom): string {
  const user = some(random, 60);
  const uri =
    ['sip:acme.example', `sip:${user || 'a'}@acme.example`, 'sips:acme.example', 'tel:+7495'][random.below(4)] ?? '';
  const text = rawRequest({
    method,
    uri,
    from: `"${some(random, 300)}" <sip:${user || 'alice'}@acme.example>;tag=${some(random, 100) || 't'}`,
    to: `<sip:${user || 'a'}@acme.example>${random.below(4) === 0 ? ';tag=guess' : ''}`,
    callId: `${some(random, 300)}@a`,
    maxForwards: ['70', '0', 'x'][random.below(8)] ?? '70',
    body: random.below(4) === 0 ? some(random) : '',
  });
  const extra = shape(random);
  const spoilt = [
    (whole: string) => whole,
    (whole: string) => whole.replace(/^CSeq: .*$/m, 'CSeq: 1 WRONG'),
    (whole: string) => whole.replace(/^Call-ID: .*\r\n/m, ''),
    (whole: string) => whole.replace('SIP/2.0\r\n', 'SIP/3.0\r\n'),
  ][random.below(8)];
  // Behind the first Via, which is where answers go by.
  return (spoilt ?? ((whole) => whole))(text).replace(/^(Via: .*\r\n)/m, (via) => via + extra);
}

function answersTo({ network }: World): Buffer[] {
  return network
    .sent(({ from, to }) => from.address === SWITCH.address && to.address === OUTSIDE.address)
    .map(({ octets }) => octets);
}

/** So many requests of each method and shape; every answer is held against its request. */
async function attack(world: World, seed: number, times: number): Promise<{ answered: number; longest: number }> {
  const mallory = await Stranger.overUdp(world);
  const random = new SeededRandom(seed);
  let [answered, longest] = [0, 0];
  for (const method of METHODS) {
    for (const [name, shape] of Object.entries(SHAPES)) {
      for (let time = 0; time < times; time++) {
        const text = request(method, shape, random);
        world.network.wire.length = 0;
        mallory.says(text);
        const answers = answersTo(world);
        expect(answers.length, `${name}:\n${text}`).toBeLessThanOrEqual(1);
        for (const { length } of answers) {
          answered++;
          longest = Math.max(longest, length / text.length);
          const most = Math.max(1.5 * text.length, ALWAYS);
          expect(length, `${name}: an answer of ${length} to ${text.length}\n${text}`).toBeLessThanOrEqual(most);
        }
      }
    }
  }
  await mallory.leaves();
  return { answered, longest };
}

const UNLIMITED = { perSource: 1_000_000, burst: 1_000_000, total: 1_000_000, known: 2_000 };

describe('what a stranger is answered over UDP', () => {
  for (const digest of ['md5', 'sha256', 'both'] as const) {
    scenario(
      `security 11: is never longer than half as much again as the request, or ${ALWAYS} octets: every method, digest ${digest}`,
      { ends: [], cast: [], settings: { ...challengingWith(digest), ...guardedBy({ rate: UNLIMITED }) } },
      async ({ world }) => {
        const { answered, longest } = await attack(world, 11, 6);
        expect(answered).toBeGreaterThan(500);
        expect(longest).toBeGreaterThan(1);
        expect(world.leftovers()).toEqual([]);
        expect(world.running.transactions.counters.userFaults).toBe(0);
      },
    );
  }

  scenario(
    'security 11: nor for an account that wants both digests in a domain of a long name, whose challenges are long',
    { ends: [], cast: [], settings: guardedBy({ rate: UNLIMITED }) },
    async ({ world }) => {
      await letNobodyUse(world, 'both');
      const realm = 'r'.repeat(120);
      const name = `${'long-label.'.repeat(10)}example`;
      const user = '{ extension: "201", name: a, devices: [{ login: anna, password: Vf5kNm7Z, digest: both }] }';
      await world.applies(`domain: ${name}\nrealm: ${realm}\nusers: [${user}]\n`, 'long.yaml');
      const mallory = await Stranger.overUdp(world);
      const asks = (padding: number): string[] => {
        const to = `<sip:anna@${name}>`;
        const text = rawRequest({
          method: 'REGISTER',
          uri: `sip:${name}`,
          from: `${to};tag=a`,
          to,
          lines: [`X: ${'x'.repeat(padding)}`],
        });
        const before = mallory.heard.length;
        mallory.says(text);
        const answer = mallory.heard[before];
        expect(answer?.bytes.length).toBeLessThanOrEqual(Math.max(1.5 * text.length, ALWAYS));
        return answer === undefined ? [] : challengesIn(answer).map(({ algorithm }) => algorithm);
      };
      // The last challenge, MD5's, goes to whoever asks too briefly for both.
      const told = [0, 50, 100, 150, 200, 250, 300, 400, 500].map(asks);
      expect(told[0]).toEqual(['MD5']);
      expect(told.at(-1)).toEqual(['SHA-256', 'MD5']);
      expect(world.running.transactions.counters.tooLongToAnswer).toBeGreaterThan(0);
      await mallory.leaves();
    },
  );

  scenario(
    'security 11: is one answer a request, and to what is no request none',
    { ends: [], cast: [] },
    async ({ world }) => {
      const mallory = await Stranger.overUdp(world);
      for (const text of [
        '',
        '\r\n\r\n',
        '\0\0',
        'nonsense',
        'SIP/2.0 200 OK\r\n\r\n',
        'OPTIONS sip:a SIP/2.0\r\n\r\n',
      ]) {
        mallory.says(text);
      }
      mallory.says(rawRequest({ method: 'ACK' }), rawRequest({ method: 'OPTIONS' }).replace(/^Via: .*\r\n/m, ''));
      expect(mallory.hears()).toEqual([]);
      world.passes(60_000);
      expect(mallory.hears()).toEqual([]);
      await mallory.leaves();
    },
  );
});

describe('how often a stranger is answered', () => {
  const rate = { perSource: 10, burst: 20, total: 1_000, known: 2_000 };

  scenario(
    'security 11: so many a second and no more, for each source by itself',
    { ends: [], cast: [], settings: guardedBy({ rate }) },
    async ({ world }) => {
      const [one, other] = [
        await Stranger.overUdp(world),
        await Stranger.overUdp(world, { ...OUTSIDE, address: '203.0.113.67' }),
      ];
      const asks = (who: Stranger, times: number): number => {
        for (let i = 0; i < times; i++) who.says(rawRequest({ method: ['OPTIONS', 'REGISTER', 'FOO'][i % 3] ?? '' }));
        return who.hears().length;
      };
      expect(asks(one, 500)).toBe(20);
      let answered = 0;
      for (let second = 0; second < 10; second++) {
        world.passes(1_000);
        answered += asks(one, 100);
      }
      expect(answered).toBe(100);
      expect(asks(other, 500)).toBe(20);
      expect(world.running.access.gate.counters).toMatchObject({ overRate: 480 + 900 + 480, overTotal: 0 });
      await one.leaves();
      await other.leaves();
    },
  );

  scenario(
    'security 11: by default a thousand at once, then two hundred a second',
    { ends: [], cast: [] },
    async ({ world }) => {
      const mallory = await Stranger.overUdp(world);
      for (let i = 0; i < 1_500; i++) mallory.says(rawRequest());
      expect(mallory.hears()).toHaveLength(1_000);
      world.passes(1_000);
      for (let i = 0; i < 500; i++) mallory.says(rawRequest());
      expect(mallory.hears()).toHaveLength(200);
      await mallory.leaves();
    },
  );

  scenario(
    'security 11: who is in the wrong country gets silence, and so does a scanner that gives its name',
    { ends: [], cast: [], pbx: 'access: russia', settings: withCountries() },
    async ({ world }) => {
      const mallory = await Stranger.overUdp(world, GERMANY);
      for (const method of METHODS) mallory.says(rawRequest({ method }));
      expect(mallory.hears()).toEqual([]);
      await mallory.leaves();
      const scanner = await Stranger.overUdp(world, { address: '192.0.2.99', port: 5_060 });
      const methods = METHODS.filter((method) => method !== 'ACK');
      for (const method of methods) scanner.says(rawRequest({ method, lines: ['User-Agent: friendly-scanner'] }));
      expect(scanner.hears()).toEqual([]);
      expect(world.running.access.gate.counters.scanners).toBe(methods.length);
      scanner.says(rawRequest({ lines: ['User-Agent: a phone'] }));
      expect(scanner.hears()).toEqual(['200 OPTIONS']);
      await scanner.leaves();
    },
  );
});
