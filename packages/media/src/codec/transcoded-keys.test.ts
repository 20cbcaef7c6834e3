import { SeededRandom } from '@vats/kernel/testing';
import { beforeAll, expect, test } from 'vitest';
import { rtpPayloadType } from '../rtp/packet.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import { loadOpus } from './opus.ts';
import { type Sent, TranscoderBench } from './testing/transcoder-bench.ts';
import { Transcoder } from './transcoder.ts';

beforeAll(loadOpus);

function event(options: { sequence: number; timestamp: number; duration: number; ends?: boolean; marker?: boolean }) {
  const { sequence, timestamp, duration, ends = false, marker = false } = options;
  const payload = Buffer.from([5, ends ? 0x8a : 0x0a, duration >> 8, duration & 0xff]);
  return rtpPacket({ sequence, timestamp, ssrc: 7, payloadType: 101, marker, payload });
}

test('a key between two talkspurts of Opus is one in the clock of G.711', async () => {
  const bench = await TranscoderBench.between('opus/48000/2', 'pcma/8000/1');
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
  const bench = await TranscoderBench.between('pcma/8000/1', 'opus/48000/2');
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

test('a flood of events in a clock of one tick a second makes about as many packets as came', async () => {
  const bench = await TranscoderBench.between('pcma/8000/1', 'g722/8000/1');
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
