import { describe, expect, test } from 'vitest';
import type { Policy } from '../policy/policy.ts';
import { at, DE, GOES_ON, guard, HOUR_MS, PROXY, RU, WORDS } from '../testing/guard.ts';

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

test('a connection of a stranger costs what a request does, and one that may not come is refused', () => {
  const { gate, clock, admits, connects, ban } = guard({ burst: 2 });
  expect([connects(RU), admits(RU), connects(RU), admits(RU)]).toEqual([true, true, false, false]);
  expect([connects('192.0.2.2'), connects('192.0.2.2'), connects('192.0.2.2')]).toEqual([true, true, false]);
  clock.advance(1_000);
  expect([connects(RU), connects(RU)]).toEqual([true, false]);
  ban(DE);
  expect(connects(DE)).toBe(false);
  expect(gate.counters).toMatchObject({ banned: 1, overRate: 4, overTotal: 0 });
});

describe('known addresses', () => {
  test('a proven far end may send as much that is new as nobody honest does; what is above is a stranger’s', () => {
    const { gate, clock, log, admits } = guard({ known: 50, burst: 2 });
    gate.proved(at(RU), 'one', 'anna');
    for (let i = 0; i < 52; i++) expect(admits(RU)).toBe(true);
    expect(admits(RU)).toBe(false);
    expect(gate.counters).toMatchObject({ overKnown: 3, overRate: 1 });
    expect(log.events.filter((event) => event === 'access.known-over-rate')).toHaveLength(1);
    // What goes on is read whatever comes beside it, and so is who else is known.
    for (let i = 0; i < 1_000; i++) expect(admits(RU, GOES_ON)).toBe(true);
    gate.proved(at('192.0.2.2'), 'one', 'boris');
    expect(admits('192.0.2.2')).toBe(true);
    clock.advance(1_000);
    for (let i = 0; i < 50; i++) expect(admits(RU)).toBe(true);
  });

  test('connections from there have the same bound', () => {
    const { gate, connects } = guard({ known: 50, burst: 2 });
    gate.proved(at(RU), 'one', 'anna');
    let connected = 0;
    for (let i = 0; i < 1_000; i++) if (connects(RU, 10_000 + i)) connected++;
    expect(connected).toBe(52);
  });

  test('so has what a proxy passes on for one client', () => {
    const { gate } = guard({ known: 50, burst: 2 });
    gate.proved(at(RU), 'one', 'anna');
    const treated = Array.from({ length: 60 }, () => gate.receive(at(RU), 'one', true));
    expect(treated.filter((each) => each === 'welcome')).toHaveLength(52);
  });

  test('each way from an address has its own: datagrams, new connections, and every connection that is up', () => {
    const { gate, connects } = guard({ known: 50, burst: 2 });
    const [anna, boris, vera] = [at(RU), at(RU, 40_001, 'tls'), at(RU, 40_001, 'tcp')];
    gate.proved(anna, 'one', 'anna');
    gate.proved(boris, 'one', 'boris');
    gate.proved(vera, 'one', 'vera');
    for (let i = 0; i < 60; i++) connects(RU, 50_000 + i);
    expect(gate.admit(anna, WORDS)).toBe(true);
    for (let i = 0; i < 60; i++) gate.admit(anna, WORDS);
    expect(gate.admit(anna, WORDS)).toBe(false);
    for (let i = 0; i < 50; i++) expect(gate.admit(boris, WORDS)).toBe(true);
    expect(gate.admit(boris, WORDS)).toBe(false);
    expect(gate.admit(boris, GOES_ON)).toBe(true);
    expect(gate.admit(vera, WORDS)).toBe(true);
    expect(gate.receive(anna, 'one', true)).toBe('welcome');
  });

  test('what a connection sends above it takes nothing from the new phones at its address', () => {
    const { gate, admits } = guard({ known: 50, burst: 2 });
    const boris = at(RU, 40_001, 'tls');
    gate.proved(boris, 'one', 'boris');
    for (let i = 0; i < 100; i++) gate.admit(boris, WORDS);
    expect(gate.counters).toMatchObject({ overKnown: 50, overRate: 0 });
    expect([admits(RU), admits(RU), admits(RU)]).toEqual([true, true, false]);
  });

  test('a trunk’s connection is as little silenced by what comes otherwise from its address', () => {
    const { gate } = guard({ known: 50, burst: 2 });
    for (let i = 0; i < 60; i++) gate.admitKnown(at(RU), WORDS, false);
    for (let i = 0; i < 60; i++) gate.admitKnown(at(RU, 50_000 + i, 'tcp'), undefined, false);
    expect(gate.admitKnown(at(RU, 5060, 'tcp'), WORDS, false)).toBe(true);
  });

  test('trusted networks have none', () => {
    const { admits } = guard({ known: 1, burst: 1, trusted: [RU] });
    for (let i = 0; i < 1_000; i++) expect(admits(RU)).toBe(true);
  });
});

test('accounts that share far ends are one asker at their address, however many those are', () => {
  const { gate } = guard();
  const names = new Set<string>();
  for (let port = 1; port <= 64; port++) {
    for (const login of ['anna', 'boris']) gate.proved(at(RU, port), 'one', login);
  }
  for (let port = 1; port <= 64; port++) names.add(gate.nameOf(at(RU, port)));
  expect(names.size).toBe(1);
  gate.proved(at(RU, 100), 'one', 'vera');
  gate.proved(at(RU, 101, 'tcp'), 'one', 'vera');
  expect(gate.nameOf(at(RU, 100))).toBe(gate.nameOf(at(RU, 101, 'tcp')));
  for (const login of ['anna', 'boris']) gate.proved(at(DE), 'one', login);
  const others = [at(DE), at(RU, 100), at(RU, 200), at(RU, 201)].map((farEnd) => gate.nameOf(farEnd));
  for (const name of others) names.add(name);
  expect(names.size).toBe(5);
});

describe('refuse: 403', () => {
  const fenced = { machine: { mode: 'russia' }, refusal: '403', burst: 2 } as const;

  test('who may not come is read, within the limits of strangers, and told so', () => {
    const { gate, admits, connects } = guard(fenced);
    expect([admits(DE), connects(DE), admits(DE), connects(DE)]).toEqual([true, true, false, false]);
    expect(gate.receive(at(DE), 'office', false)).toBe('forbidden');
    expect(gate.counters).toMatchObject({ fenced: 1, overRate: 2 });
    expect(gate.receive(at(RU), 'office', false)).toBe('welcome');
  });

  test('neither trust nor a proof lifts these limits, for the answer would be a 403', () => {
    const { gate, admits } = guard({ ...fenced, trusted: [DE] });
    gate.proved(at(DE, 5060), 'office', 'anna');
    expect([admits(DE), admits(DE), admits(DE), admits(DE)]).toContain(false);
  });

  test('silence is the default', () => {
    const { gate } = guard({ machine: { mode: 'russia' } });
    expect(gate.receive(at(DE), 'office', false)).toBe('silence');
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
    expect(gate.receive(at(DE), 'office', true)).toBe('silence');
    expect([1, 2].map(() => gate.receive(at(RU, 0), 'office', true))).toEqual(['welcome', 'silence']);
    expect(gate.counters).toMatchObject({ fenced: 1, overRate: 1, banned: 0 });
    ban('192.0.2.2');
    expect(gate.receive(at('192.0.2.2'), 'office', true)).toBe('silence');
    expect(gate.counters.banned).toBe(1);
  });

  test('its trusted and its proven clients are past limits, and the proven past bans of the switch', () => {
    const { gate, ban } = guard({ trusted: ['192.0.2.2'], burst: 1 });
    gate.proved(at(RU, 0), 'office', 'anna');
    ban(RU);
    for (let i = 0; i < 5; i++) {
      expect(gate.receive(at(RU, 0), 'office', true)).toBe('welcome');
      expect(gate.receive(at('192.0.2.2'), 'office', true)).toBe('welcome');
    }
    ban(RU, 'operator');
    expect(gate.receive(at(RU, 0), 'office', true)).toBe('silence');
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
    gate.proved(at(RU, 0), 'office', 'anna');
    ban(RU);
    expect(admits(RU)).toBe(false);
  });
});

test('once a request is read its own domain decides, and what was taken for the source is not taken again', () => {
  const { gate, admits } = guard({ domains: { office: { mode: 'russia' }, shop: { mode: 'any' } }, burst: 1 });
  expect(admits(DE)).toBe(true);
  expect([1, 2, 3].map(() => gate.receive(at(DE), 'shop', false))).toEqual(['welcome', 'welcome', 'welcome']);
  expect(gate.receive(at(DE), 'office', false)).toBe('silence');
  expect(gate.counters).toMatchObject({ fenced: 1, overRate: 0 });
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

test('who is shut out by the geofence makes a line a second, with the rule that did it', () => {
  const { gate, clock, log, admits } = guard({ machine: { mode: 'russia' } });
  for (let i = 0; i < 10; i++) admits(DE);
  expect(log.lines).toMatchObject([
    {
      level: 'info',
      event: 'access.refused',
      fields: { address: DE, policy: 'machine', rule: 'other-country', country: 'DE' },
    },
  ]);
  clock.advance(1_000);
  admits(DE);
  expect(log.events).toEqual(['access.refused', 'access.refused']);
  const { gate: other, log: told, admits: read } = guard({ domains: { office: { mode: 'russia' } } });
  expect(read(DE)).toBe(false);
  other.receive(at(DE, 0), 'office', true);
  expect(told.lines).toMatchObject([{ fields: { address: DE, policy: 'domain', country: 'DE' } }]);
  expect(gate.counters.fenced).toBe(11);
});

test('its timers are in the ledger', () => {
  const { gate, clock, ledger } = guard();
  gate.proved(at(RU, 5060), 'office', 'anna');
  clock.advance(2 * HOUR_MS);
  gate.proved(at(RU, 5060), 'office', 'anna');
  expect(ledger.counts()).toEqual({ 'access timers': 1 });
  clock.advance(60_000);
  expect(ledger.leftovers()).toEqual([]);
});

test('scanners are counted', () => {
  const { gate } = guard();
  gate.noteScanner();
  expect(gate.counters.scanners).toBe(1);
});
