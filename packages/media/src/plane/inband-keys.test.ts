import { FakeClock } from '@vats/kernel/testing';
import alawmulaw from 'alawmulaw';
import { expect, test } from 'vitest';
import { SILENCE } from '../rtp/g711.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import { DtmfDetector } from '../sound/dtmf-detector.ts';
import { keyTones } from '../sound/dtmf-tones.ts';
import { rtpPacket, type UdpPhone } from '../testing/udp-phone.ts';
import type { Command } from './messages.ts';
import {
  call,
  clock,
  close,
  events,
  handled,
  reported,
  rtpPort,
  sounds,
  useWorker,
  worker,
} from './testing/worker-here.ts';
import { ToneEar } from './tone-ear.ts';

useWorker(45_600);

const SOURCES = [[8, 'pcma/8000/1']] as const;
const FORMAT = { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 } as const;
const HEAR: Command = { do: 'hear-tones', call: 1, leg: 1, sources: SOURCES };
const KEYS = [...'0123456789ABCD*#'] as DtmfKey[];

/** Sends sound as packets; returns when all have been handled. */
async function say(from: UdpPhone, leg: number, sound: Int16Array, first = 0): Promise<void> {
  const before = worker.packets;
  const count = Math.floor(sound.length / 160);
  for (let i = 0; i < count; i++) {
    const payload = alawmulaw.alaw.encode(sound.slice(160 * i, 160 * i + 160));
    from.send(rtpPacket({ sequence: first + i, payload }), rtpPort(leg));
    // No faster than a worker may be told: a second's worth of packets, then the next second.
    if (i % 40 === 39) {
      await handled(before + i + 1);
      clock.advance(800);
    }
  }
  await handled(before + count);
}

function toneOf(keys: readonly DtmfKey[], milliseconds = 60): Int16Array {
  const sound = new Int16Array(keys.length * 8 * (milliseconds + 70) + 1_600);
  keyTones(
    keys.map((key) => ({ key, milliseconds })),
    8_000,
  ).read(sound);
  return sound;
}

test('1,000 presses in the sound of one side: each told once, none of them heard by the other', async () => {
  const { a, b } = await call(HEAR);
  const keys = Array.from({ length: 1_000 }, (_, i) => KEYS[(7 * i) % 16]!);
  await say(a, 1, toneOf(keys));
  await reported();
  const told = events().flatMap((event) => (event.kind === 'dtmf' ? [event.key] : []));
  expect(told.join('')).toBe(keys.join(''));
  const heard: string[] = [];
  const detector = new DtmfDetector(8_000, (key) => heard.push(key));
  let packets = 0;
  while (packets++ < 500) detector.hear(alawmulaw.alaw.decode((await b.next()).packet.subarray(12)));
  expect(heard).toEqual([]);
  await close();
});

test('sound without a key passes as it came', async () => {
  const { a, b } = await call(HEAR);
  const voice = Int16Array.from({ length: 3_200 }, (_, i) => Math.round(5_000 * Math.sin(i / 7)));
  await say(a, 1, voice);
  for (let i = 0; i < 20; i++) {
    const { packet } = await b.next();
    expect([...packet.subarray(12)]).toEqual([...alawmulaw.alaw.encode(voice.slice(160 * i, 160 * i + 160))]);
  }
  await close();
});

test('what is heard in place of a key is silence, and the numbering goes on', async () => {
  const { a, b } = await call(HEAR);
  await say(a, 1, toneOf(['5'], 400));
  const packets: Buffer[] = [];
  while (packets.length < 20) packets.push((await b.next()).packet);
  expect(packets.map((packet) => packet.readUInt16BE(2))).toEqual(packets.map((_, i) => i));
  expect(packets[10]!.subarray(12).every((octet) => octet === SILENCE.PCMA)).toBe(true);
  await close();
});

test('no more once it is told to stop', async () => {
  const { a } = await call(HEAR, { do: 'hear-tones', call: 1, leg: 1, sources: [] });
  await say(a, 1, toneOf(['5']));
  await reported();
  expect(events().filter(({ kind }) => kind === 'dtmf')).toEqual([]);
  await close();
});

test('keys are sent as tones one after the other, in place of what the other side says', async () => {
  const { a, b } = await call();
  const keys: DtmfKey[] = ['1', '9', '9', '#'];
  for (const key of keys) {
    worker.execute([{ do: 'send-tone', call: 1, leg: 2, press: { key, milliseconds: 100, format: FORMAT } }]);
  }
  for (let i = 0; i < 60; i++) {
    clock.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
    a.send(rtpPacket({ sequence: i }), rtpPort(1));
    await handled(i + 1);
  }
  const heard: string[] = [];
  const detector = new DtmfDetector(8_000, (key) => heard.push(key));
  while (b.heard.length < 30) await new Promise((resolve) => setImmediate(resolve));
  for (const { packet } of b.heard) detector.hear(alawmulaw.alaw.decode(packet.subarray(12)));
  expect(heard).toEqual(keys);
  expect(events().filter(({ kind }) => kind === 'played')).toEqual([]);
  await close();
});

test('what is played takes the place of keys that wait to be sent as tones', async () => {
  const { b } = await call();
  sounds.put('prompt', 800);
  for (const key of ['1', '2', '3'] as const) {
    worker.execute([{ do: 'send-tone', call: 1, leg: 2, press: { key, milliseconds: 100, format: FORMAT } }]);
  }
  clock.advance(40);
  worker.execute([
    { do: 'play', call: 1, leg: 2, order: { id: 7, items: [{ file: 'prompt' }], format: FORMAT, times: 0 } },
  ]);
  for (let i = 0; i < 50; i++) {
    clock.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const heard: string[] = [];
  const detector = new DtmfDetector(8_000, (key) => heard.push(key));
  for (const { packet } of b.heard) detector.hear(alawmulaw.alaw.decode(packet.subarray(12)));
  // The first one had begun.
  expect(heard.filter((key) => key !== '1')).toEqual([]);
  expect(b.heard.length).toBeGreaterThan(40);
  expect(b.heard.length).toBeLessThan(60);
  await close();
  expect(events().filter(({ kind }) => kind === 'played')).toMatchObject([{ play: 7, why: 'stopped' }]);
});

test('keys in the sound are told at most 25 a second, and no more sound is listened to than time has passed', () => {
  const clock = new FakeClock();
  const pressed: number[] = [];
  const ear = new ToneEar(SOURCES, clock, (_, milliseconds) => pressed.push(milliseconds));
  // A dialler with 40 ms each would make no more; here 60 s of sound come in one.
  const sound = toneOf(Array.from({ length: 450 }, (_, i) => KEYS[i % 16]!));
  for (let i = 0; i + 160 <= sound.length; i += 160) {
    const payload = alawmulaw.alaw.encode(sound.slice(i, i + 160));
    ear.hear(8, rtpPacket({ sequence: i / 160, payload }), 12);
  }
  expect(pressed.length).toBeGreaterThan(15);
  expect(pressed.length).toBeLessThanOrEqual(25);
  ear.close();
});

test('a tone of many seconds is a key of 5', () => {
  const clock = new FakeClock();
  const pressed: number[] = [];
  const ear = new ToneEar(SOURCES, clock, (_, milliseconds) => pressed.push(milliseconds));
  const sound = toneOf(['5'], 12_000);
  for (let i = 0; i + 160 <= sound.length; i += 160) {
    clock.advance(20);
    ear.hear(8, rtpPacket({ sequence: i / 160, payload: alawmulaw.alaw.encode(sound.slice(i, i + 160)) }), 12);
  }
  expect(pressed).toEqual([5_000]);
  ear.close();
});
