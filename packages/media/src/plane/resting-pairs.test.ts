import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { afterEach, expect, test } from 'vitest';
import { rtpPacket, UdpPhone } from '../testing/udp-phone.ts';
import { BoundPair } from './bound-pair.ts';
import { QUIET_MS, RestingPairs } from './resting-pairs.ts';

const clock = new FakeClock();
const open: BoundPair[] = [];
const phones: UdpPhone[] = [];
let closed: number[];

afterEach(() => {
  for (const pair of open.splice(0)) if (!closed.includes(pair.port)) pair.close();
  for (const phone of phones.splice(0)) phone.close();
});

const REST_MS = 30_000;

function resting(most: number, seed = 1): RestingPairs {
  closed = [];
  const random = new SeededRandom(seed);
  return new RestingPairs({ random, clock, restMs: REST_MS, most, closed: (port) => void closed.push(port) });
}

function bound(count: number): BoundPair[] {
  const pairs = Array.from({ length: count }, (_, i) => BoundPair.bind('127.0.0.1', 40_000 + 2 * i));
  for (const pair of pairs) if (pair instanceof BoundPair) open.push(pair);
  return [...open];
}

/** A packet of a call that is over arrives. */
async function stray(pair: BoundPair): Promise<void> {
  const phone = await UdpPhone.open('127.0.0.2');
  phones.push(phone);
  const before = pair.strays;
  phone.send(rtpPacket({ sequence: 1 }), { address: '127.0.0.1', port: pair.port });
  while (pair.strays === before) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets a whole rest pass, as the worker does that looks every now and then. */
function rests(pairs: RestingPairs): void {
  clock.advance(REST_MS - QUIET_MS);
  expect(pairs.rested).toBe(0);
  clock.advance(QUIET_MS);
}

test('a pair is drawn once, not before it has rested', () => {
  const pairs = resting(10);
  const [first, second] = bound(2);
  pairs.keep(first!);
  clock.advance(REST_MS - QUIET_MS);
  expect(pairs.rested).toBe(0);
  clock.advance(QUIET_MS - 1);
  pairs.keep(second!);
  expect([pairs.draw(), pairs.rested, pairs.size]).toEqual([undefined, 0, 2]);
  clock.advance(1);
  expect(pairs.rested).toBe(1);
  expect(pairs.draw()).toBe(first);
  expect([pairs.draw(), pairs.size]).toEqual([undefined, 1]);
});

test('what comes soon after a call does no harm; a pair that never falls silent is closed', async () => {
  const pairs = resting(10);
  const [first, second] = bound(2);
  pairs.keep(first!);
  pairs.keep(second!);
  await stray(first!);
  await stray(second!);
  clock.advance(REST_MS - QUIET_MS);
  expect(pairs.rested).toBe(0);
  await stray(first!);
  clock.advance(QUIET_MS);
  expect(pairs.rested).toBe(1);
  expect(closed).toEqual([first!.port]);
  expect(pairs.draw()).toBe(second);
});

test('no more are kept than may be, rested ones counted too', () => {
  const pairs = resting(1);
  const [first, second, third] = bound(3);
  pairs.keep(first!);
  rests(pairs);
  pairs.keep(second!);
  expect(closed).toEqual([second!.port]);
  expect(pairs.draw()).toBe(first);
  pairs.keep(third!);
  expect([pairs.size, closed.length]).toEqual([1, 1]);
});

test('those that are not needed are closed, a portion at a time', () => {
  const pairs = resting(10);
  const all = bound(6);
  for (const pair of all) pairs.keep(pair);
  pairs.closeSome(2, 1);
  expect(closed).toEqual([]);
  rests(pairs);
  pairs.closeSome(2, 1);
  expect(closed).toHaveLength(2);
  pairs.closeSome(20, 1);
  expect([closed.length, pairs.rested]).toEqual([5, 1]);
  pairs.close();
  expect([closed.toSorted(), pairs.size]).toEqual([all.map(({ port }) => port), 0]);
});

test('in which order they come back nobody can foresee', () => {
  const all = bound(20);
  const orders = [1, 2].map((seed) => {
    const pairs = resting(20, seed);
    for (const pair of all) pairs.keep(pair);
    rests(pairs);
    return all.map(() => pairs.draw()?.port);
  });
  const inOrder = all.map(({ port }) => port);
  for (const order of orders) {
    expect(order).not.toEqual(inOrder);
    expect(order.toSorted()).toEqual(inOrder);
  }
  expect(orders[0]).not.toEqual(orders[1]);
});
