import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { beforeAll, expect, test } from 'vitest';
import { rtpPacket } from '../testing/udp-phone.ts';
import { loadOpus } from './opus.ts';
import { amplitudeAt, loudness } from './testing/sounds.ts';
import { NUMBERS, TranscoderBench } from './testing/transcoder-bench.ts';
import { Transcoder } from './transcoder.ts';

const CODECS = Object.keys(NUMBERS);

beforeAll(loadOpus);

const pairs = CODECS.flatMap((from) => CODECS.filter((to) => to !== from).map((to) => [from, to] as const));

test.each(pairs)('%s to %s: the tone is heard, packets follow one another in number and time', async (from, to) => {
  const bench = await TranscoderBench.between(from, to);
  bench.say(50);
  expect(bench.sent).toHaveLength(50);
  const [first] = bench.sent;
  for (const [i, { payloadType, sequence, timestamp, ssrc, marker }] of bench.sent.entries()) {
    expect(payloadType).toBe(NUMBERS[to]);
    expect([sequence, timestamp, ssrc]).toEqual([
      (first!.sequence + i) & 0xffff,
      (first!.timestamp + (i * bench.target.clockRate) / 50) >>> 0,
      first!.ssrc,
    ]);
    expect(marker).toBe(i === 0);
  }
  const heard = bench.heard();
  const { rate } = bench.target;
  expect(heard).toHaveLength(rate);
  expect(amplitudeAt(heard.subarray(rate / 2), 440, rate)).toBeGreaterThan(8_500);
  bench.transcoder.close();
});

test.each([
  [10, 20],
  [20, 30],
  [30, 20],
  [60, 20],
  [20, 60],
  [20, 10],
  [40, 20],
])('packets of %i ms become packets of %i ms', async (ptime, wanted) => {
  const bench = await TranscoderBench.between('pcma/8000/1', 'g722/8000/1', wanted);
  const count = 600 / ptime;
  bench.say(count, { ptime });
  expect(bench.sent).toHaveLength(600 / wanted);
  for (const { payload } of bench.sent) expect(payload).toHaveLength(wanted * 8);
  const steps = bench.sent.slice(1).map(({ timestamp }, i) => (timestamp - bench.sent[i]!.timestamp) | 0);
  expect(new Set(steps)).toEqual(new Set([wanted * 8]));
  expect(amplitudeAt(bench.heard().subarray(1_600), 440, 16_000)).toBeGreaterThan(9_000);
});

test('Opus is packed in times that it has: 30 ms become 20', async () => {
  const bench = await TranscoderBench.between('pcmu/8000/1', 'opus/48000/2', 30);
  bench.say(10);
  expect(bench.sent.map(({ timestamp }) => (timestamp - bench.sent[0]!.timestamp) | 0)).toEqual(
    Array.from({ length: 10 }, (_, i) => i * 960),
  );
});

test.each(pairs)('%s to %s: a lost packet is made up for when the next comes', async (from, to) => {
  const bench = await TranscoderBench.between(from, to);
  bench.say(20);
  bench.miss(20, 1);
  bench.say(1);
  expect(bench.sent).toHaveLength(22);
  expect((bench.sent[21]!.sequence - bench.sent[0]!.sequence) & 0xffff).toBe(21);
  expect((bench.sent[21]!.timestamp - bench.sent[0]!.timestamp) >>> 0).toBe((21 * bench.target.clockRate) / 50);
  const { rate } = bench.target;
  expect(loudness(bench.heard().subarray((20 * rate) / 50, (21 * rate) / 50))).toBeGreaterThan(2_500);
});

test('a longer loss is carried as one: nothing is sent for it, its numbers are left out', async () => {
  const bench = await TranscoderBench.between('pcma/8000/1', 'pcmu/8000/1');
  bench.say(10);
  bench.miss(200, 10);
  bench.say(2);
  expect(bench.sent).toHaveLength(12);
  expect((bench.sent[10]!.sequence - bench.sent[9]!.sequence) & 0xffff).toBe(11);
  expect((bench.sent[10]!.timestamp - bench.sent[9]!.timestamp) >>> 0).toBe(11 * 160);
});

test('silence between talkspurts is a gap in time and none in the numbering, and a marker ends it', async () => {
  const bench = await TranscoderBench.between('pcma/8000/1', 'g722/8000/1', 30);
  bench.say(4);
  const before = bench.sent.length;
  bench.miss(5_000, 0);
  bench.say(3);
  // 80 ms are two packets of 30 and 20 ms that are filled up when the next talkspurt begins.
  expect([before, bench.sent.length]).toEqual([2, 5]);
  const [, , third, fourth] = bench.sent;
  expect((fourth!.sequence - third!.sequence) & 0xffff).toBe(1);
  expect((fourth!.timestamp - bench.sent[0]!.timestamp) >>> 0).toBe((80 + 5_000) * 8);
  expect(bench.sent.map(({ marker }) => marker)).toEqual([true, false, false, true, false]);
});

test('late packets and duplicates are dropped', async () => {
  const bench = await TranscoderBench.between('pcma/8000/1', 'pcmu/8000/1');
  bench.say(2);
  const packet = bench.next();
  const later = bench.next();
  bench.clock.advance(40);
  bench.transcoder.hear(later, 12);
  bench.transcoder.hear(packet, 12);
  bench.transcoder.hear(later, 12);
  expect(bench.sent).toHaveLength(4);
  bench.say(1);
  expect(bench.sent.map(({ timestamp }) => (timestamp - bench.sent[0]!.timestamp) >>> 0)).toEqual([
    0, 160, 320, 480, 640,
  ]);
});

test('another SSRC goes on in the same stream, at the time that has passed', async () => {
  const bench = await TranscoderBench.between('pcma/8000/1', 'pcmu/8000/1');
  bench.say(5);
  bench.clock.advance(1_000);
  bench.jump(123_456_789);
  bench.say(2, { ssrc: 99 });
  const [, , , , fifth, sixth] = bench.sent;
  expect(sixth!.ssrc).toBe(fifth!.ssrc);
  expect((sixth!.sequence - fifth!.sequence) & 0xffff).toBe(1);
  expect((sixth!.timestamp - fifth!.timestamp) >>> 0).toBe(160 + 8_000);
  expect(sixth!.marker).toBe(true);
});

test.each([
  ['ahead', 80_000_000],
  ['back', -80_000_000],
  ['round', 2 ** 32 - 5_000],
])('a clock that jumps %s makes no gap and no burst', async (_, jump) => {
  const bench = await TranscoderBench.between('pcma/8000/1', 'g722/8000/1');
  bench.say(5);
  bench.jump(jump);
  bench.say(5);
  const times = bench.sent.map(({ timestamp }) => (timestamp - bench.sent[0]!.timestamp) >>> 0);
  expect(times).toEqual(Array.from({ length: 10 }, (_each, i) => i * 160));
});

test('a clock that falls back after a pause goes on where the time says', async () => {
  const bench = await TranscoderBench.between('pcma/8000/1', 'g722/8000/1');
  bench.say(5);
  bench.clock.advance(1_000);
  bench.jump(-1_000_000);
  bench.say(1);
  expect((bench.sent[5]!.timestamp - bench.sent[4]!.timestamp) >>> 0).toBe(160 + 8_000);
  expect(bench.sent[5]!.marker).toBe(true);
});

test('sequence numbers and timestamps wrap', async () => {
  const bench = await TranscoderBench.between('pcma/8000/1', 'pcmu/8000/1');
  for (let i = 0; i < 66_000; i++) {
    bench.clock.advance(20);
    const sequence = (65_000 + i) & 0xffff;
    const timestamp = (4_294_960_000 + 160 * i) >>> 0;
    bench.transcoder.hear(rtpPacket({ sequence, timestamp, ssrc: 8, payload: Buffer.alloc(160) }), 12);
  }
  expect(bench.sent).toHaveLength(66_000);
  expect((bench.sent.at(-1)!.timestamp - bench.sent[0]!.timestamp) >>> 0).toBe(65_999 * 160);
});

test('a payload that can not be read is a lost packet, said so', async () => {
  const bench = await TranscoderBench.between('opus/48000/2', 'pcma/8000/1');
  bench.say(10);
  const good = bench.next();
  bench.clock.advance(20);
  good[12] = 0xff;
  expect(bench.transcoder.hear(good.subarray(0, 13), 12)).toBe(false);
  bench.say(5);
  expect(bench.sent).toHaveLength(16);
  expect((bench.sent.at(-1)!.timestamp - bench.sent[0]!.timestamp) >>> 0).toBe(15 * 160);
});

test('nothing but rubbish makes no sound', async () => {
  const bench = await TranscoderBench.between('opus/48000/2', 'pcma/8000/1');
  for (let i = 0; i < 100; i++) {
    bench.clock.advance(20);
    const packet = rtpPacket({
      sequence: i,
      ssrc: 5,
      timestamp: 960 * i,
      payloadType: 111,
      payload: Buffer.from([0xff]),
    });
    expect(bench.transcoder.hear(packet, 12)).toBe(false);
  }
  expect(bench.sent.length).toBeLessThanOrEqual(100);
  // The quietest that A-law can say is 8.
  expect(loudness(Int16Array.from([0, ...bench.heard()]))).toBeLessThanOrEqual(8);
});

test('sound that comes faster than anybody can hear it is not converted', async () => {
  const bench = await TranscoderBench.between('pcma/8000/1', 'g722/8000/1');
  for (let i = 0; i < 1_000; i++) {
    bench.clock.advance(1);
    const packet = { sequence: i, timestamp: 480 * i, ssrc: 8, payload: Buffer.alloc(480) };
    bench.transcoder.hear(rtpPacket(packet), 12);
  }
  // 3 s at once, and the second that has passed.
  expect(bench.sent.length).toBeLessThanOrEqual((3_000 + 1_000 + 60) / 20);
  expect(bench.sent.length).toBeGreaterThan(190);
  const before = bench.sent.length;
  bench.clock.advance(5_000);
  bench.say(10);
  expect(bench.sent.length - before).toBe(10);
});

test('a codec that only passes through is refused', () => {
  const conversion = {
    from: [{ payloadType: 18, encoding: 'g729/8000/1' }],
    to: { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 },
    events: [],
    alone: true,
  };
  const options = { conversion, clock: new FakeClock(), random: new SeededRandom(1), send: () => {} };
  expect(() => new Transcoder(options)).toThrow('g729/8000/1 is not converted here');
});
