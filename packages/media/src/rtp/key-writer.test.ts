import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rtpPacket } from '../testing/udp-phone.ts';
import { KeyReader } from './key-reader.ts';
import { type KeyPress, KeyWriter } from './key-writer.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import { rtpMarker, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from './packet.ts';
import { type DtmfKey, eventDuration, eventEnds } from './telephone-event.ts';

const EVENTS = 101;

function writing() {
  const clock = new FakeClock();
  const sent: Buffer[] = [];
  const stream = new OutgoingStream({ clock, random: new SeededRandom(1) });
  const writer = new KeyWriter({ clock, stream, send: (packet) => void sent.push(packet) });
  const relay = (options: Parameters<typeof rtpPacket>[0]): void => {
    const packet = rtpPacket(options);
    stream.pass(packet);
    sent.push(packet);
  };
  const events = (): Buffer[] => sent.filter((packet) => rtpPayloadType(packet) === EVENTS);
  return { clock, sent, stream, writer, relay, events };
}

function press(key: DtmfKey, milliseconds = 100): KeyPress {
  return { key, milliseconds, payloadType: EVENTS, clockRate: 8_000 };
}

/** Sound of one source, one packet each 20 ms, for so long. */
function speak({ clock, relay }: ReturnType<typeof writing>, from: number, packets: number, ssrc = 5): number {
  for (let i = from; i < from + packets; i++) {
    relay({ sequence: i, timestamp: i * 160, ssrc });
    clock.advance(20);
  }
  return from + packets;
}

test('a press begins with a marker, is updated every 20 ms, and ends three times (RFC 4733 §2.5.1.2, §2.5.1.4)', () => {
  const run = writing();
  speak(run, 10, 1);
  run.writer.press(press('5', 90));
  run.clock.advance(1_000);
  const events = run.events();
  expect(events.map((packet) => [rtpMarker(packet), eventDuration(packet, 12), eventEnds(packet, 12)])).toEqual([
    [true, 160, false],
    [false, 320, false],
    [false, 480, false],
    [false, 640, false],
    [false, 720, true],
    [false, 720, true],
    [false, 720, true],
  ]);
  // It begins 20 ms after the sound's last packet, and keeps its beginning.
  expect(new Set(events.map(rtpTimestamp))).toEqual(new Set([10 * 160 + 160]));
  expect(new Set(events.map(rtpSsrc))).toEqual(new Set([5]));
  expect(run.clock.pending).toBe(0);
});

test('sound that is relayed beside it is numbered on: no gap and no number twice, across the turn of the numbers', () => {
  const run = writing();
  const next = speak(run, 65_530, 3);
  run.writer.press(press('1'));
  const then = speak(run, next, 20);
  run.writer.press(press('2'));
  speak(run, then, 20);
  expect(run.sent.map(rtpSequence)).toEqual(run.sent.map((_, i) => (65_530 + i) & 0xffff));
  const sound = run.sent.filter((packet) => rtpPayloadType(packet) !== EVENTS);
  expect(sound.map(rtpTimestamp)).toEqual(sound.map((_, i) => (65_530 + i) * 160));
});

test('a packet that comes late keeps the number that it would have had', () => {
  const run = writing();
  run.relay({ sequence: 10 });
  run.relay({ sequence: 12 });
  run.writer.press(press('1', 20));
  run.clock.advance(200);
  run.relay({ sequence: 13 });
  run.relay({ sequence: 11 });
  expect(run.sent.map(rtpSequence)).toEqual([10, 12, 13, 14, 15, 16, 11]);
});

test('presses wait for each other, with a moment of none between them; too many are lost', () => {
  const run = writing();
  speak(run, 0, 1);
  for (let i = 0; i < 80; i++) run.writer.press(press(String(i % 10) as DtmfKey, 40));
  run.clock.advance(80 * 100);
  const starts = run.events().filter(rtpMarker).map(rtpTimestamp);
  expect(starts).toHaveLength(65);
  starts.slice(1).forEach((start, i) => {
    expect(start - starts[i]!).toBe((40 + 40) * 8);
  });
});

test('where nothing was relayed yet a key begins a stream, in which the sound goes on', () => {
  const run = writing();
  run.writer.press(press('1'));
  run.clock.advance(30);
  run.relay({ sequence: 700, ssrc: 9 });
  run.writer.press(press('2'));
  run.clock.advance(1_000);
  expect(new Set(run.sent.map(rtpSsrc)).size).toBe(1);
  const first = rtpSequence(run.sent[0]!);
  expect(run.sent.map(rtpSequence)).toEqual(run.sent.map((_, i) => (first + i) & 0xffff));
});

test('a press that sounds when the stream becomes another one ends in its own', () => {
  const run = writing();
  run.stream.clockRates = [[96, 48_000]];
  speak(run, 10, 1);
  run.writer.press(press('1', 100));
  run.clock.advance(50);
  run.relay({ sequence: 700, ssrc: 9, payloadType: 96 });
  run.clock.advance(1_000);
  run.writer.press(press('2', 40));
  run.clock.advance(1_000);
  const [former, latter] = [5, 9].map((ssrc) => run.events().filter((packet) => rtpSsrc(packet) === ssrc));
  expect(former!.map(rtpSequence)).toEqual([11, 12, 13, 14, 15, 16, 17]);
  expect(latter!.map(rtpSequence)).toEqual([701, 702, 703, 704]);
});

test('a press longer than one event can say goes on in segments, and is read as one (RFC 4733 §2.5.1.3)', () => {
  const run = writing();
  run.stream.clockRates = [[EVENTS, 48_000]];
  run.relay({ sequence: 10, timestamp: 0 });
  run.writer.press({ ...press('7', 3_000), clockRate: 48_000 });
  run.clock.advance(4_000);
  const events = run.events();
  const segments = [...new Set(events.map(rtpTimestamp))];
  const [first = 0] = segments;
  expect(segments).toEqual([first, first + 65_535, first + 131_070]);
  const durations = segments.map((at) =>
    events
      .filter((each) => rtpTimestamp(each) === at)
      .at(-1)!
      .readUInt16BE(14),
  );
  expect(durations).toEqual([65_535, 65_535, 144_000 - 131_070]);
  expect(events.filter(rtpMarker)).toEqual([events[0]]);
  expect(events.map((packet) => eventEnds(packet, 12))).toEqual(events.map((_, i) => i >= events.length - 3));
  expect(events.map(rtpSequence)).toEqual(events.map((_, i) => 11 + i));
  const pressed: string[] = [];
  const reader = new KeyReader(run.clock, (key, ms) => void pressed.push(`${key} ${ms}`));
  reader.rates = new Map([[EVENTS, 48_000]]);
  for (const packet of events) reader.hear(packet, 12);
  expect(pressed).toEqual(['7 3000']);
});

test.each([1, 8_000, 16_000, 48_000, 768_000])('a press of any length in a clock of %i Hz ends', (clockRate) => {
  const run = writing();
  run.relay({ sequence: 10 });
  for (const milliseconds of [0, 20, 5_000, 1e9]) run.writer.press({ ...press('7', milliseconds), clockRate });
  run.clock.advance(12_000);
  expect(run.clock.pending).toBe(0);
  expect(run.events().filter((packet) => eventEnds(packet, 12))).toHaveLength(4 * 3);
  expect(run.events().length).toBeLessThan(1_000);
});

test('any stream and any presses: every number once, every press read again', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('sound' as const) },
    fc.constant('lost' as const),
    fc.constantFrom<DtmfKey>(...([...'0123456789*#ABCD'] as DtmfKey[])),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(0xffff), (steps, first) => {
      const run = writing();
      const pressed: string[] = [];
      const reader = new KeyReader(run.clock, (key) => void pressed.push(key));
      reader.rates = new Map([[EVENTS, 8_000]]);
      run.relay({ sequence: first });
      let sequence = first;
      let lost = 0;
      for (const each of steps) {
        if (each === 'sound') {
          run.relay({ sequence: ++sequence });
          run.clock.advance(20);
        } else if (each === 'lost') {
          sequence++;
          lost++;
        } else run.writer.press(press(each, 60));
      }
      run.clock.advance(60 * 120);
      run.relay({ sequence: ++sequence });
      const numbers = run.sent.map(rtpSequence);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect((numbers.at(-1)! - first) & 0xffff).toBe(run.sent.length - 1 + lost);
      let second = 0;
      for (const packet of run.events()) {
        // As fast as they were sent, so that nobody takes them for a flood.
        if (rtpMarker(packet)) run.clock.advance(second++ === 0 ? 0 : 100);
        reader.hear(packet, 12);
      }
      expect(pressed).toEqual(steps.filter((each) => each !== 'sound' && each !== 'lost'));
      expect(run.clock.pending).toBe(0);
    }),
  );
});
