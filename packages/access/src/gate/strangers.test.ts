import { describe, expect, test } from 'vitest';
import { at, DE, guard, PROXY, RU, VOUCHED, WORDS } from '../testing/guard.ts';

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

  test('one line tells that it began, and another one after a minute without', () => {
    const { clock, flood, log } = flooded();
    for (let i = 0; i < 30; i++) {
      flood();
      clock.advance(1_000);
    }
    expect(log.lines).toMatchObject([{ level: 'warn', event: 'access.rush' }]);
    clock.advance(60_000);
    flood();
    expect(log.events).toEqual(['access.rush', 'access.rush']);
  });

  test('more is heard from where an account was used lately', () => {
    const { clock, flood, admits, gate } = flooded();
    gate.proved(at(RU, 5060), 'office', 'anna');
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
    const admits = (octets: Buffer, behind: boolean): boolean => gate.admit(at(DE), octets, behind);
    expect([admits(WORDS, true), admits(VOUCHED, true), admits(WORDS, true)]).toEqual([false, true, false]);
    expect(gate.counters).toMatchObject({ overTotal: 3, overRate: 0 });
  });

  test('one that floods is past its own limit, and no crowd that others have to share with', () => {
    const { gate } = guard({ burst: 3, total: 100 });
    for (let i = 0; i < 1_000; i++) expect(gate.admit(at(DE), WORDS, true)).toBe(false);
    expect(gate.counters).toMatchObject({ overTotal: 3, overRate: 997 });
    expect([1, 2, 3, 4].map(() => gate.admit(at(RU), WORDS))).toEqual([true, true, true, false]);
  });

  test('many that flood are a crowd, in which each has a few requests left', () => {
    const { gate, clock } = guard({ burst: 100, perSource: 100, total: 50 });
    for (let i = 0; i < 60; i++) expect(gate.admit(at(`203.0.113.${100 + i}`), WORDS, true)).toBe(false);
    clock.advance(1_000);
    expect([1, 2, 3].map(() => gate.admit(at(RU), WORDS))).toEqual([true, true, false]);
  });

  test('phones that are proven, trusted networks, proxies and connections are heard as ever', () => {
    const { gate } = guard({ trusted: ['192.0.2.2'] });
    gate.proved(at(RU, 5060), 'office', 'anna');
    const admits = (address: string, octets: Buffer | undefined = WORDS): boolean =>
      gate.admit(at(address), octets, true);
    expect([admits(RU), admits('192.0.2.2'), admits(PROXY), admits(DE)]).toEqual([true, true, true, false]);
    expect(gate.admit(at(DE), undefined, true)).toBe(true);
  });
});
