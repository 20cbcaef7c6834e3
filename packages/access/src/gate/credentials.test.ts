import { describe, expect, test } from 'vitest';
import type { Policy } from '../policy/policy.ts';
import { at, DE, FAILURES, guard, HOUR_MS, RU, WORDS } from '../testing/guard.ts';
import { userKey } from './gate.ts';

describe('a far end that showed good credentials', () => {
  test('is past limits, at its address and port alone', () => {
    const { gate, admits } = guard({ burst: 1 });
    gate.proved(at(RU, 5060), 'office', 'anna');
    for (let i = 0; i < 20; i++) expect(admits(RU)).toBe(true);
    expect([admits(RU, WORDS, 5061), admits(RU, WORDS, 5061)]).toEqual([true, false]);
  });

  test('is past bans that the switch made of its source, and not past an operator’s', () => {
    const { gate, admits, connects, ban, bans } = guard();
    gate.registered(at(RU, 5060), 'office', 'anna', 60_000);
    ban(RU);
    expect([admits(RU), connects(RU), admits(RU, WORDS, 5061)]).toEqual([true, true, false]);
    bans.remove(RU);
    ban(RU, 'operator');
    expect([admits(RU), connects(RU)]).toEqual([false, false]);
    expect(gate.counters.banned).toBe(3);
  });

  test('is not past the geofence', () => {
    const { gate, admits } = guard();
    gate.proved(at(DE, 5060), 'office', 'anna');
    expect(admits(DE)).toBe(true);
    gate.usePolicies({ machine: { mode: 'russia' }, domains: new Map() });
    expect(admits(DE)).toBe(false);
  });

  test('is proven for an hour, or as long as its registration if that is longer', () => {
    const { gate, clock, admits, ban } = guard();
    gate.proved(at(RU, 5060), 'office', 'anna');
    gate.registered(at(RU, 5070), 'office', 'anna', 2 * HOUR_MS);
    gate.registered(at(RU, 5080), 'office', 'anna', 60_000);
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
      gate.proved(at(RU, 6_000 + i), 'office', 'anna');
    }
  });

  test('gives nothing back that it did not take', () => {
    const { gate, admits } = guard({ burst: 2 });
    expect([admits(RU), admits(RU)]).toEqual([true, true]);
    // Only the first of these was a stranger's.
    for (let i = 0; i < 50; i++) gate.proved(at(RU, 5060), 'd', 'anna');
    expect([admits(RU, WORDS, 5061), admits(RU, WORDS, 5061)]).toEqual([true, false]);
  });
});

describe('what credentials are worth', () => {
  test('a right password from where it may not be used is an event, and counts as a failure', () => {
    const { gate, clock, events, bans } = guard();
    const policy: Policy = { mode: 'list', allow: [RU] };
    for (let i = 0; i < FAILURES; i++) {
      expect(bans.isBanned(DE)).toBeUndefined();
      gate.barred(at(DE, 5060), 'office', 'anna', true, policy);
    }
    expect(bans.isBanned(DE)).toMatchObject({ by: 'switch' });
    expect(gate.counters.barred).toBe(FAILURES);
    // Told once, however often a phone goes on trying, and again when it still does an hour later.
    expect(events).toHaveLength(1);
    clock.advance(HOUR_MS);
    gate.barred(at(DE, 5060), 'office', 'anna', true, policy);
    gate.barred(at(RU, 5060), 'office', 'anna', true, policy);
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
    for (let i = 0; i < 10 * FAILURES; i++) gate.failed(at(RU, 5070), 'office', 'anna', true);
    for (let i = 0; i < FAILURES; i++) gate.failed(at(DE, 5070), 'office', `name ${i}`, true);
    expect([bans.isBanned(RU), bans.isBanned(DE)?.by]).toEqual([undefined, 'switch']);
  });

  test('where others are proven only the one name is not judged any more', () => {
    const { gate, bans } = guard();
    gate.proved(at(DE, 5060), 'office', 'boris');
    for (let i = 0; i < FAILURES; i++) gate.failed(at(DE, 5070), 'office', 'anna', true);
    expect(bans.isBanned(DE)).toBeUndefined();
    expect(gate.mayGuess(at(DE, 5070), 'office', 'boris')).toBe(true);
    expect(gate.counters.banned).toBe(0);
    expect(gate.mayGuess(at(DE, 5070), 'office', 'anna')).toBe(false);
    expect(gate.mayGuess(at(RU, 5070), 'office', 'anna')).toBe(true);
    expect(gate.counters.banned).toBe(1);
  });

  test('where an account is proven, guesses of others from the same address do not silence it', () => {
    const { gate } = guard();
    gate.registered(at(DE, 5060), 'office', 'anna', 60_000);
    for (let i = 0; i < FAILURES; i++) gate.failed(at(DE, 5070), 'office', 'anna', true);
    const judged = (port: number) => gate.mayGuess(at(DE, port), 'office', 'anna');
    expect([judged(5070), judged(5060)]).toEqual([false, true]);
    // Ports of one transport are not those of another.
    for (let i = 0; i < 9 * FAILURES; i++) gate.failed(at(DE, 5060, 'tcp'), 'office', 'anna', true);
    expect([gate.mayGuess(at(DE, 5060, 'tcp'), 'office', 'anna'), judged(5060)]).toEqual([false, true]);
    // Nor does a neighbour who forges its port, for his nonces went to another one.
    for (let i = 0; i < 9 * FAILURES; i++) gate.failed(at(DE, 5060), 'office', 'anna', false);
    expect(judged(5060)).toBe(true);
    // Only for so long as it does not fail itself, and not past what an operator says.
    for (let i = 0; i < 3 * FAILURES - 1; i++) gate.failed(at(DE, 5060), 'office', 'anna', true);
    expect(judged(5060)).toBe(true);
    gate.failed(at(DE, 5060), 'office', 'anna', true);
    expect(judged(5060)).toBe(false);
  });

  test('an operator’s ban of a name holds wherever it is proven', () => {
    const { gate, bans } = guard();
    gate.registered(at(DE, 5060), 'office', 'anna', 60_000);
    bans.add({ network: DE, user: userKey('office', 'anna') }, { by: 'operator', reason: 'stolen' });
    expect(gate.mayGuess(at(DE, 5060), 'office', 'anna')).toBe(false);
    expect(gate.mayGuess(at(DE, 5060), 'office', 'boris')).toBe(true);
  });

  test('what proves an account is a place that it was used from', () => {
    const { gate, places } = guard();
    gate.proved(at(RU, 5060), 'office', 'anna');
    gate.registered(at(DE, 5060), 'office', 'anna', 1_000);
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
