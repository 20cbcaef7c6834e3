import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { rtpPayloadAt, rtpSequence, rtpSsrc } from '../rtp/packet.ts';
import { CONVERTIBLE } from '../sdp/convertible.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import { loadOpus } from './opus.ts';
import { opusWishes } from './opus-wishes.ts';
import { Transcoder } from './transcoder.ts';

beforeAll(loadOpus);

const ENCODINGS = CONVERTIBLE.map(({ encoding }) => encoding);
const EVENTS = 101;
/** What may run ahead of the clock, one packet's worth more, and what a gap may be filled with. */
const SLACK_MS = 3_000 + 120 + 60 + 120;
const MOST_LEFT_OUT = 100;

/** Packets as no phone should send them: any payload, jumps of every counter, several sources. */
const packets = fc.array(
  fc.record({
    passed: fc.constantFrom(0, 1, 20, 20, 20, 60, 3_000),
    sequence: fc.oneof(fc.constantFrom(1, 1, 1, 2, 5, 0, -1), fc.nat(0xffff)),
    timestamp: fc.oneof(fc.constantFrom(160, 160, 320, 960, 0, -160), fc.nat(0xffffffff)),
    ssrc: fc.constantFrom(7, 7, 7, 8),
    payloadType: fc.constantFrom(96, 96, 96, EVENTS),
    marker: fc.boolean(),
    payload: fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ minLength: 4, maxLength: 4 })),
  }),
  { maxLength: 60 },
);

test('whatever comes, what leaves is one stream in order, and no more sound than time has passed', async () => {
  const pair = fc.tuple(fc.constantFrom(...ENCODINGS), fc.constantFrom(...ENCODINGS), fc.constantFrom(10, 20, 30, 60));
  await fc.assert(
    fc.asyncProperty(pair, packets, async ([from, to, ptime], arriving) => {
      const clock = new FakeClock();
      const sent: Buffer[] = [];
      const rates = { arrivingRate: from.startsWith('opus') ? 48_000 : 8_000, leavingRate: 8_000 };
      const transcoder = new Transcoder({
        conversion: {
          from: [{ payloadType: 96, encoding: from }],
          to: { payloadType: 97, encoding: to, ptime },
          events: [{ arriving: EVENTS, leaving: 98, ...rates }],
          alone: true,
        },
        clock,
        random: new SeededRandom(9),
        send: (packet) => sent.push(Buffer.from(packet)),
      });
      await new Promise((resolve) => setImmediate(resolve));
      let [sequence, timestamp] = [0, 0];
      for (const { passed, sequence: step, timestamp: time, ...packet } of arriving) {
        clock.advance(passed);
        sequence = (sequence + step) & 0xffff;
        timestamp = (timestamp + time) >>> 0;
        transcoder.hear(rtpPacket({ sequence, timestamp, ...packet }), 12);
      }
      transcoder.close();
      let sound = 0;
      for (const [i, packet] of sent.entries()) {
        expect(rtpPayloadAt(packet)).toBe(12);
        expect(rtpSsrc(packet)).toBe(rtpSsrc(sent[0]!));
        const step = (rtpSequence(packet) - rtpSequence(sent[i - 1] ?? packet)) & 0xffff;
        expect(step).toBeGreaterThanOrEqual(i === 0 ? 0 : 1);
        expect(step).toBeLessThanOrEqual(MOST_LEFT_OUT + 1);
        if ((packet[1]! & 0x7f) === 97) sound += Math.min(ptime, to.startsWith('opus') ? ptime : packet.length);
      }
      expect(sound).toBeLessThanOrEqual(clock.monotonic() + SLACK_MS);
    }),
    { numRuns: 150 },
  );
});

test('parameters of Opus are read as far as they mean something, and any text is read', () => {
  expect(opusWishes('useinbandfec=1; maxaveragebitrate=20000;stereo=0')).toEqual({
    bitRate: 20_000,
    forwardErrorCorrection: true,
  });
  for (const nothing of [undefined, '', 'useinbandfec=0', 'maxaveragebitrate=-1', 'maxaveragebitrate=x;useinbandfec']) {
    expect(opusWishes(nothing)).toEqual({});
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { bitRate = 1 } = opusWishes(text);
      expect(bitRate).toBeGreaterThan(0);
    }),
  );
});
