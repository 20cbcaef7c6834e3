import { FakeClock } from '@vats/kernel/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEnd, keyPackets } from '../testing/key-packets.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import { KeyReader } from './key-reader.ts';
import type { DtmfKey } from './telephone-event.ts';

function listening(rates: [number, number][] = [[101, 8_000]]) {
  const clock = new FakeClock();
  const pressed: string[] = [];
  const reader = new KeyReader(clock, (key, ms) => void pressed.push(`${key} ${ms}`));
  reader.rates = new Map(rates);
  const hear = (...packets: Buffer[]): void => {
    for (const packet of packets) reader.hear(packet, 12);
  };
  return { clock, pressed, reader, hear };
}

test('a press is one, however many packets tell of it, and as long as its end says', () => {
  const { pressed, hear, clock } = listening();
  hear(...keyPackets({ key: '5', sequence: 1, timestamp: 800, milliseconds: 130 }));
  hear(...keyPackets({ key: '5', sequence: 20, timestamp: 4_000, milliseconds: 50 }));
  expect([pressed, clock.pending]).toEqual([['5 130', '5 50'], 0]);
});

test('the marker bit tells nothing: livekit/sip#585 sent none', () => {
  const { pressed, hear } = listening();
  hear(...keyPackets({ key: '1', sequence: 1, timestamp: 0, marker: false }));
  const again = keyPackets({ key: '1', sequence: 20, timestamp: 9_000, marker: false });
  for (const packet of again) packet[1]! |= 0x80;
  hear(...again);
  expect(pressed).toEqual(['1 100', '1 100']);
});

test.each([
  [[0], '7 100'],
  [[6], '7 100'],
  [[0, 1, 2, 3, 4, 5], '7 100'],
  [[1, 2, 3, 5, 6], '7 100'],
])('with packets %j of seven lost it is the same press', (lost, told) => {
  const { pressed, hear, clock } = listening();
  hear(...keyPackets({ key: '7', sequence: 65_533, timestamp: 800 }).filter((_, at) => !lost.includes(at)));
  clock.advance(1_000);
  expect(pressed).toEqual([told]);
});

test('an event whose end is never heard ends by itself, or by the next one', () => {
  const { pressed, hear, clock } = listening();
  const first = keyPackets({ key: '1', sequence: 1, timestamp: 800 });
  hear(...first.slice(0, 3));
  clock.advance(200);
  hear(first[3]!);
  clock.advance(299);
  expect(pressed).toEqual([]);
  clock.advance(1);
  expect(pressed).toEqual(['1 80']);
  hear(...first);
  hear(...keyPackets({ key: '2', sequence: 30, timestamp: 9_000 }).slice(0, 2));
  hear(...keyPackets({ key: '3', sequence: 40, timestamp: 9_900 }));
  expect([pressed, clock.pending]).toEqual([['1 80', '2 40', '3 100'], 0]);
});

test('what comes late of a press before is not another', () => {
  const { pressed, hear } = listening();
  const first = keyPackets({ key: '1', sequence: 1, timestamp: 800 });
  const second = keyPackets({ key: '2', sequence: 8, timestamp: 2_400 });
  hear(...first.slice(0, 6), second[0]!, first[6]!, second[1]!, first[5]!, ...second.slice(2));
  expect(pressed).toEqual(['1 100', '2 100']);
});

test('another SSRC presses anew, at the same time and number', () => {
  const { pressed, hear } = listening();
  hear(...keyPackets({ key: '1', sequence: 9, timestamp: 800, ssrc: 1 }));
  hear(...keyPackets({ key: '1', sequence: 3, timestamp: 800, ssrc: 2 }));
  expect(pressed).toEqual(['1 100', '1 100']);
});

test('a press longer than one event can say goes on in the next segment (RFC 4733 §2.5.1.3)', () => {
  const { pressed, hear, clock } = listening([[101, 48_000]]);
  const first = keyPackets({ key: '*', sequence: 1, timestamp: 1_000, milliseconds: 1_365, clockRate: 48_000 });
  const last = first.at(-3)!;
  last.writeUInt16BE(0xffff, 14);
  last[13] = 10;
  hear(...first.slice(0, -3), last);
  hear(...keyPackets({ key: '*', sequence: 1_000, timestamp: 1_000 + 0xffff, marker: false, clockRate: 48_000 }));
  expect([pressed, clock.pending]).toEqual([[`* ${Math.round(65_535 / 48) + 100}`], 0]);
});

test('durations are of the clock of their payload type; what is no key, or no event, is nothing', () => {
  const { pressed, hear, clock } = listening([
    [101, 8_000],
    [110, 48_000],
  ]);
  hear(...keyPackets({ key: '4', sequence: 1, timestamp: 1, payloadType: 110, clockRate: 48_000 }));
  hear(...keyPackets({ key: '4', sequence: 30, timestamp: 99, payloadType: 99 }));
  const fax = keyPackets({ key: '1', sequence: 60, timestamp: 5_000 });
  for (const packet of fax) packet[12] = 36;
  hear(...fax, rtpPacket({ sequence: 80, payloadType: 101, payload: Buffer.of(1, 0x80, 9) }));
  clock.advance(1_000);
  expect(pressed).toEqual(['4 100']);
});

test.each([8_000, 16_000, 48_000])(
  'a clock of %i Hz: the longest that one event can say, and every length below',
  (rate) => {
    const { pressed, hear, clock } = listening([[101, rate]]);
    const lengths = [40, 100, 1_000, Math.floor(65_535_000 / rate / 20) * 20];
    for (const [i, milliseconds] of lengths.entries()) {
      hear(...keyPackets({ key: '1', sequence: 1_000 * i, timestamp: 1e6 * i, milliseconds, clockRate: rate }));
    }
    expect(pressed).toEqual(lengths.map((milliseconds) => `1 ${Math.min(5_000, milliseconds)}`));
    expect(clock.pending).toBe(0);
  },
);

test('more keys in a second than anybody presses are not told', () => {
  const { pressed, hear, clock } = listening();
  const flood = (from: number): void => {
    for (let i = from; i < from + 100; i++) hear(keyPackets({ key: '1', sequence: i, timestamp: i * 160 }).at(-1)!);
  };
  flood(0);
  expect(pressed).toHaveLength(25);
  clock.advance(1_000);
  flood(200);
  expect(pressed).toHaveLength(50);
});

test('any presses, any of their packets but one end lost, neighbours swapped: each is told once, in order', () => {
  const press = fc.record({
    key: fc.constantFrom<DtmfKey>(...([...'0123456789*#ABCD'] as DtmfKey[])),
    milliseconds: fc.integer({ min: 2, max: 20 }).map((n) => n * 20),
    lost: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
    kept: fc.nat(2),
    swap: fc.nat(30),
  });
  fc.assert(
    fc.property(fc.array(press, { maxLength: 20 }), fc.nat(0xffff), fc.nat(0xffffffff), (presses, number, time) => {
      const { pressed, hear, clock } = listening();
      let sequence = number;
      let timestamp = time;
      for (const { key, milliseconds, lost, kept, swap } of presses) {
        const packets = keyPackets({ key, milliseconds, sequence, timestamp: timestamp >>> 0 });
        sequence += packets.length;
        timestamp += milliseconds * 8 + 320;
        const arriving = packets.filter((_, at) => at === packets.length - 1 - kept || lost[at] !== true);
        if (swap + 1 < arriving.length) arriving.splice(swap, 2, arriving[swap + 1]!, arriving[swap]!);
        hear(...arriving);
        clock.advance(milliseconds + 100);
      }
      expect(pressed).toEqual(presses.map(({ key, milliseconds }) => `${key} ${milliseconds}`));
      expect(clock.pending).toBe(0);
    }),
  );
});

test('no octets whatever break it', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 12, maxLength: 20 }), { maxLength: 10 }), (packets) => {
      const { hear, reader } = listening([[1, 8_000]]);
      for (const packet of packets) {
        packet[0] = 0x80;
        packet[1] = 1;
        hear(Buffer.from(packet));
      }
      reader.close();
    }),
  );
});

test('20 % of all packets but ends are lost: of 100 presses none is lost or doubled', () => {
  const { pressed, hear, clock } = listening();
  let seed = 7;
  const isLost = (): boolean => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31 < 0.2;
  };
  for (let i = 0; i < 100; i++) {
    const packets = keyPackets({ key: String(i % 10) as DtmfKey, sequence: i * 12, timestamp: i * 1_600 });
    hear(...packets.filter((packet) => isEnd(packet) || !isLost()));
    clock.advance(200);
  }
  expect(pressed).toEqual(Array.from({ length: 100 }, (_, i) => `${i % 10} 100`));
});

test('a press is told as at most 5 seconds long, once, however long its event says that it is', () => {
  const { pressed, hear, clock } = listening();
  const press = { key: '5', milliseconds: 8_000 } as const;
  hear(...keyPackets({ ...press, sequence: 1, timestamp: 800 }));
  expect(pressed).toEqual(['5 5000']);
  // Segments as fast as a stranger can send them; the end comes last.
  const segment = keyPackets({ key: '6', sequence: 0, timestamp: 0, milliseconds: 20 })[0]!;
  for (let i = 0; i < 1_000; i++) {
    segment.writeUInt16BE(1_000 + i, 2);
    segment.writeUInt32BE((100_000 + 65_535 * i) >>> 0, 4);
    segment.writeUInt16BE(65_535, 14);
    segment[1] = 101;
    segment[13] = i === 999 ? 0x8a : 10;
    hear(segment);
  }
  expect(pressed).toEqual(['5 5000', '6 5000']);
  clock.advance(1_000);
  expect(pressed).toHaveLength(2);
});

test('nor does a slow clock make it longer', () => {
  const { pressed, hear } = listening([[101, 1]]);
  hear(...keyPackets({ key: '5', sequence: 1, timestamp: 800, milliseconds: 1_000 }));
  expect(pressed).toEqual(['5 5000']);
});
