import { FakeClock } from '@vats/kernel/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StrangerRates } from './stranger-rates.ts';

function ratesOf(options: Partial<{ perSource: number; burst: number; total: number; limit: number }> = {}) {
  const clock = new FakeClock();
  return { clock, rates: new StrangerRates({ clock, perSource: 10, burst: 5, total: 100_000, ...options }) };
}

function takenBy(rates: StrangerRates, addresses: Iterable<string>): number {
  let taken = 0;
  for (const address of addresses) if (rates.take(address) === 'ok') taken++;
  return taken;
}

test('12: one source is listened to as often as agreed, and others beside it as well', () => {
  const { clock, rates } = ratesOf();
  expect(takenBy(rates, Array<string>(100).fill('192.0.2.1'))).toBe(5);
  expect(rates.take('192.0.2.1')).toBe('source');
  expect(rates.take('192.0.2.2')).toBe('ok');
  clock.advance(100);
  expect(rates.take('192.0.2.1')).toBe('ok');
  expect(rates.take('192.0.2.1')).toBe('source');
  expect(rates.counters).toEqual({ ok: 7, source: 97, total: 0, own: 0, givenBack: 0 });
});

test('12: ten thousand sources together are listened to no more than all may be', () => {
  const { clock, rates } = ratesOf({ total: 200 });
  const sources = Array.from({ length: 10_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  expect(takenBy(rates, sources)).toBe(200);
  expect(rates.take('10.0.39.15')).toBe('total');
  // Only those that were listened to are remembered.
  expect(rates.size).toBe(200);
  clock.advance(1000);
  expect(takenBy(rates, sources)).toBe(200);
});

test('a source that has used up its own takes nothing from the others', () => {
  const { rates } = ratesOf({ total: 10 });
  expect(takenBy(rates, Array<string>(1000).fill('192.0.2.1'))).toBe(5);
  expect(takenBy(rates, ['192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5', '192.0.2.6', '192.0.2.7'])).toBe(5);
});

test('a refusal for all takes nothing from the source', () => {
  const { clock, rates } = ratesOf({ perSource: 0.001, total: 1 });
  expect(rates.take('192.0.2.1')).toBe('ok');
  for (let i = 0; i < 100; i++) expect(rates.take('192.0.2.2')).toBe('total');
  for (let i = 0; i < 5; i++) {
    clock.advance(1000);
    expect(rates.take('192.0.2.2')).toBe('ok');
  }
  clock.advance(1000);
  expect(rates.take('192.0.2.2')).toBe('source');
});

test('hosts of one /64 share its rate', () => {
  const { rates } = ratesOf();
  expect(
    takenBy(
      rates,
      Array.from({ length: 100 }, (_, i) => `2001:db8::${i.toString(16)}`),
    ),
  ).toBe(5);
});

test('the owner of a /56 gains four times, of a /48 sixteen times, of two /48 twice that', () => {
  const within = (network: (i: number) => string) => {
    const { rates } = ratesOf();
    return takenBy(
      rates,
      Array.from({ length: 2000 }, (_, i) => network(i)),
    );
  };
  expect(within((i) => `2001:db8:0:${(i % 256).toString(16)}::1`)).toBe(20);
  expect(within((i) => `2001:db8:0:${(i * 31).toString(16)}::1`)).toBe(80);
  expect(within((i) => `2001:db8:${i % 2}:${(i * 31).toString(16)}::1`)).toBe(160);
});

test('a request that turned out good is not counted', () => {
  const { rates } = ratesOf({ total: 7 });
  for (let i = 0; i < 1000; i++) {
    expect(rates.take('2001:db8::1')).toBe('ok');
    rates.giveBack('2001:db8::1');
  }
  expect(takenBy(rates, Array<string>(10).fill('2001:db8::1'))).toBe(5);
  expect(rates.take('192.0.2.1')).toBe('ok');
});

test('what is given back without having been taken is nobody’s gain', () => {
  const { rates } = ratesOf();
  for (let i = 0; i < 10; i++) rates.giveBack('192.0.2.1');
  expect(takenBy(rates, Array<string>(10).fill('192.0.2.1'))).toBe(5);
});

test('12: memory is bounded, and comes back when the flood is over', () => {
  const { clock, rates } = ratesOf({ limit: 1000 });
  takenBy(
    rates,
    Array.from({ length: 5000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`),
  );
  expect(rates.size).toBe(1000);
  expect(rates.pushedOut).toBe(4000);
  clock.advance(1000);
  rates.sweep();
  expect(rates.size).toBe(0);
  expect(clock.pending).toBe(0);
});

test('whoever asks, and whenever: no source, wider network or all together get more than their share', () => {
  const request = fc.record({
    pause: fc.integer({ min: 0, max: 50 }),
    network: fc.constantFrom('2001:db8:0:1', '2001:db8:0:2', '2001:db8:0:101', '2001:db8:0:201', '2001:db8:1:1'),
    host: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 300 }), (requests) => {
      const { clock, rates } = ratesOf({ perSource: 2, burst: 2, total: 30 });
      const taken = new Map<string, number>();
      let elapsed = 0;
      for (const { pause, network, host } of requests) {
        clock.advance(pause);
        elapsed += pause / 1000;
        if (rates.take(`${network}::${host}`) !== 'ok') continue;
        const [, , third] = network.split(':');
        for (const key of [network, third!, 'all']) taken.set(key, (taken.get(key) ?? 0) + 1);
      }
      for (const [key, count] of taken) {
        const share = key === 'all' ? 30 + 30 * elapsed : (key.includes(':') ? 1 : 16) * (2 + 2 * elapsed);
        expect(count).toBeLessThanOrEqual(share + 1e-6);
      }
    }),
  );
});

test('12: a whole /48 has a quarter of what all have', () => {
  const { rates } = ratesOf({ perSource: 100, burst: 100, total: 400 });
  const everywhere = Array.from({ length: 1000 }, (_, i) => `2001:db8:1:${i.toString(16)}::1`);
  expect(takenBy(rates, everywhere)).toBe(100);
  expect(takenBy(rates, ['192.0.2.1'])).toBe(1);
});

test('who need not wait for the others still has no more than its own', () => {
  const { clock, rates } = ratesOf({ total: 20 });
  expect(
    takenBy(
      rates,
      Array.from({ length: 21 }, (_, i) => `192.0.2.${100 + i}`),
    ),
  ).toBe(20);
  expect(rates.take('192.0.2.2')).toBe('total');
  const own = () => Array.from({ length: 8 }, () => rates.takeOwn('192.0.2.2')).filter(Boolean).length;
  expect(own()).toBe(5);
  clock.advance(100);
  expect(own()).toBe(1);
  expect(rates.take('192.0.2.2')).toBe('source');
  const site = Array.from({ length: 100 }, (_, i) => rates.takeOwn(`2001:db8:1:2::${i}`)).filter(Boolean).length;
  expect(site).toBe(5);
});

test('12: all who need not wait have together as much as all strangers', () => {
  const { clock, rates } = ratesOf({ total: 200 });
  const own = () => Array.from({ length: 1_000 }, (_, i) => rates.takeOwn(`10.0.${i >> 8}.${i & 255}`)).filter(Boolean);
  expect(own()).toHaveLength(200);
  expect(rates.take('192.0.2.1')).toBe('ok');
  clock.advance(500);
  expect(own()).toHaveLength(100);
});

test('other rates hold from the moment that they are given, and what was counted stays', () => {
  const { rates } = ratesOf({ limit: 2 });
  expect(takenBy(rates, ['192.0.2.1', '192.0.2.2', '192.0.2.3'])).toBe(3);
  const { pushedOut } = rates;
  expect(pushedOut).toBeGreaterThan(0);
  rates.use({ perSource: 10, burst: 9, total: 12 });
  expect(takenBy(rates, Array<string>(100).fill('192.0.2.1'))).toBe(9);
  expect(takenBy(rates, Array<string>(100).fill('192.0.2.2'))).toBe(3);
  expect(rates.counters.ok).toBe(15);
  expect(rates.pushedOut).toBe(pushedOut);
});
