import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_SENT_STREAMS } from '../srtp/srtp-sender.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import { rtpMarker, rtpSequence, rtpSsrc, rtpTimestamp } from './packet.ts';

const OPUS = 96;

function sending() {
  const clock = new FakeClock();
  const stream = new OutgoingStream({ clock, random: new SeededRandom(1) });
  stream.clockRates = [[OPUS, 48_000]];
  const pass = (options: Parameters<typeof rtpPacket>[0]) => {
    const packet = rtpPacket(options);
    stream.pass(packet);
    return {
      ssrc: rtpSsrc(packet),
      sequence: rtpSequence(packet),
      timestamp: rtpTimestamp(packet),
      marker: rtpMarker(packet),
    };
  };
  return { clock, stream, pass };
}

test('the first source passes as it comes', () => {
  const { stream, pass } = sending();
  for (const sequence of [65_534, 65_535, 0, 1]) {
    expect(pass({ sequence, timestamp: sequence * 160, ssrc: 7 })).toEqual({
      ...{ ssrc: 7, sequence, timestamp: sequence * 160, marker: false },
    });
  }
  expect(stream.renumbering).toBeUndefined();
});

test('another source goes on under the same SSRC: next number, a time that has gone on, a marker', () => {
  const { clock, stream, pass } = sending();
  pass({ sequence: 65_535, timestamp: 1_000, ssrc: 7 });
  clock.advance(500);
  const turned = { ssrc: 7, sequence: 0, timestamp: 1_000 + 4_000, marker: true };
  expect(pass({ sequence: 40_000, timestamp: 0xffff_fff0, ssrc: 8 })).toEqual(turned);
  clock.advance(20);
  const next = { ssrc: 7, sequence: 1, timestamp: 1_000 + 4_160, marker: false };
  expect(pass({ sequence: 40_001, timestamp: 0xffff_fff0 + 160 - 2 ** 32, ssrc: 8 })).toEqual(next);
  expect(stream.renumbering).toEqual({
    ...{ sourceSsrc: 8, ownSsrc: 7, sequence: (65_536 - 40_000) & 0xffff, timestamp: 5_000 + 0x10 },
  });
});

test('a source that follows at once is a packet behind, not on top of the last one', () => {
  const { pass } = sending();
  pass({ sequence: 1, timestamp: 0, ssrc: 7 });
  expect(pass({ sequence: 1, timestamp: 0, ssrc: 8 })).toMatchObject({ sequence: 2, timestamp: 160 });
});

test('the former source comes back: it goes on as well, and is renumbered anew', () => {
  const { clock, pass } = sending();
  pass({ sequence: 1, timestamp: 0, ssrc: 7 });
  clock.advance(20);
  pass({ sequence: 900, timestamp: 0, ssrc: 8 });
  clock.advance(20);
  expect(pass({ sequence: 50, timestamp: 9_999, ssrc: 7 })).toEqual({
    ...{ ssrc: 7, sequence: 3, timestamp: 320, marker: true },
  });
});

test('a source that numbers its packets anew goes on as another one would', () => {
  const { clock, pass } = sending();
  pass({ sequence: 30_000, timestamp: 5_000, ssrc: 7 });
  clock.advance(20);
  expect(pass({ sequence: 12, timestamp: 70_000, ssrc: 7 })).toEqual({
    ...{ ssrc: 7, sequence: 30_001, timestamp: 5_160, marker: true },
  });
  expect(pass({ sequence: 13, timestamp: 70_160, ssrc: 7 })).toMatchObject({ sequence: 30_002, timestamp: 5_320 });
});

test('while nobody hears it, nothing is counted', () => {
  const { clock, stream, pass } = sending();
  pass({ sequence: 1, timestamp: 0, ssrc: 7 });
  stream.interrupt();
  clock.advance(60_000);
  expect(pass({ sequence: 3_001, timestamp: 480_000, ssrc: 7 })).toEqual({
    ...{ ssrc: 7, sequence: 2, timestamp: 480_000, marker: true },
  });
});

test('late packets keep the numbers that they would have had, of a source that is renumbered too', () => {
  const { pass } = sending();
  pass({ sequence: 1, ssrc: 7 });
  pass({ sequence: 100, ssrc: 8 });
  pass({ sequence: 102, ssrc: 8 });
  expect(pass({ sequence: 101, ssrc: 8 }).sequence).toBe(3);
});

test('with another clock rate it is another stream, under the SSRC of its source', () => {
  const { clock, stream, pass } = sending();
  pass({ sequence: 1, timestamp: 0, ssrc: 7 });
  clock.advance(20);
  expect(pass({ sequence: 900, timestamp: 5, ssrc: 8, payloadType: OPUS })).toEqual({
    ...{ ssrc: 8, sequence: 900, timestamp: 5, marker: false },
  });
  clock.advance(20);
  expect(pass({ sequence: 3, timestamp: 0, ssrc: 9, payloadType: OPUS })).toMatchObject({ ssrc: 8, timestamp: 965 });
  expect([stream.renewals, stream.lastBeforeRenewal]).toEqual([1, 1]);
});

test('any sources by turns, with packets put in: one SSRC, no number twice, none left out, time never back', () => {
  const step = fc.record({
    ssrc: fc.integer({ min: 1, max: 3 }),
    waits: fc.integer({ min: 0, max: 300 }),
    put: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), fc.nat(0xffff), (steps, first) => {
      const { clock, stream, pass } = sending();
      const next = new Map([1, 2, 3].map((ssrc) => [ssrc, { sequence: first * ssrc, timestamp: first * ssrc * 77 }]));
      const numbers: number[] = [];
      const times: number[] = [];
      let own = -1;
      for (const { ssrc, waits, put } of steps) {
        clock.advance(waits);
        const source = next.get(ssrc)!;
        source.sequence++;
        source.timestamp += 160;
        const sent = pass({ ssrc, sequence: source.sequence & 0xffff, timestamp: source.timestamp });
        if (own < 0) own = sent.ssrc;
        expect(sent.ssrc).toBe(own);
        numbers.push(sent.sequence);
        times.push(sent.timestamp);
        for (let i = 0; i < put; i++) numbers.push(stream.insert());
      }
      expect(numbers).toEqual(numbers.map((_, i) => (numbers[0]! + i) & 0xffff));
      for (const [i, time] of times.entries()) if (i > 0) expect((time - times[i - 1]!) >>> 0).toBeLessThan(2 ** 31);
    }),
  );
});

test('in a pause reports still speak of the source that was heard last', () => {
  const { clock, stream, pass } = sending();
  pass({ sequence: 1, timestamp: 0, ssrc: 7 });
  clock.advance(20);
  pass({ sequence: 500, timestamp: 9_000, ssrc: 8 });
  const before = stream.renumbering;
  expect(before).toMatchObject({ sourceSsrc: 8, ownSsrc: 7 });
  stream.interrupt();
  expect(stream.renumbering).toEqual(before);
  clock.advance(1_000);
  expect(pass({ sequence: 550, timestamp: 17_000, ssrc: 8 })).toMatchObject({ sequence: 3, marker: true });
  expect(stream.renumbering).not.toEqual(before);
});

test('sources of two clocks in turn do not make streams without end', () => {
  const { clock, stream, pass } = sending();
  const streams = new Set<number>();
  let last = 0;
  for (let i = 0; i < 200; i++) {
    clock.advance(2_000);
    const { ssrc, sequence } = pass({ sequence: 7 * i, ssrc: 1_000 + i, payloadType: i % 2 === 0 ? 8 : OPUS });
    if (i > 100) expect([ssrc, sequence]).toEqual([stream.ssrc, (last + 1) & 0xffff]);
    last = sequence;
    streams.add(ssrc);
  }
  expect(streams.size).toBeLessThanOrEqual(MOST_SENT_STREAMS / 2 + 1);
});
