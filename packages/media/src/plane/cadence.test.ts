import { SeededRandom } from '@vats/kernel/testing';
import { describe, expect, test } from 'vitest';
import { Cadence } from './cadence.ts';

/** One who looks at every even millisecond at the earliest, as the rounds do, and what it came to. */
function follow(arrivals: readonly number[], periodMs = 20) {
  const cadence = new Cadence(0, periodMs);
  const waits: number[] = [];
  let inVain = 0;
  let next = 0;
  let lost = false;
  for (let now = 0; next < arrivals.length && !lost; now += 2) {
    if (Math.floor(cadence.due / 2) * 2 > now) continue;
    let more = true;
    for (let read = 0; more; read++) {
      if (next < arrivals.length && arrivals[next]! <= now) {
        waits.push(now - arrivals[next]!);
        next++;
        if (read === 0) more = cadence.found(now, 172);
        else cadence.alsoFound(now);
      } else {
        inVain++;
        if (read === 0) lost = !cadence.missed(now);
        more = false;
      }
    }
  }
  return { waits, inVain, lost };
}

const beat = (count: number, periodMs = 20): number[] => Array.from({ length: count }, (_, i) => 7 + i * periodMs);

describe('a steady stream', () => {
  test('is met within 3 ms, looked for in vain at one packet of eight at most', () => {
    const { waits, inVain } = follow(beat(1_600));
    expect(waits).toHaveLength(1_600);
    expect(Math.max(...waits)).toBeLessThanOrEqual(3);
    expect(inVain).toBeLessThan(250);
  });

  test.each([10, 30, 40, 60])('of %d ms a packet is so too', (periodMs) => {
    const { waits, inVain } = follow(beat(800, periodMs), periodMs);
    expect(Math.max(...waits)).toBeLessThanOrEqual(3);
    expect(inVain).toBeLessThan(150);
  });

  test.each([19.99, 20.01])('of a clock that runs otherwise, %d ms a packet, is followed', (periodMs) => {
    const { waits, inVain } = follow(beat(5_000, periodMs));
    expect(Math.max(...waits)).toBeLessThanOrEqual(5);
    expect(inVain).toBeLessThan(1_000);
  });

  test('whose beat is 5 % off what is taken for it is followed at a price', () => {
    for (const periodMs of [19, 21]) {
      const { waits, inVain } = follow(beat(1_000, periodMs));
      expect(Math.max(...waits)).toBeLessThanOrEqual(21);
      expect(inVain).toBeLessThan(1_500);
    }
  });
});

describe('jitter', () => {
  test.each([4, 8, 15])('of %d ms is waited out: nothing is read much later than the latest comes', (jitterMs) => {
    const random = new SeededRandom(7);
    let before = 0;
    const arrivals = beat(2_000).map((at) => {
      before = Math.max(before, at + (random.below(1_000) * jitterMs) / 1_000);
      return before;
    });
    const { waits, inVain } = follow(arrivals);
    const latenesses = waits.map((wait, i) => wait + arrivals[i]! - (7 + 20 * i));
    expect(Math.max(...latenesses)).toBeLessThanOrEqual(jitterMs + 10);
    expect(inVain).toBeLessThan(2_000);
  });

  test.each([15, 40])('one packet that is %d ms late costs the next ones next to nothing', (lateMs) => {
    const arrivals = beat(100);
    for (let i = 50; i < 53; i++) arrivals[i] = Math.max(arrivals[i]!, arrivals[50]! + (i === 50 ? lateMs : 0));
    const { waits } = follow(arrivals);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5);
  });

  test('one packet too many makes the others late for 17 packets at most', () => {
    const arrivals = beat(100);
    arrivals.splice(40, 0, arrivals[40]!);
    const { waits } = follow(arrivals);
    expect(Math.max(...waits.slice(0, 40), ...waits.slice(58))).toBeLessThanOrEqual(3);
  });

  test('a burst after a gap is taken at once', () => {
    const arrivals = beat(100).map((at, i) => (i >= 50 && i < 54 ? 7 + 54 * 20 : at));
    const { waits } = follow(arrivals);
    expect(Math.max(...waits.slice(50, 54))).toBeLessThanOrEqual(3);
  });

  test('after a lost packet the next ones are looked for when they are due', () => {
    const arrivals = beat(400).filter((_, i) => i % 40 !== 7);
    const { waits, inVain } = follow(arrivals);
    expect(Math.max(...waits)).toBeLessThanOrEqual(3);
    expect(inVain).toBeLessThan(230);
  });

  test('a sender that stands still for 35 ms now and then costs little, and hardly waits', () => {
    const arrivals = beat(2_000).map((at) => (at % 1_000 < 35 ? at - (at % 1_000) + 35 : at));
    const { waits, inVain } = follow(arrivals);
    expect(Math.max(...waits)).toBeLessThanOrEqual(10);
    expect(inVain).toBeLessThan(2_000);
  });

  test('a stream that moves to an earlier beat is caught up with', () => {
    const arrivals = beat(200).map((at, i) => (i < 50 ? at : at - 12));
    const { waits } = follow(arrivals);
    expect(Math.max(...waits.slice(100))).toBeLessThanOrEqual(3);
  });
});

test('packets of another sort beside the sound do not make it late', () => {
  const cadence = new Cadence(0, 20);
  expect(cadence.found(0, 172)).toBe(true);
  expect(cadence.found(20, 172)).toBe(false);
  expect(cadence.found(40, 16)).toBe(true);
  // The end of a key is sent three times, at once perhaps.
  expect(cadence.found(60, 16)).toBe(true);
  expect(cadence.found(80, 172)).toBe(true);
  expect(cadence.found(100, 172)).toBe(false);
});

test('one who is late himself looks for more, and keeps the beat', () => {
  const cadence = new Cadence(0, 20);
  cadence.found(0, 172);
  expect(cadence.found(75, 172)).toBe(true);
  // Two more should have come by now: they are looked for at once.
  expect(cadence.due).toBe(77);
  cadence.alsoFound(75);
  cadence.alsoFound(75);
  expect(cadence.due).toBeCloseTo(79.3, 1);
});

test('after 100 ms in vain the beat is lost', () => {
  const cadence = new Cadence(0, 20);
  for (let now = 0; now < 100; now += 2) expect(cadence.missed(now)).toBe(true);
  expect(cadence.missed(100)).toBe(false);
});

test('what is counted in a second tells the beat; what is too rare or too frequent has none', () => {
  expect([49, 50, 51, 33, 25, 17, 100].map((rate) => Cadence.periodOf(rate))).toEqual([20, 20, 20, 30, 40, 60, 10]);
  expect(Cadence.periodOf(70)).toBeCloseTo(14.3, 1);
  expect([0, 13, 106, 400].map((rate) => Cadence.periodOf(rate))).toEqual([undefined, undefined, undefined, undefined]);
});
