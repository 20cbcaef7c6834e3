import { beforeAll, expect, test } from 'vitest';
import { PCMA } from '../codec/g711.ts';
import { G722 } from '../codec/g722/g722.ts';
import { loadOpus, opus } from '../codec/opus.ts';
import type { SoundCodec } from '../codec/sound-codec.ts';
import { amplitudeAt, tone } from '../codec/testing/sounds.ts';
import { rtpMarker, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from '../rtp/packet.ts';
import type { Conversion } from '../sdp/conversion.ts';
import { keyPackets } from '../testing/key-packets.ts';
import { rtcpPacket, rtpPacket, type UdpPhone } from '../testing/udp-phone.ts';
import type { Command } from './messages.ts';
import {
  BRIDGE,
  call,
  clock,
  close,
  handled,
  media,
  rtpPort,
  statistics,
  update,
  useWorker,
  worker,
} from './testing/worker-here.ts';

useWorker(42_700);
beforeAll(loadOpus);

const NUMBERS = new Map<SoundCodec, number>([
  [PCMA, 8],
  [G722, 9],
]);

function conversion(from: SoundCodec, to: SoundCodec): Conversion {
  const rates = { arrivingRate: from.clockRate, leavingRate: to.clockRate };
  return {
    from: [{ payloadType: NUMBERS.get(from) ?? 96, encoding: from.encoding }],
    to: { payloadType: NUMBERS.get(to) ?? 96, encoding: to.encoding, ptime: 20 },
    events: [{ arriving: 101, leaving: 102, ...rates }],
    alone: true,
  };
}

function bridged(a: SoundCodec, b: SoundCodec): Command {
  return { ...BRIDGE, conversions: { aToB: conversion(a, b), bToA: conversion(b, a) } };
}

/** Packets of a tone in a codec. */
function spoken(codec: SoundCodec, count: number, first = 1): Buffer[] {
  const encoder = codec.encoder();
  const frame = codec.rate / 50;
  const sound = tone(440, codec.rate, count * frame);
  return Array.from({ length: count }, (_, i) => {
    const payload = new Uint8Array(400);
    const end = encoder.encode(sound.subarray(i * frame, (i + 1) * frame), frame, payload, 0);
    const sequence = first + i;
    const timestamp = (sequence * codec.clockRate) / 50;
    return rtpPacket({ sequence, timestamp, payloadType: NUMBERS.get(codec) ?? 96, payload: payload.subarray(0, end) });
  });
}

let sent = 0;

async function say(from: UdpPhone, leg: number, packets: readonly Buffer[]): Promise<void> {
  for (const packet of packets) {
    clock.advance(20);
    from.send(packet, rtpPort(leg));
    await handled(++sent);
  }
}

async function heard(by: UdpPhone, count: number): Promise<Buffer[]> {
  const packets: Buffer[] = [];
  for (let i = 0; i < count; i++) packets.push((await by.next()).packet);
  return packets;
}

async function started(a: SoundCodec, b: SoundCodec) {
  sent = 0;
  const phones = await call(bridged(a, b));
  await new Promise((resolve) => setImmediate(resolve));
  return phones;
}

test('G.722 and G.711 hear one another, each in a stream of its own numbering', async () => {
  const { a, b } = await started(G722, PCMA);
  await say(a, 1, spoken(G722, 30));
  const atB = await heard(b, 30);
  const out = new Int16Array(960);
  const decoder = PCMA.decoder();
  const sound = atB.flatMap((packet) => [...out.slice(0, decoder.decode(packet, 12, packet.length, out))]);
  expect(amplitudeAt(Int16Array.from(sound.slice(1_600)), 440, 8_000)).toBeGreaterThan(9_000);
  for (const [i, packet] of atB.entries()) {
    expect([rtpPayloadType(packet), rtpMarker(packet), rtpSsrc(packet)]).toEqual([8, i === 0, rtpSsrc(atB[0]!)]);
    expect((rtpSequence(packet) - rtpSequence(atB[0]!)) & 0xffff).toBe(i);
    expect((rtpTimestamp(packet) - rtpTimestamp(atB[0]!)) >>> 0).toBe(160 * i);
  }
  await say(b, 2, spoken(PCMA, 3));
  expect((await heard(a, 3)).map((packet) => [rtpPayloadType(packet), packet.length])).toEqual([
    [9, 172],
    [9, 172],
    [9, 172],
  ]);
  await close();
});

test('Opus and G.711, with keys between', async () => {
  const { a, b } = await started(opus(8_000), PCMA);
  worker.execute([update(1, media(a, { clockRates: [[96, 48_000]] }))]);
  await say(b, 2, spoken(PCMA, 5));
  const [first, second] = await heard(a, 5);
  expect(rtpPayloadType(first!)).toBe(96);
  expect((rtpTimestamp(second!) - rtpTimestamp(first!)) >>> 0).toBe(960);
  await say(b, 2, keyPackets({ key: '5', sequence: 6, timestamp: 6 * 160, milliseconds: 100 }));
  const keys = await heard(a, sent - 5);
  expect(new Set(keys.map(rtpPayloadType))).toEqual(new Set([102]));
  expect(keys.at(-1)!.readUInt16BE(14)).toBe(4_800);
  expect(new Set(keys.map(rtpTimestamp)).size).toBe(1);
  await close();
});

test('the same again goes on, something else begins anew in the same stream', async () => {
  const { a, b } = await started(G722, PCMA);
  const packets = spoken(G722, 4);
  await say(a, 1, packets.slice(0, 2));
  worker.execute([bridged(G722, PCMA)]);
  await say(a, 1, packets.slice(2));
  const atB = await heard(b, 4);
  expect(atB.map(rtpMarker)).toEqual([true, false, false, false]);
  // By a re-INVITE the caller has G.711 now: from here on its own packets pass.
  worker.execute([BRIDGE]);
  await say(a, 1, spoken(PCMA, 2, 10));
  const passed = await heard(b, 2);
  expect(passed.map(rtpMarker)).toEqual([true, false]);
  for (const [i, packet] of passed.entries()) {
    expect(rtpSsrc(packet)).toBe(rtpSsrc(atB[0]!));
    expect((rtpSequence(packet) - rtpSequence(atB[3]!)) & 0xffff).toBe(i + 1);
  }
  await close();
});

test('what was not agreed on goes no further, nor do reports of streams that the other side does not know', async () => {
  const { a, b } = await started(G722, PCMA);
  await say(a, 1, [rtpPacket({ sequence: 1, payloadType: 0 }), rtpPacket({ sequence: 2, payloadType: 13 })]);
  a.send(rtcpPacket(), rtpPort(1));
  await handled(++sent);
  await say(a, 1, spoken(G722, 1, 3));
  const [packet] = await heard(b, 1);
  expect(rtpPayloadType(packet!)).toBe(8);
  await close();
  expect(statistics('a').rtp).toMatchObject({ packets: 3, unmapped: 2 });
  expect(statistics('b').rtcp.sentPackets).toBe(0);
});

test('nothing is converted for who is on hold, and sound goes on where it stands afterwards', async () => {
  const { a, b } = await started(G722, PCMA);
  const packets = spoken(G722, 60);
  await say(a, 1, packets.slice(0, 2));
  worker.execute([update(2, media(b, { receives: false }), false)]);
  await say(a, 1, packets.slice(2, 58));
  worker.execute([update(2, media(b), false)]);
  await say(a, 1, packets.slice(58));
  const atB = await heard(b, 4);
  expect((rtpTimestamp(atB[2]!) - rtpTimestamp(atB[1]!)) >>> 0).toBe(57 * 160);
  expect(rtpMarker(atB[2]!)).toBe(true);
  await close();
});

test('a flood of broken packets ends in itself, and the call goes on', async () => {
  const { a, b } = await started(opus(8_000), PCMA);
  const good = spoken(opus(8_000), 2, 200);
  await new Promise((resolve) => setImmediate(resolve));
  const broken = Array.from({ length: 100 }, (_, i) =>
    rtpPacket({ sequence: i, timestamp: 960 * i, payloadType: 96, payload: Buffer.from([0xff]) }),
  );
  await say(a, 1, broken);
  await say(a, 1, good);
  await close();
  expect(statistics('a').rtp).toMatchObject({ packets: 102 });
  expect(b.heard.length).toBeLessThanOrEqual(104);
});

test('a hold of ten seconds is no loss: the numbers follow one another, the time has gone on', async () => {
  const { a, b } = await started(G722, PCMA);
  const packets = spoken(G722, 504);
  await say(a, 1, packets.slice(0, 2));
  worker.execute([update(2, media(b, { receives: false }), false)]);
  for (let i = 2; i < 502; i += 50) {
    clock.advance(980);
    await say(a, 1, [packets[i]!]);
  }
  worker.execute([update(2, media(b), false)]);
  await say(a, 1, packets.slice(502));
  const atB = await heard(b, 4);
  const first = rtpSequence(atB[0]!);
  expect(atB.map((packet) => (rtpSequence(packet) - first) & 0xffff)).toEqual([0, 1, 2, 3]);
  const passed = ((rtpTimestamp(atB[2]!) - rtpTimestamp(atB[1]!)) >>> 0) / 8;
  expect(passed).toBeGreaterThan(9_990);
  expect(passed).toBeLessThan(10_050);
  expect(rtpMarker(atB[2]!)).toBe(true);
  await close();
});
