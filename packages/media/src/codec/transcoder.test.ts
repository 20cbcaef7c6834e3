import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { beforeAll, expect, test } from 'vitest';
import { rtpMarker, rtpPayloadAt, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from '../rtp/packet.ts';
import type { Conversion } from '../sdp/conversion.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import { loadOpus } from './opus.ts';
import type { SamplingRate, SoundCodec } from './sound-codec.ts';
import { soundCodec } from './sound-codecs.ts';
import { amplitudeAt, loudness, tone } from './testing/sounds.ts';
import { Transcoder } from './transcoder.ts';

const NUMBERS: Readonly<Record<string, number>> = {
  'pcma/8000/1': 8,
  'pcmu/8000/1': 0,
  'g722/8000/1': 9,
  'opus/48000/2': 111,
};
const CODECS = Object.keys(NUMBERS);

beforeAll(loadOpus);

interface Sent {
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

class Bench {
  readonly clock = new FakeClock();
  readonly sent: Sent[] = [];
  readonly transcoder: Transcoder;
  readonly source: SoundCodec;
  readonly target: SoundCodec;
  readonly #encoder;
  readonly #decoder;
  #sequence = 100;
  #timestamp = 5_000;
  #sample = 0;

  private constructor(from: string, to: string, ptime: number, rate: SamplingRate) {
    this.source = soundCodec(from, rate)!;
    this.target = soundCodec(to, rate)!;
    this.#encoder = this.source.encoder();
    this.#decoder = this.target.decoder();
    const conversion: Conversion = {
      from: [{ payloadType: NUMBERS[from]!, encoding: from }],
      to: { payloadType: NUMBERS[to]!, encoding: to, ptime },
      events: [{ arriving: 101, leaving: 96, arrivingRate: this.source.clockRate, leavingRate: this.target.clockRate }],
      alone: true,
    };
    this.transcoder = new Transcoder({
      conversion,
      clock: this.clock,
      random: new SeededRandom(3),
      send: (packet) => {
        const payload = Buffer.from(packet.subarray(rtpPayloadAt(packet)));
        this.sent.push({
          payloadType: rtpPayloadType(packet),
          sequence: rtpSequence(packet),
          timestamp: rtpTimestamp(packet),
          ssrc: rtpSsrc(packet),
          marker: rtpMarker(packet),
          payload,
        });
      },
    });
  }

  /** A codec's library hands out what it has a moment later; before the first packet comes there was one. */
  static async between(from: string, to: string, ptime = 20): Promise<Bench> {
    const bench = new Bench(from, to, ptime, 8_000);
    bench.say(0); // decoders are made for the first packet
    await new Promise((resolve) => setImmediate(resolve));
    bench.transcoder.hear(rtpPacket({ sequence: 99, payloadType: 0x7f & bench.number, payload: Buffer.alloc(0) }), 12);
    await new Promise((resolve) => setImmediate(resolve));
    bench.sent.length = 0;
    return bench;
  }

  get number(): number {
    return NUMBERS[this.source.encoding]!;
  }

  /** The next `count` packets of a 440 Hz tone, `ptime` ms each, as time goes by. */
  say(count: number, options: { ptime?: number; ssrc?: number; marker?: boolean; hertz?: number } = {}): void {
    for (let i = 0; i < count; i++) {
      this.clock.advance(options.ptime ?? 20);
      this.transcoder.hear(this.next(options), 12);
    }
  }

  next(options: { ptime?: number; ssrc?: number; marker?: boolean; hertz?: number } = {}): Buffer {
    const { ptime = 20, ssrc = 7, marker = false, hertz = 440 } = options;
    const samples = (this.source.rate * ptime) / 1_000;
    const sound = tone(hertz, this.source.rate, this.#sample + samples).subarray(this.#sample);
    this.#sample += samples;
    const payload = new Uint8Array(1_500);
    const end = this.#encoder.encode(sound, samples, payload, 0);
    const sequence = this.#sequence++;
    const timestamp = this.#timestamp;
    this.#timestamp += (this.source.clockRate * ptime) / 1_000;
    const packet = { sequence, timestamp, ssrc, marker, payloadType: this.number };
    return rtpPacket({ ...packet, payload: payload.subarray(0, end) });
  }

  /** Time passes without a packet: it was lost, or (with `sequence` 0) there was nothing to say. */
  miss(milliseconds: number, sequence: number): void {
    this.clock.advance(milliseconds);
    this.#sequence += sequence;
    this.#timestamp += (this.source.clockRate * milliseconds) / 1_000;
    this.#sample += (this.source.rate * milliseconds) / 1_000;
  }

  jump(timestamp: number): void {
    this.#timestamp = (this.#timestamp + timestamp) >>> 0;
  }

  /** What the hearer hears of packets from `from` on. */
  heard(from = 0): Int16Array {
    const out = new Int16Array(5_760);
    const all: number[] = [];
    for (const { payload } of this.sent.slice(from)) {
      const samples = this.#decoder.decode(payload, 0, payload.length, out);
      for (let i = 0; i < samples; i++) all.push(out[i]!);
    }
    return Int16Array.from(all);
  }
}

const pairs = CODECS.flatMap((from) => CODECS.filter((to) => to !== from).map((to) => [from, to] as const));

test.each(pairs)('%s to %s: the tone is heard, packets follow one another in number and time', async (from, to) => {
  const bench = await Bench.between(from, to);
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
  const bench = await Bench.between('pcma/8000/1', 'g722/8000/1', wanted);
  const count = 600 / ptime;
  bench.say(count, { ptime });
  expect(bench.sent).toHaveLength(600 / wanted);
  for (const { payload } of bench.sent) expect(payload).toHaveLength(wanted * 8);
  const steps = bench.sent.slice(1).map(({ timestamp }, i) => (timestamp - bench.sent[i]!.timestamp) | 0);
  expect(new Set(steps)).toEqual(new Set([wanted * 8]));
  expect(amplitudeAt(bench.heard().subarray(1_600), 440, 16_000)).toBeGreaterThan(9_000);
});

test('Opus is packed in times that it has: 30 ms become 20', async () => {
  const bench = await Bench.between('pcmu/8000/1', 'opus/48000/2', 30);
  bench.say(10);
  expect(bench.sent.map(({ timestamp }) => (timestamp - bench.sent[0]!.timestamp) | 0)).toEqual(
    Array.from({ length: 10 }, (_, i) => i * 960),
  );
});

test.each(pairs)('%s to %s: a lost packet is made up for when the next comes', async (from, to) => {
  const bench = await Bench.between(from, to);
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
  const bench = await Bench.between('pcma/8000/1', 'pcmu/8000/1');
  bench.say(10);
  bench.miss(200, 10);
  bench.say(2);
  expect(bench.sent).toHaveLength(12);
  expect((bench.sent[10]!.sequence - bench.sent[9]!.sequence) & 0xffff).toBe(11);
  expect((bench.sent[10]!.timestamp - bench.sent[9]!.timestamp) >>> 0).toBe(11 * 160);
});

test('silence between talkspurts is a gap in time and none in the numbering, and a marker ends it', async () => {
  const bench = await Bench.between('pcma/8000/1', 'g722/8000/1', 30);
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
  const bench = await Bench.between('pcma/8000/1', 'pcmu/8000/1');
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
  const bench = await Bench.between('pcma/8000/1', 'pcmu/8000/1');
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
  const bench = await Bench.between('pcma/8000/1', 'g722/8000/1');
  bench.say(5);
  bench.jump(jump);
  bench.say(5);
  const times = bench.sent.map(({ timestamp }) => (timestamp - bench.sent[0]!.timestamp) >>> 0);
  expect(times).toEqual(Array.from({ length: 10 }, (_each, i) => i * 160));
});

test('a clock that falls back after a pause goes on where the time says', async () => {
  const bench = await Bench.between('pcma/8000/1', 'g722/8000/1');
  bench.say(5);
  bench.clock.advance(1_000);
  bench.jump(-1_000_000);
  bench.say(1);
  expect((bench.sent[5]!.timestamp - bench.sent[4]!.timestamp) >>> 0).toBe(160 + 8_000);
  expect(bench.sent[5]!.marker).toBe(true);
});

test('sequence numbers and timestamps wrap', async () => {
  const bench = await Bench.between('pcma/8000/1', 'pcmu/8000/1');
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
  const bench = await Bench.between('opus/48000/2', 'pcma/8000/1');
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
  const bench = await Bench.between('opus/48000/2', 'pcma/8000/1');
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
  const bench = await Bench.between('pcma/8000/1', 'g722/8000/1');
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

function event(options: { sequence: number; timestamp: number; duration: number; ends?: boolean; marker?: boolean }) {
  const { sequence, timestamp, duration, ends = false, marker = false } = options;
  const payload = Buffer.from([5, ends ? 0x8a : 0x0a, duration >> 8, duration & 0xff]);
  return rtpPacket({ sequence, timestamp, ssrc: 7, payloadType: 101, marker, payload });
}

test('a key between two talkspurts of Opus is one in the clock of G.711', async () => {
  const bench = await Bench.between('opus/48000/2', 'pcma/8000/1');
  bench.say(5);
  const timestamp = 5_000 + 5 * 960;
  for (let i = 0; i < 7; i++) {
    bench.clock.advance(20);
    const duration = Math.min(5, i + 1) * 960;
    bench.transcoder.hear(event({ sequence: 105 + i, timestamp, duration, ends: i > 3, marker: i === 0 }), 12);
  }
  bench.miss(0, 7);
  bench.jump(7 * 960);
  bench.say(2);
  const start = bench.sent[0]!;
  const keys = bench.sent.filter(({ payloadType }) => payloadType === 96);
  expect(keys.map(({ payload }) => payload.readUInt16BE(2))).toEqual([160, 320, 480, 640, 800, 800, 800]);
  expect(keys.map(({ payload }) => payload[1]! >= 0x80)).toEqual([false, false, false, false, true, true, true]);
  expect(new Set(keys.map((key) => (key.timestamp - start.timestamp) >>> 0))).toEqual(new Set([5 * 160]));
  expect(keys.map(({ marker }) => marker)).toEqual([true, false, false, false, false, false, false]);
  expect(bench.sent.map(({ sequence }) => (sequence - start.sequence) & 0xffff)).toEqual(
    Array.from({ length: 14 }, (_, i) => i),
  );
  expect((bench.sent[12]!.timestamp - start.timestamp) >>> 0).toBe(12 * 160);
});

test('a key before any sound', async () => {
  const bench = await Bench.between('pcma/8000/1', 'opus/48000/2');
  const sent = new Transcoder({
    conversion: {
      from: [{ payloadType: 8, encoding: 'pcma/8000/1' }],
      to: { payloadType: 9, encoding: 'g722/8000/1', ptime: 20 },
      events: [{ arriving: 101, leaving: 97, arrivingRate: 8_000, leavingRate: 8_000 }],
      alone: true,
    },
    clock: bench.clock,
    random: new SeededRandom(4),
    send: (packet) => bench.sent.push({ payload: Buffer.from(packet) } as Sent),
  });
  expect(sent.hear(event({ sequence: 1, timestamp: 1_000, duration: 160, marker: true }), 12)).toBe(true);
  expect(bench.sent).toHaveLength(1);
  expect(rtpPayloadType(bench.sent[0]!.payload)).toBe(97);
  expect(sent.converts(8)).toBe(true);
  expect(sent.converts(0)).toBe(false);
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

test('a flood of events in a clock of one tick a second makes about as many packets as came', async () => {
  const bench = await Bench.between('pcma/8000/1', 'g722/8000/1');
  let sent = 0;
  const transcoder = new Transcoder({
    conversion: {
      from: [{ payloadType: 8, encoding: 'pcma/8000/1' }],
      to: { payloadType: 111, encoding: 'opus/48000/2', ptime: 20 },
      events: [{ arriving: 101, leaving: 97, arrivingRate: 1, leavingRate: 48_000 }],
      alone: true,
    },
    clock: bench.clock,
    random: new SeededRandom(4),
    send: () => sent++,
  });
  transcoder.hear(event({ sequence: 0, timestamp: 1_000, duration: 65_535 }), 12);
  expect(sent).toBeLessThanOrEqual(8);
  for (let i = 1; i < 1_000; i++) {
    bench.clock.advance(1);
    transcoder.hear(event({ sequence: i, timestamp: 1_000 + 65_535 * i, duration: 65_535 }), 12);
  }
  expect(sent).toBeLessThanOrEqual(1_010);
});
