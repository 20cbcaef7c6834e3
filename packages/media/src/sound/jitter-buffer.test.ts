import { SeededRandom } from '@vats/kernel/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decoder } from '../codec/sound-codec.ts';
import { JitterBuffer } from './jitter-buffer.ts';

/** A codec whose packets say one number, which all their samples have; what it makes up is -1. It counts its work. */
class NumberDecoder implements Decoder {
  readonly rate = 8_000;
  decoded = 0;
  concealed = 0;

  decode(packet: Uint8Array, at: number, end: number, out: Int16Array): number {
    this.decoded++;
    if (end - at < 2) return 0;
    out.fill((packet[at]! << 8) | packet[at + 1]!, 0, 160);
    return 160;
  }

  conceal(samples: number, out: Int16Array): void {
    this.concealed++;
    out.fill(-1, 0, samples);
  }

  close(): void {}
}

interface Sent {
  readonly number: number;
  readonly arrives: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

/** Lets packets arrive at their times while 20 ms are pulled every 20 ms; the number that each frame began with. */
function run(sent: readonly Sent[], until: number, buffer = new JitterBuffer(new NumberDecoder(), 8_000)): number[] {
  const arriving = sent.toSorted((one, other) => one.arrives - other.arrives);
  const heard: number[] = [];
  const out = new Int16Array(160);
  let next = 0;
  for (let now = 0; now <= until; now += 20) {
    while (next < arriving.length && arriving[next]!.arrives <= now) {
      const { number, arrives, sequence, timestamp, ssrc } = arriving[next++]!;
      const packet = Uint8Array.of(9, 9, number >> 8, number & 255, 9);
      buffer.put(packet, 2, 4, { ssrc, sequence: sequence & 0xffff, timestamp: timestamp >>> 0 }, arrives);
    }
    expect(buffer.read(out)).toBe(160);
    heard.push(out[100]!);
  }
  return heard;
}

function stream(count: number, arrival: (i: number) => number | undefined, first = 0, ssrc = 7): Sent[] {
  const sent: Sent[] = [];
  for (let i = 0; i < count; i++) {
    const arrives = arrival(i);
    if (arrives !== undefined)
      sent.push({ number: 1_000 + i, arrives, sequence: first + i, timestamp: first * 160 + 160 * i, ssrc });
  }
  return sent;
}

function sound(heard: readonly number[]): number[] {
  return heard.filter((number) => number > 0);
}

test('an even stream comes out as it went in, hardly delayed', () => {
  const heard = run(
    stream(500, (i) => 20 * i),
    10_200,
  );
  expect(sound(heard)).toEqual(Array.from({ length: 500 }, (_, i) => 1_000 + i));
  expect(heard.indexOf(1_000)).toBeLessThanOrEqual(2);
  expect(heard.slice(heard.indexOf(1_000), heard.indexOf(1_499)).every((number) => number > 0)).toBe(true);
});

test('sequence numbers and timestamps may wrap', () => {
  const heard = run(
    stream(300, (i) => 20 * i, 65_400),
    6_200,
  );
  expect(sound(heard)).toHaveLength(300);
  const late = stream(300, (i) => 20 * i).map((each) => ({ ...each, timestamp: each.timestamp + 2 ** 32 - 8_000 }));
  expect(sound(run(late, 6_200))).toHaveLength(300);
});

test('nothing before the first packet, and silence after the last', () => {
  const heard = run(
    stream(10, (i) => 1_000 + 20 * i),
    3_000,
  );
  expect(heard.slice(0, 50).every((number) => number === 0)).toBe(true);
  expect(sound(heard)).toHaveLength(10);
  // 80 ms are made up, as the stream might go on; then it is silent.
  expect(heard.filter((number) => number === -1)).toHaveLength(4);
  expect(heard.slice(-40).every((number) => number === 0)).toBe(true);
});

test('packets that are lost are made up in their place, once', () => {
  const heard = run(
    stream(100, (i) => (i % 5 === 3 ? undefined : 20 * i)),
    2_000,
  );
  const from = heard.indexOf(1_000);
  for (let i = 0; i < 100; i++) expect(heard[from + i]).toBe(i % 5 === 3 ? -1 : 1_000 + i);
});

test('packets that come twice or in another order are heard once and in theirs', () => {
  const random = new SeededRandom(3);
  const once = stream(400, (i) => 40 + 20 * i + random.below(55));
  const buffer = new JitterBuffer(new NumberDecoder(), 8_000);
  const heard = run([...once, ...once.map((each) => ({ ...each, arrives: each.arrives + 7 }))], 9_000, buffer);
  const numbers = sound(heard);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers.length).toBeGreaterThan(395);
  expect(buffer.statistics.late).toBeGreaterThanOrEqual(400);
});

test('20 % loss: what came is heard, what did not is made up', () => {
  const random = new SeededRandom(4);
  const sent = stream(2_000, (i) => (random.below(5) === 0 ? undefined : 20 * i));
  const buffer = new JitterBuffer(new NumberDecoder(), 8_000);
  const heard = run(sent, 40_000, buffer);
  expect(sound(heard).length).toBeGreaterThan(sent.length * 0.995);
  expect(buffer.statistics.lost).toBeGreaterThan(350);
  expect(buffer.delayMs).toBeLessThan(150);
});

test('200 ms of jitter: after it has learned, hardly anything is lost, and the delay stays bounded', () => {
  const random = new SeededRandom(5);
  const buffer = new JitterBuffer(new NumberDecoder(), 8_000);
  const heard = run(
    stream(3_000, (i) => 20 * i + random.below(200)),
    60_000,
    buffer,
  );
  const numbers = sound(heard);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(numbers.filter((number) => number > 1_500).length).toBeGreaterThan(2_500 * 0.99);
  expect(buffer.delayMs).toBeLessThanOrEqual(400);
});

test('a network that delays by up to 1.5 s is not waited for: no delay grows beyond 0.7 s', () => {
  const random = new SeededRandom(9);
  const buffer = new JitterBuffer(new NumberDecoder(), 8_000);
  let most = 0;
  const sent = stream(1_500, (i) => 20 * i + random.below(1_500));
  const read = buffer.read.bind(buffer);
  buffer.read = (out) => {
    const count = read(out);
    most = Math.max(most, buffer.delayMs);
    return count;
  };
  run(sent, 32_000, buffer);
  expect(most).toBeLessThan(700);
});

test('delay that is not needed any more goes at a silence', () => {
  const random = new SeededRandom(6);
  const buffer = new JitterBuffer(new NumberDecoder(), 8_000);
  // Quiet all the time: number 1 is no sound that anybody hears.
  const sent = stream(2_000, (i) => 20 * i + (i < 500 ? random.below(200) : 0)).map((each) => ({ ...each, number: 1 }));
  run(sent.slice(0, 600), 12_000, buffer);
  const before = buffer.delayMs;
  expect(before).toBeGreaterThan(100);
  const later = sent.slice(600).map((each) => ({ ...each, arrives: each.arrives - 12_000 }));
  run(later, 27_000, buffer);
  expect(buffer.delayMs).toBeLessThan(80);
  expect(buffer.statistics.dropped).toBeGreaterThan(3);
});

test.each([
  ['faster', 0.998],
  ['slower', 1.002],
])('a far clock that goes %s than ours: the delay stays, and hardly anything is heard of it', (_, pace) => {
  const buffer = new JitterBuffer(new NumberDecoder(), 8_000);
  // Talk and silence by turns, as people do.
  const sent = stream(15_000, (i) => 20 * i * pace).map((each) =>
    each.number % 150 < 100 ? each : { ...each, number: 1 },
  );
  run(sent, 15_000 * 20 * pace - 200, buffer);
  expect(buffer.delayMs).toBeLessThan(160);
  expect(buffer.statistics.underruns).toBeLessThan(100);
  expect(buffer.statistics.played).toBeGreaterThan(14_900);
});

test('another SSRC begins anew at once', () => {
  const first = stream(50, (i) => 20 * i);
  const second = stream(50, (i) => 1_000 + 20 * i, 40_000, 8).map((each) => ({ ...each, number: each.number + 1_000 }));
  const numbers = sound(run([...first, ...second], 2_500));
  expect(numbers.filter((number) => number >= 2_000)).toHaveLength(50);
  expect(numbers.filter((number) => number < 2_000).length).toBeGreaterThan(45);
});

test('a jump in the numbers begins anew too', () => {
  const jumped = stream(50, (i) => 1_000 + 20 * i, 30_000).map((each) => ({ ...each, number: each.number + 1_000 }));
  expect(sound(run([...stream(50, (i) => 20 * i), ...jumped], 2_500)).length).toBeGreaterThan(95);
});

test('who sends nothing in silence is heard again without a word missing', () => {
  const spurts = [0, 1, 2, 3].flatMap((spurt) =>
    stream(25, (i) => spurt * 2_000 + 20 * i, 25 * spurt).map((each, i) => ({
      ...each,
      number: 1_000 * (spurt + 1) + i,
      timestamp: spurt * 16_000 + 160 * i,
    })),
  );
  expect(sound(run(spurts, 8_000))).toHaveLength(100);
});

test('a short silence within what waits is kept', () => {
  // 60 ms between the two halves, all of it in the buffer at once.
  const sent = stream(10, () => 0).map((each, i) => ({ ...each, timestamp: i < 5 ? 160 * i : 160 * i + 480 }));
  const heard = run(sent, 600);
  const from = heard.indexOf(1_000);
  expect(heard.slice(from, from + 13)).toEqual([
    1_000, 1_001, 1_002, 1_003, 1_004, 0, 0, 0, 1_005, 1_006, 1_007, 1_008, 1_009,
  ]);
});

test('payloads that are none are made up for', () => {
  const buffer = new JitterBuffer(new NumberDecoder(), 8_000);
  const out = new Int16Array(160);
  for (let i = 0; i < 10; i++) {
    buffer.put(Uint8Array.of(1), 0, 1, { ssrc: 1, sequence: i, timestamp: 160 * i }, 20 * i);
    buffer.read(out);
  }
  expect(out[0]).toBe(-1);
  expect(buffer.statistics.played).toBe(0);
});

describe('a flood', () => {
  test('of a thousand packets a second costs no more to decode than a talk', () => {
    const decoder = new NumberDecoder();
    const buffer = new JitterBuffer(decoder, 8_000);
    run(
      stream(10_000, (i) => i),
      10_000,
      buffer,
    );
    // 500 frames are pulled in ten seconds.
    expect(decoder.decoded).toBeLessThan(520);
    expect(decoder.concealed).toBeLessThan(520);
    expect(buffer.delayMs).toBeLessThanOrEqual(420);
    expect(buffer.statistics.dropped).toBeGreaterThan(9_000);
  });

  test('in bursts, after the line stood still: the newest is heard, joined to what was before', () => {
    const decoder = new NumberDecoder();
    const buffer = new JitterBuffer(decoder, 8_000);
    // For a second nothing comes, then all of it at once.
    const sent = stream(200, (i) => (i < 50 || i >= 100 ? 20 * i : 2_000));
    const before = run(sent.slice(0, 50), 1_980, buffer);
    expect(sound(before)).toHaveLength(50);
    decoder.decoded = 0;
    const out = new Int16Array(160);
    for (const { number, arrives, sequence, timestamp, ssrc } of sent.slice(50, 100)) {
      buffer.put(Uint8Array.of(number >> 8, number & 255), 0, 2, { ssrc, sequence, timestamp }, arrives);
    }
    // What is too old goes unheard in one turn, and the others wait.
    for (let turn = 0; turn < 3; turn++) buffer.read(out);
    expect(decoder.decoded).toBeLessThanOrEqual(3);
    expect(buffer.delayMs).toBeLessThanOrEqual(400);
    const later = sent.slice(100).map((each) => ({ ...each, arrives: each.arrives - 2_000 }));
    const numbers = sound(run(later, 3_000, buffer));
    expect(numbers[0]).toBeGreaterThan(1_075);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => numbers[0]! + i));
    expect(numbers.at(-1)).toBe(1_199);
  });

  test('of packets that hold next to nothing, or no sound at all, is bounded too', () => {
    for (const octets of [Uint8Array.of(1), new Uint8Array(0)]) {
      const decoder = new NumberDecoder();
      decoder.decode = (packet, at, end, out) => {
        decoder.decoded++;
        out[0] = packet[at] ?? 0;
        return Math.min(1, end - at);
      };
      const buffer = new JitterBuffer(decoder, 8_000);
      const out = new Int16Array(160);
      for (let now = 0; now < 5_000; now++) {
        buffer.put(octets, 0, octets.length, { ssrc: 1, sequence: now, timestamp: now }, now);
        if (now % 20 === 0) buffer.read(out);
      }
      expect(decoder.decoded).toBeLessThanOrEqual(5_000);
      expect(decoder.concealed).toBeLessThan(5_000);
    }
  });
});

describe('whatever arrives', () => {
  const wild = fc.array(
    fc.record({
      number: fc.integer({ min: 1, max: 30_000 }),
      arrives: fc.nat(2_000),
      sequence: fc.oneof(fc.nat(200), fc.nat(65_535)),
      timestamp: fc.oneof(fc.nat(32_000), fc.nat(2 ** 32 - 1)),
      ssrc: fc.nat(2),
    }),
    { maxLength: 300 },
  );
  test('it is answered with frames, and the delay stays bounded', () => {
    fc.assert(
      fc.property(wild, (sent) => {
        const buffer = new JitterBuffer(new NumberDecoder(), 8_000);
        run(sent, 3_000, buffer);
        expect(buffer.delayMs).toBeLessThan(1_500);
      }),
      { numRuns: 300 },
    );
  });
});
