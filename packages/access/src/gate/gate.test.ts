import { Ledger, NetworkSet } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { describe, expect, test } from 'vitest';
import { BanBook } from '../bans/ban-book.ts';
import { Failures } from '../bans/failures.ts';
import { PlaceBook } from '../places/place-book.ts';
import type { Policy } from '../policy/policy.ts';
import { StrangerRates } from '../rates/stranger-rates.ts';
import { MemoryBanStore, MemoryPlaceStore } from '../testing/index.ts';
import { Fence } from './fence.ts';
import { Gate, type GateEvent, type GateParts, userKey } from './gate.ts';

const RU = '192.0.2.1';
const DE = '198.51.100.1';
const PROXY = '203.0.113.5';
const COUNTRIES: Readonly<Record<string, string>> = { [RU]: 'RU', '192.0.2.2': 'RU', [DE]: 'DE', [PROXY]: 'RU' };
const FAILURES = 3;
const HOUR_MS = 3_600_000;
const WORDS = Buffer.from('REGISTER');
/** What the digest would say yes to. */
const VOUCHED = Buffer.from('REGISTER with a nonce of ours');

interface GuardOptions {
  readonly machine?: Policy;
  readonly domains?: Readonly<Record<string, Policy>>;
  readonly trusted?: readonly string[];
  readonly refusal?: GateParts['refusal'];
  readonly perSource?: number;
  readonly burst?: number;
  readonly total?: number;
}

function guard(options: GuardOptions = {}) {
  const { machine = { mode: 'any' }, domains = {}, trusted = [], refusal = 'silence' } = options;
  const { perSource = 1, burst = 2, total = 100 } = options;
  const clock = new FakeClock();
  const log = new MemoryLog();
  const ledger = new Ledger();
  const events: GateEvent[] = [];
  const countries = { countryOf: (address: string) => COUNTRIES[address] };
  const fence = new Fence(countries);
  const bans = new BanBook({
    clock,
    random: new SeededRandom(),
    log,
    store: new MemoryBanStore(),
    trusted: NetworkSet.of(trusted),
    duration: HOUR_MS,
    longest: HOUR_MS,
    onEvent: () => {},
  });
  const places = new PlaceBook({ clock, log, store: new MemoryPlaceStore(), countries, onNewPlace: () => {} });
  const asked: string[] = [];
  const gate = new Gate({
    clock,
    log,
    ledger,
    fence,
    bans,
    failures: new Failures({ clock, bans, failures: FAILURES, within: HOUR_MS }),
    rates: new StrangerRates({ clock, perSource, burst, total }),
    places,
    proxies: new Set([PROXY]),
    refusal,
    vouchesFor: (octets, address) => {
      asked.push(address);
      return octets.equals(VOUCHED);
    },
    onEvent: (event) => events.push(event),
  });
  gate.usePolicies({ machine, domains: new Map(Object.entries(domains)) });
  const admits = (address: string, octets: Buffer | undefined = WORDS, port = 5060): boolean =>
    gate.admit({ address, port }, octets);
  const connects = (address: string, port = 5060): boolean => gate.admit({ address, port }, undefined);
  const ban = (network: string, by: 'switch' | 'operator' = 'switch') =>
    bans.add({ network }, { by, reason: 'test', for: HOUR_MS });
  return { gate, clock, log, ledger, bans, places, events, asked, admits, connects, ban };
}

describe('the order of what is asked', () => {
  test('the geofence comes before trust, bans and limits', () => {
    const { gate, admits, connects, bans } = guard({ machine: { mode: 'russia' }, trusted: [DE], burst: 1 });
    expect(bans.isTrusted(DE)).toBe(true);
    for (let i = 0; i < 5; i++) expect(admits(DE)).toBe(false);
    expect(connects(DE)).toBe(false);
    expect(gate.counters).toMatchObject({ fenced: 6, banned: 0, overRate: 0, overTotal: 0 });
  });

  test('who is shut out by the geofence is neither found banned nor charged', () => {
    const { gate, admits, ban } = guard({ machine: { mode: 'russia' }, total: 1 });
    ban(DE);
    expect(admits(DE)).toBe(false);
    expect(gate.counters).toMatchObject({ fenced: 1, banned: 0 });
    expect(admits(RU)).toBe(true);
  });

  test('trusted networks come before bans and limits', () => {
    const { gate, admits, ban } = guard({ trusted: [RU], burst: 1, total: 1 });
    ban('192.0.2.0/24', 'operator');
    for (let i = 0; i < 20; i++) expect(admits(RU)).toBe(true);
    expect(admits('192.0.2.2')).toBe(false);
    expect(gate.counters).toMatchObject({ banned: 1, overRate: 0, overTotal: 0 });
  });

  test('bans come before limits: a banned flood uses up nothing', () => {
    const { gate, admits, ban } = guard({ total: 1 });
    ban(DE);
    for (let i = 0; i < 20; i++) expect(admits(DE)).toBe(false);
    expect(gate.counters).toMatchObject({ banned: 20, overRate: 0, overTotal: 0 });
    expect(admits(RU)).toBe(true);
  });

  test('a stranger may send so many at once, and more as time passes', () => {
    const { gate, clock, admits } = guard({ burst: 2, perSource: 1 });
    expect([admits(RU), admits(RU), admits(RU)]).toEqual([true, true, false]);
    clock.advance(1_000);
    expect([admits(RU), admits(RU)]).toEqual([true, false]);
    expect(gate.counters.overRate).toBe(2);
  });
});

describe('a far end that showed good credentials', () => {
  test('is past limits, at its address and port alone', () => {
    const { gate, admits } = guard({ burst: 1 });
    gate.proved(RU, 5060, 'office', 'anna');
    for (let i = 0; i < 20; i++) expect(admits(RU)).toBe(true);
    expect([admits(RU, WORDS, 5061), admits(RU, WORDS, 5061)]).toEqual([true, false]);
  });

  test('is past bans that the switch made of its source, and not past an operator’s', () => {
    const { gate, admits, connects, ban, bans } = guard();
    gate.registered(RU, 5060, 'office', 'anna', 60_000);
    ban(RU);
    expect([admits(RU), connects(RU), admits(RU, WORDS, 5061)]).toEqual([true, true, false]);
    bans.remove(RU);
    ban(RU, 'operator');
    expect([admits(RU), connects(RU)]).toEqual([false, false]);
    expect(gate.counters.banned).toBe(3);
  });

  test('is not past the geofence', () => {
    const { gate, admits } = guard();
    gate.proved(DE, 5060, 'office', 'anna');
    expect(admits(DE)).toBe(true);
    gate.usePolicies({ machine: { mode: 'russia' }, domains: new Map() });
    expect(admits(DE)).toBe(false);
  });

  test('is proven for an hour, or as long as its registration if that is longer', () => {
    const { gate, clock, admits, ban } = guard();
    gate.proved(RU, 5060, 'office', 'anna');
    gate.registered(RU, 5070, 'office', 'anna', 2 * HOUR_MS);
    gate.registered(RU, 5080, 'office', 'anna', 60_000);
    const heard = (): boolean[] => {
      ban(RU);
      return [5060, 5070, 5080].map((port) => admits(RU, WORDS, port));
    };
    clock.advance(HOUR_MS - 1);
    expect(heard()).toEqual([true, true, true]);
    clock.advance(1);
    expect(heard()).toEqual([false, true, false]);
    clock.advance(HOUR_MS);
    expect(heard()).toEqual([false, false, false]);
  });

  test('has its request given back, so that good phones use up nobody’s share', () => {
    const { gate, admits } = guard({ burst: 1, perSource: 1 });
    for (let i = 0; i < 5; i++) {
      expect(admits(RU, WORDS, 6_000 + i)).toBe(true);
      gate.proved(RU, 6_000 + i, 'office', 'anna');
    }
  });

  test('gives nothing back that it did not take', () => {
    const { gate, admits } = guard({ burst: 2 });
    expect([admits(RU), admits(RU)]).toEqual([true, true]);
    // Only the first of these was a stranger's.
    for (let i = 0; i < 50; i++) gate.proved(RU, 5060, 'd', 'anna');
    expect([admits(RU, WORDS, 5061), admits(RU, WORDS, 5061)]).toEqual([true, false]);
  });
});

test('a connection takes no token, and one that may not come is refused', () => {
  const { gate, admits, connects, ban } = guard({ burst: 1, total: 1 });
  for (let i = 0; i < 20; i++) expect(connects(RU)).toBe(true);
  expect(admits(RU)).toBe(true);
  expect(connects(RU)).toBe(true);
  ban(DE);
  expect(connects(DE)).toBe(false);
  expect(gate.counters).toMatchObject({ banned: 1, overRate: 0, overTotal: 0 });
});

describe('when all strangers together are too many', () => {
  test('only what carries a nonce of ours is read, and only then is it looked at', () => {
    const { gate, admits, asked } = guard({ burst: 10, total: 2 });
    expect([admits(RU), admits(RU)]).toEqual([true, true]);
    expect(asked).toEqual([]);
    expect([admits(DE), admits(DE, VOUCHED), admits(RU, VOUCHED)]).toEqual([false, true, true]);
    expect(asked).toEqual([DE, DE, RU]);
    expect(gate.counters).toMatchObject({ overTotal: 3, overRate: 0 });
  });

  test('a nonce of ours helps nobody past the limit of one source', () => {
    const { gate, admits, asked } = guard({ burst: 1 });
    expect([admits(RU, VOUCHED), admits(RU, VOUCHED)]).toEqual([true, false]);
    expect(asked).toEqual([]);
    expect(gate.counters).toMatchObject({ overTotal: 0, overRate: 1 });
  });
});

describe('in a rush of strangers', () => {
  const flooded = () => {
    const all = guard({ perSource: 100, burst: 100, total: 10 });
    const flooders = Array.from({ length: 20 }, (_, i) => `203.0.113.${100 + i}`);
    const flood = (): number => flooders.filter((address) => all.admits(address)).length;
    return { ...all, flood };
  };

  test('who floods has a few requests left, and whoever is new is heard at once', () => {
    const { clock, flood, admits, gate } = flooded();
    let heard = flood();
    for (let i = 0; i < 30; i++) {
      clock.advance(1_000);
      heard += flood();
    }
    // Two of each, what one has got back since, and what was taken before they were too many.
    expect(heard).toBeLessThanOrEqual(20 * 2 + 2 * 20 + 10);
    expect([1, 2, 3].map(() => admits(RU))).toEqual([true, true, false]);
    expect(admits(RU, VOUCHED)).toBe(true);
    expect(gate.counters.overTotal).toBeGreaterThan(400);
    expect(gate.counters.overRate).toBe(0);
  });

  test('more is heard from where an account was used lately', () => {
    const { clock, flood, admits, gate } = flooded();
    gate.proved(RU, 5060, 'office', 'anna');
    flood();
    for (let i = 0; i < 8; i++) {
      clock.advance(1_000);
      expect([admits(RU, WORDS, 6_000), admits(DE)]).toEqual([true, i < 2]);
    }
  });

  test('all is as before a minute after strangers were too many for the last time', () => {
    const { clock, flood, admits } = flooded();
    flood();
    clock.advance(59_999);
    expect([1, 2, 3].map(() => admits(DE))).toEqual([true, true, false]);
    clock.advance(1);
    // What all together have left.
    expect(Array.from({ length: 8 }, () => admits(DE))).not.toContain(false);
  });
});

test('a nonce of ours lets nobody ask more often than one source may', () => {
  const { gate, clock, admits } = guard({ total: 4, burst: 3, perSource: 1 });
  for (const address of [RU, RU, '192.0.2.2', '192.0.2.2']) admits(address);
  const vouched = () => Array.from({ length: 10 }, () => admits(DE, VOUCHED)).filter(Boolean).length;
  expect(vouched()).toBe(3);
  expect(gate.counters.overRate).toBe(7);
  clock.advance(200);
  expect(vouched()).toBe(0);
  clock.advance(800);
  expect(vouched()).toBe(1);
});

describe('while more comes than we can take', () => {
  test('strangers are left unread, whatever their limits, unless they carry a nonce of ours', () => {
    const { gate } = guard({ burst: 100 });
    const admits = (octets: Buffer, behind: boolean): boolean =>
      gate.admit({ address: DE, port: 5060 }, octets, behind);
    expect([admits(WORDS, true), admits(VOUCHED, true), admits(WORDS, true)]).toEqual([false, true, false]);
    expect(gate.counters).toMatchObject({ overTotal: 3, overRate: 0 });
    // They used nothing up, and what each may ask for at such times is left.
    expect([1, 2, 3].map(() => admits(WORDS, false))).toEqual([true, true, false]);
  });

  test('phones that are proven, trusted networks, proxies and connections are heard as ever', () => {
    const { gate } = guard({ trusted: ['192.0.2.2'] });
    gate.proved(RU, 5060, 'office', 'anna');
    const admits = (address: string, octets: Buffer | undefined = WORDS): boolean =>
      gate.admit({ address, port: 5060 }, octets, true);
    expect([admits(RU), admits('192.0.2.2'), admits(PROXY), admits(DE)]).toEqual([true, true, true, false]);
    expect(gate.admit({ address: DE, port: 5060 }, undefined, true)).toBe(true);
  });
});

describe('refuse: 403', () => {
  const fenced = { machine: { mode: 'russia' }, refusal: '403', burst: 2 } as const;

  test('who may not come is read, within the limits of strangers, and told so', () => {
    const { gate, admits, connects } = guard(fenced);
    expect([admits(DE), connects(DE), admits(DE), admits(DE)]).toEqual([true, true, true, false]);
    expect(gate.receive(DE, 'office', false)).toBe('forbidden');
    expect(gate.counters).toMatchObject({ fenced: 1, overRate: 1 });
    expect(gate.receive(RU, 'office', false)).toBe('welcome');
  });

  test('neither trust nor a proof lifts these limits, for the answer would be a 403', () => {
    const { gate, admits } = guard({ ...fenced, trusted: [DE] });
    gate.proved(DE, 5060, 'office', 'anna');
    expect([admits(DE), admits(DE), admits(DE), admits(DE)]).toContain(false);
  });

  test('silence is the default', () => {
    const { gate } = guard({ machine: { mode: 'russia' } });
    expect(gate.receive(DE, 'office', false)).toBe('silence');
  });
});

describe('a proxy that the settings name', () => {
  test('is read whatever it is, and what it says of its client is judged by all rules', () => {
    const { gate, admits, connects, ban } = guard({
      machine: { mode: 'any', deny: [PROXY] },
      domains: { office: { mode: 'russia' } },
      burst: 1,
    });
    ban(PROXY, 'operator');
    for (let i = 0; i < 20; i++) expect(admits(PROXY)).toBe(true);
    expect(connects(PROXY)).toBe(true);
    expect(gate.receive(DE, 'office', true)).toBe('silence');
    expect([1, 2].map(() => gate.receive(RU, 'office', true))).toEqual(['welcome', 'silence']);
    expect(gate.counters).toMatchObject({ fenced: 1, overRate: 1, banned: 0 });
    ban('192.0.2.2');
    expect(gate.receive('192.0.2.2', 'office', true)).toBe('silence');
    expect(gate.counters.banned).toBe(1);
  });

  test('its trusted and its proven clients are past limits, and the proven past bans of the switch', () => {
    const { gate, ban } = guard({ trusted: ['192.0.2.2'], burst: 1 });
    gate.proved(RU, 0, 'office', 'anna');
    ban(RU);
    for (let i = 0; i < 5; i++) {
      expect(gate.receive(RU, 'office', true)).toBe('welcome');
      expect(gate.receive('192.0.2.2', 'office', true)).toBe('welcome');
    }
    ban(RU, 'operator');
    expect(gate.receive(RU, 'office', true)).toBe('silence');
  });

  test('is answered to its own pings wherever it is, within limits', () => {
    const { gate } = guard({ machine: { mode: 'list', allow: [RU] }, burst: 2 });
    expect([1, 2, 3].map(() => gate.answersPing(PROXY))).toEqual([true, true, false]);
    expect(gate.counters).toMatchObject({ fenced: 0, overRate: 1 });
    const { gate: trusting } = guard({ trusted: [PROXY], burst: 1 });
    expect([1, 2, 3].map(() => trusting.answersPing(PROXY))).toEqual([true, true, true]);
  });

  test('a proof behind the proxy is none for whoever comes from that address without it', () => {
    const { gate, admits, ban } = guard();
    gate.proved(RU, 0, 'office', 'anna');
    ban(RU);
    expect(admits(RU)).toBe(false);
  });
});

test('once a request is read its own domain decides, and what was taken for the source is not taken again', () => {
  const { gate, admits } = guard({ domains: { office: { mode: 'russia' }, shop: { mode: 'any' } }, burst: 1 });
  expect(admits(DE)).toBe(true);
  expect([1, 2, 3].map(() => gate.receive(DE, 'shop', false))).toEqual(['welcome', 'welcome', 'welcome']);
  expect(gate.receive(DE, 'office', false)).toBe('silence');
  expect(gate.counters).toMatchObject({ fenced: 1, overRate: 0 });
});

describe('a policy that is only tried out', () => {
  test('counts once a request and writes one line a second for a source', () => {
    const { gate, clock, log, admits } = guard({ domains: { office: { mode: 'russia', enforce: false } }, burst: 9 });
    for (let i = 0; i < 3; i++) {
      expect(admits(DE)).toBe(true);
      expect(gate.receive(DE, 'office', false)).toBe('welcome');
      expect(gate.admitsDevice(DE, 'office', { mode: 'any' })).toBe(true);
    }
    expect(gate.counters).toMatchObject({ wouldRefuse: 3, fenced: 0 });
    expect(log.events).toEqual(['access.would-refuse']);
    expect(log.lines[0]).toMatchObject({
      level: 'info',
      fields: { address: DE, policy: 'domain', rule: 'other-country', country: 'DE' },
    });
    gate.receive(RU, 'office', false);
    clock.advance(1_000);
    gate.receive(DE, 'office', false);
    expect(log.events).toHaveLength(2);
    expect(gate.counters.wouldRefuse).toBe(4);
  });

  test('counts a request once, however many policies would have refused it', () => {
    const policy: Policy = { mode: 'russia', enforce: false };
    const { gate, log } = guard({ machine: policy, domains: { office: policy } });
    expect(gate.receive(DE, 'office', false)).toBe('welcome');
    expect(gate.admitsDevice(DE, 'office', policy)).toBe(true);
    expect(gate.counters.wouldRefuse).toBe(1);
    expect(log.lines.map(({ fields }) => fields.policy)).toEqual(['machine']);
  });

  test('of a device alone counts too', () => {
    const { gate, log } = guard();
    expect(gate.admitsDevice(DE, 'office', { mode: 'russia', enforce: false })).toBe(true);
    expect(gate.counters.wouldRefuse).toBe(1);
    expect(log.lines[0]?.fields).toMatchObject({ policy: 'device' });
    expect(gate.admitsDevice(DE, 'office', { mode: 'russia' })).toBe(false);
    expect(gate.counters.wouldRefuse).toBe(1);
  });
});

describe('what credentials are worth', () => {
  test('a right password from where it may not be used is an event, and counts as a failure', () => {
    const { gate, clock, events, bans } = guard();
    const policy: Policy = { mode: 'list', allow: [RU] };
    for (let i = 0; i < FAILURES; i++) {
      expect(bans.isBanned(DE)).toBeUndefined();
      gate.barred(DE, 5060, 'office', 'anna', policy);
    }
    expect(bans.isBanned(DE)).toMatchObject({ by: 'switch' });
    expect(gate.counters.barred).toBe(FAILURES);
    // Told once, however often a phone goes on trying, and again when it still does an hour later.
    expect(events).toHaveLength(1);
    clock.advance(HOUR_MS);
    gate.barred(DE, 5060, 'office', 'anna', policy);
    gate.barred(RU, 5060, 'office', 'anna', policy);
    expect(events).toHaveLength(3);
    expect(events[0]).toEqual({
      type: 'barred',
      domain: 'office',
      login: 'anna',
      address: DE,
      verdict: { admitted: false, rule: 'not-listed', country: 'DE' },
    });
  });

  test('failures count for the source that they came from, and never for a trusted one', () => {
    const { gate, bans } = guard({ trusted: [RU] });
    for (let i = 0; i < 10 * FAILURES; i++) gate.failed(RU, 5070, 'office', 'anna');
    for (let i = 0; i < FAILURES; i++) gate.failed(DE, 5070, 'office', `name ${i}`);
    expect([bans.isBanned(RU), bans.isBanned(DE)?.by]).toEqual([undefined, 'switch']);
  });

  test('where others are proven only the one name is not judged any more', () => {
    const { gate, bans } = guard();
    gate.proved(DE, 5060, 'office', 'boris');
    for (let i = 0; i < FAILURES; i++) gate.failed(DE, 5070, 'office', 'anna');
    expect(bans.isBanned(DE)).toBeUndefined();
    expect(gate.mayGuess(DE, 5070, 'office', 'boris')).toBe(true);
    expect(gate.counters.banned).toBe(0);
    expect(gate.mayGuess(DE, 5070, 'office', 'anna')).toBe(false);
    expect(gate.mayGuess(RU, 5070, 'office', 'anna')).toBe(true);
    expect(gate.counters.banned).toBe(1);
  });

  test('where an account is proven, guesses of others from the same address do not silence it', () => {
    const { gate } = guard();
    gate.registered(DE, 5060, 'office', 'anna', 60_000);
    for (let i = 0; i < FAILURES; i++) gate.failed(DE, 5070, 'office', 'anna');
    const judged = (port: number) => gate.mayGuess(DE, port, 'office', 'anna');
    expect([judged(5070), judged(5060)]).toEqual([false, true]);
    // Only for so long as it does not fail itself, and not past what an operator says.
    for (let i = 0; i < 3 * FAILURES - 1; i++) gate.failed(DE, 5060, 'office', 'anna');
    expect(judged(5060)).toBe(true);
    gate.failed(DE, 5060, 'office', 'anna');
    expect(judged(5060)).toBe(false);
  });

  test('an operator’s ban of a name holds wherever it is proven', () => {
    const { gate, bans } = guard();
    gate.registered(DE, 5060, 'office', 'anna', 60_000);
    bans.add({ network: DE, user: userKey('office', 'anna') }, { by: 'operator', reason: 'stolen' });
    expect(gate.mayGuess(DE, 5060, 'office', 'anna')).toBe(false);
    expect(gate.mayGuess(DE, 5060, 'office', 'boris')).toBe(true);
  });

  test('what proves an account is a place that it was used from', () => {
    const { gate, places } = guard();
    gate.proved(RU, 5060, 'office', 'anna');
    gate.registered(DE, 5060, 'office', 'anna', 1_000);
    expect(places.of('office', 'anna')).toMatchObject([{ address: RU, country: 'RU' }]);
  });
});

test('an account may not go on where an operator banned its name, another one there may', () => {
  const { gate, bans } = guard();
  const welcome = (address: string, login: string) => gate.stillWelcome(address, 'office', login, undefined);
  bans.add({ network: RU, user: userKey('office', 'anna') }, { by: 'switch', reason: 'guesses' });
  expect(welcome(RU, 'anna')).toBe(true);
  bans.add({ network: RU, user: userKey('office', 'anna') }, { by: 'operator', reason: 'stolen' });
  expect([welcome(RU, 'anna'), welcome(RU, 'boris'), welcome(DE, 'anna')]).toEqual([false, true, true]);
});

test('who was let in may go on unless a policy or an operator says otherwise', () => {
  const { gate, ban } = guard({ domains: { office: { mode: 'russia' } } });
  const device: Policy = { mode: 'list', allow: ['192.0.2.2'] };
  expect(gate.stillWelcome(RU, 'office', 'anna', undefined)).toBe(true);
  expect(gate.stillWelcome(DE, 'office', 'anna', undefined)).toBe(false);
  expect(gate.stillWelcome(RU, 'office', 'anna', device)).toBe(false);
  ban(RU);
  expect(gate.stillWelcome(RU, 'office', 'anna', undefined)).toBe(true);
  ban(RU, 'operator');
  expect(gate.stillWelcome(RU, 'office', 'anna', undefined)).toBe(false);
});

test('its timers are in the ledger', () => {
  const { gate, clock, ledger } = guard();
  gate.proved(RU, 5060, 'office', 'anna');
  clock.advance(2 * HOUR_MS);
  gate.proved(RU, 5060, 'office', 'anna');
  expect(ledger.counts()).toEqual({ 'access timers': 1 });
  clock.advance(60_000);
  expect(ledger.leftovers()).toEqual([]);
});

test('scanners are counted', () => {
  const { gate } = guard();
  gate.noteScanner();
  expect(gate.counters.scanners).toBe(1);
});
