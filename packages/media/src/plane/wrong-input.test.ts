import { SeededRandom } from '@vats/kernel/testing';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadOpus } from '../codec/opus.ts';
import { manifestOf } from '../recording/manifest.ts';
import { readNotes } from '../recording/note.ts';
import { readWavHeader } from '../recording/wav-header.ts';
import { rtpMarker, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from '../rtp/packet.ts';
import type { Conversion } from '../sdp/conversion.ts';
import { DROPPED, TOLD } from '../sdp/leg-media.ts';
import type { SrtpKeys } from '../sdp/srtp-keys.ts';
import { chunk } from '../sound/testing/make-wav.ts';
import { SrtpReceiver } from '../srtp/srtp-receiver.ts';
import { SrtpSender } from '../srtp/srtp-sender.ts';
import { rtcpPacket, rtpPacket, type UdpPhone } from '../testing/udp-phone.ts';
import type { Command } from './messages.ts';
import {
  BRIDGE,
  clock,
  events,
  files,
  handled,
  media,
  phone,
  reported,
  sounds,
  start,
  statistics,
  update,
  useWorker,
  warmPorts,
  worker,
} from './testing/worker-here.ts';

useWorker(45_800);
beforeAll(loadOpus);

/*
 * One call is sent what no call should be sent; beside it another one talks in the same thread, and everything that is said there
 * must arrive octet for octet, in its order.
 */

let a: UdpPhone;
let b: UdpPhone;
let ports: number[];
let others: readonly [c: UdpPhone, d: UdpPhone];
let saidByOthers: number;

beforeEach(() => {
  saidByOthers = 0;
});

const rtpOf = (leg: number) => ({ address: '127.0.0.1', port: ports[leg - 1]! });
const rtcpOf = (leg: number) => ({ address: '127.0.0.1', port: ports[leg - 1]! + 1 });

function openLeg(call: number, leg: number): Command {
  const [name, port, signalling] = ['abcd'[leg - 1]!, ports[leg - 1]!, `127.0.0.${leg + 1}`];
  return { do: 'open-leg', call, leg, name, family: 4, port, signalling };
}

/** Two calls in one worker, the first of them arranged as `more` says. */
async function twoCalls(...more: Command[]): Promise<void> {
  await start();
  ports = warmPorts().slice(0, 4);
  const [c, d] = [await phone('127.0.0.4'), await phone('127.0.0.5')];
  [a, b, others] = [await phone('127.0.0.2'), await phone('127.0.0.3'), [c, d]];
  const ofOthers = { ...update(3, media(c)), call: 2 } as Command;
  worker.execute([
    { do: 'open-call', call: 1 },
    { do: 'open-call', call: 2 },
    ...[openLeg(1, 1), openLeg(1, 2), openLeg(2, 3), openLeg(2, 4)],
    ...[update(1, media(a)), update(2, media(b)), ofOthers, { ...update(4, media(d)), call: 2 } as Command],
    { do: 'bridge', call: 2, a: 3, b: 4, aToB: [], bToA: [] },
    ...more,
  ]);
  await new Promise((resolve) => setImmediate(resolve));
}

/** The others say something to each other, and hear it as it was said. */
async function othersTalk(): Promise<void> {
  const [c, d] = others;
  const sequence = ++saidByOthers;
  const [fromC, fromD] = [rtpPacket({ sequence, ssrc: 0xc }), rtpPacket({ sequence, ssrc: 0xd })];
  c.send(fromC, rtpOf(3));
  d.send(fromD, rtpOf(4));
  expect((await d.next()).packet).toEqual(fromC);
  expect((await c.next()).packet).toEqual(fromD);
}

/** Sends, and returns when the worker is done with it. */
async function send(from: UdpPhone, datagram: Uint8Array, to: { address: string; port: number }): Promise<void> {
  const before = worker.packets;
  from.send(datagram, to);
  await handled(before + 1);
}

/** Both calls end as calls do, and nothing was ever said about the other one. */
async function bothEnd(): Promise<void> {
  await othersTalk();
  worker.execute([
    { do: 'close-call', call: 1 },
    { do: 'close-call', call: 2 },
  ]);
  await reported();
  expect(events(1).at(-1)?.kind).toBe('closed');
  const [end, ...before] = events(2).reverse();
  expect(before.map(({ kind }) => kind)).toEqual(['learned', 'learned']);
  if (end?.kind !== 'closed') throw new Error('the other call was lost');
  const count = saidByOthers;
  const clean = { packets: count, sentPackets: count, lost: 0, foreign: 0, malformed: 0, excess: 0, unmapped: 0 };
  for (const { rtp } of end.legs) expect(rtp).toMatchObject(clean);
}

const RECORD = {
  do: 'record',
  call: 1,
  order: { path: 'r.wav', callId: 'one', format: 'wav', minimumMs: 0 },
  left: { leg: 1, party: { number: '201' } },
  right: { leg: 2, party: { number: '202' } },
} as const satisfies Command;

const FORMAT = { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 } as const;
const PCMA = { payloadType: 8, encoding: 'pcma/8000/1' };
const OTHERS = [
  { payloadType: 9, encoding: 'g722/8000/1' },
  { payloadType: 96, encoding: 'opus/48000/2' },
];

function conversion(to: typeof PCMA): Conversion {
  return {
    from: to === PCMA ? OTHERS : [PCMA],
    to: { ...to, ptime: 20 },
    events: [{ arriving: 101, leaving: 101, arrivingRate: 48_000, leavingRate: 8_000 }],
    alone: true,
  };
}

const KEYS: SrtpKeys = {
  suite: 'AES_CM_128_HMAC_SHA1_80',
  ours: Buffer.alloc(30, 1).toString('base64'),
  theirs: Buffer.alloc(30, 2).toString('base64'),
};

const joined = (leg: number): Command => ({
  do: 'join-room',
  call: 1,
  leg,
  order: {
    ...({ room: 'r', as: `p${leg}`, presence: 'talk', format: FORMAT } as const),
    ...{ sources: [[8, 'pcma/8000/1'], ...OTHERS.map((of) => [of.payloadType, of.encoding] as const)] },
    events: [[101, 8_000]],
  },
});

/** All the ways that a leg's sound can go; the phones of an encrypted leg are refused as strangers are, which is a way too. */
const WAYS: readonly (readonly [string, () => Command[]])[] = [
  ['relayed and recorded', () => [BRIDGE, RECORD]],
  ['converted', () => [{ ...BRIDGE, conversions: { aToB: conversion(PCMA), bToA: conversion(OTHERS[1]!) } }]],
  ['encrypted on one side', () => [update(2, media(b, { srtp: KEYS })), BRIDGE]],
  ['in a room', () => [joined(1), joined(2)]],
  [
    'with keys told',
    () => [
      { ...BRIDGE, aToB: [[101, TOLD, 8_000]] },
      { do: 'hear-tones', call: 1, leg: 2, sources: [[8, 'pcma/8000/1']] },
    ],
  ],
];

describe.each(WAYS)('%s', (_, ways) => {
  test('octets of any kind, on both ports of both legs', async () => {
    await twoCalls();
    worker.execute(ways());
    const random = new SeededRandom(7);
    for (let i = 0; i < 200; i++) {
      const octets = random.bytes(random.below(90));
      // Most begin as RTP or RTCP does, in the payload types of this call, so that more than the first octet is looked at.
      if (octets.length > 1 && i % 4 > 0) octets[0] = 0x80 | random.below(64);
      if (octets.length > 1 && i % 4 > 1) octets[1] = [8, 9, 96, 101, 0x80 | 101, 200, 201, 202, 203, 205][i % 10]!;
      // Lengths of RTCP that are right now and then.
      if (octets.length > 3 && i % 8 > 5) octets.writeUInt16BE(Math.floor(octets.length / 4) - 1, 2);
      await send(i % 2 === 0 ? a : b, octets, [rtpOf, rtcpOf][(i >> 1) % 2]!(1 + (i % 2)));
      clock.advance(20);
      if (i % 5 === 0) await othersTalk();
    }
    await bothEnd();
  });

  test('what has every size up to the largest that there is', async () => {
    await twoCalls();
    worker.execute(ways());
    // Sealed, the last ones are larger than any datagram.
    for (const octets of [0, 1, 3, 160, 1_460, 1_500, 9_000, 65_400, 65_490, 65_495]) {
      for (const [i, payloadType] of [8, 0, 9, 96, 101].entries()) {
        const packet = rtpPacket({ sequence: octets * 8 + i, payloadType, payload: Buffer.alloc(octets, 0x55) });
        await send(a, packet, rtpOf(1));
        await send(b, packet, rtpOf(2));
      }
      // One report with as many words behind it as it likes to have.
      const report = Buffer.alloc(Math.max(8, octets - (octets % 4)));
      report.set([0x9f, 201]);
      report.writeUInt16BE(report.length / 4 - 1, 2);
      await send(a, report, rtcpOf(1));
      await send(b, report, rtpOf(2));
      clock.advance(1_000);
      await othersTalk();
    }
    await bothEnd();
  });

  test('every payload type there is, whether agreed on or not', async () => {
    await twoCalls();
    worker.execute(ways());
    for (let octet = 0; octet < 256; octet++) {
      const packet = rtpPacket({ sequence: octet, payload: Buffer.alloc(40, octet) });
      packet[1] = octet;
      await send(a, packet, rtpOf(1));
      await send(b, packet, rtpOf(2));
      clock.advance(20);
      if (octet % 8 === 0) await othersTalk();
    }
    await bothEnd();
  });

  test('times and numbers that jump, to and fro and round', async () => {
    await twoCalls();
    worker.execute(ways());
    const jumps = [0, 160, 8_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 1, 3_600 * 8_000, 2 ** 16, 7];
    for (let i = 0; i < 80; i++) {
      const timestamp = (jumps[i % 10]! + 160 * i) >>> 0;
      const sequence = (i * [1, 257, 30_000, 65_535][(i >> 4) % 4]!) & 0xffff;
      for (const payloadType of [8, 9, 96, 101]) {
        await send(a, rtpPacket({ sequence, timestamp, payloadType }), rtpOf(1));
        await send(b, rtpPacket({ sequence, timestamp, payloadType }), rtpOf(2));
      }
      clock.advance(20);
      if (i % 8 === 0) await othersTalk();
    }
    await bothEnd();
  });

  test('an SSRC that is another one in each packet', async () => {
    await twoCalls();
    worker.execute(ways());
    for (let i = 0; i < 80; i++) {
      for (const payloadType of [8, 9, 96, 101]) {
        const packet = rtpPacket({ sequence: i, payloadType, ssrc: (i * 0x9e37_79b9) >>> 0 });
        await send(a, packet, rtpOf(1));
        await send(b, packet, rtpOf(2));
      }
      await send(a, rtcpPacket((i * 0x9e37_79b9) >>> 0), rtcpOf(1));
      clock.advance(20);
      if (i % 8 === 0) await othersTalk();
    }
    await bothEnd();
  });
});

test('of payload types that nobody agreed on none is heard, the others keep their numbers each way', async () => {
  await twoCalls({
    ...BRIDGE,
    aToB: Array.from({ length: 128 }, (_, type) => [type, type === 8 ? 8 : type === 101 ? 96 : DROPPED] as const),
    bToA: [[96, 101]],
  });
  for (let type = 0; type < 128; type++) {
    // 64 to 95 with a marker would look like RTCP, and are read as that.
    await send(a, rtpPacket({ sequence: type, payloadType: type }), rtpOf(1));
    clock.advance(20);
  }
  expect([(await b.next()).packet, (await b.next()).packet].map(rtpPayloadType)).toEqual([8, 96]);
  expect(b.heard).toHaveLength(2);
  await send(b, rtpPacket({ sequence: 1, payloadType: 96 }), rtpOf(2));
  expect(rtpPayloadType((await a.next()).packet)).toBe(101);
  await bothEnd();
  expect(statistics('a').rtp).toMatchObject({ packets: 128, unmapped: 126 });
});

describe('SSRCs', () => {
  test('one that changes all the time is one stream to whoever hears it', async () => {
    await twoCalls(BRIDGE);
    const heard: Buffer[] = [];
    for (let i = 0; i < 50; i++) {
      await send(a, rtpPacket({ sequence: 1_000 * i, ssrc: i + 1, timestamp: 77 * i }), rtpOf(1));
      heard.push((await b.next()).packet);
      clock.advance(20);
    }
    expect(new Set(heard.map(rtpSsrc)).size).toBe(1);
    for (const [i, packet] of heard.entries()) {
      expect(rtpSequence(packet)).toBe(i);
      expect(rtpTimestamp(packet)).toBe(160 * i);
      expect(rtpMarker(packet)).toBe(i > 0);
    }
    await bothEnd();
  });

  test('two legs with the same one hear each other, and each other’s reports', async () => {
    await twoCalls(BRIDGE);
    const [aRtcp, bRtcp] = [await phone('127.0.0.2'), await phone('127.0.0.3')];
    worker.execute([
      update(1, media(a, { claimedRtcp: aRtcp.at }), false),
      update(2, media(b, { claimedRtcp: bRtcp.at }), false),
    ]);
    for (let i = 0; i < 20; i++) {
      const [fromA, fromB] = [rtpPacket({ sequence: i, ssrc: 7 }), rtpPacket({ sequence: 500 + i, ssrc: 7 })];
      await send(a, fromA, rtpOf(1));
      await send(b, fromB, rtpOf(2));
      expect((await b.next()).packet).toEqual(fromA);
      expect((await a.next()).packet).toEqual(fromB);
      clock.advance(20);
    }
    const report = Buffer.concat([rtcpPacket(7), Buffer.alloc(24)]);
    report.set([0x81, 201, 0, 7]);
    report.writeUInt32BE(7, 8);
    report.writeUInt32BE(19, 16);
    await send(bRtcp, report, rtcpOf(2));
    expect((await aRtcp.next()).packet).toEqual(report);
    await bothEnd();
    for (const leg of ['a', 'b']) expect(statistics(leg).rtp).toMatchObject({ packets: 20, lost: 0 });
  });

  test('two encrypted legs with the same one hear each other, too', async () => {
    await twoCalls();
    const keysOfB = { ...KEYS, ours: KEYS.theirs, theirs: KEYS.ours };
    worker.execute([update(1, media(a, { srtp: KEYS })), update(2, media(b, { srtp: keysOfB })), BRIDGE]);
    const sends = [new SrtpSender(KEYS.suite, KEYS.theirs), new SrtpSender(KEYS.suite, keysOfB.theirs)] as const;
    const hears = [new SrtpReceiver(KEYS.suite, KEYS.ours), new SrtpReceiver(KEYS.suite, keysOfB.ours)] as const;
    for (let sequence = 0; sequence < 20; sequence++) {
      const packet = rtpPacket({ sequence, ssrc: 7 });
      await send(a, sends[0].protectRtp(packet)!, rtpOf(1));
      await send(b, sends[1].protectRtp(packet)!, rtpOf(2));
      expect(hears[1].openRtp((await b.next()).packet)).toEqual(packet);
      expect(hears[0].openRtp((await a.next()).packet)).toEqual(packet);
    }
    await bothEnd();
  });

  test('a phone that has ours is heard, and hears one stream', async () => {
    await twoCalls(BRIDGE);
    sounds.put('prompt', 320);
    worker.execute([{ do: 'play', call: 1, leg: 1, order: { id: 1, items: [{ file: 'prompt' }], format: FORMAT } }]);
    for (let i = 0; i < 20; i++) {
      clock.advance(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const played = [(await a.next()).packet, (await a.next()).packet];
    const ours = rtpSsrc(played[0]!);
    const next = (rtpSequence(played[1]!) + 1) & 0xffff;
    for (let i = 0; i < 20; i++) {
      const fromA = rtpPacket({ sequence: i, ssrc: ours });
      await send(a, fromA, rtpOf(1));
      expect((await b.next()).packet).toEqual(fromA);
      await send(b, rtpPacket({ sequence: 9_000 + i, ssrc: i < 10 ? ours : 5 }), rtpOf(2));
      const { packet } = await a.next();
      expect([rtpSsrc(packet), rtpSequence(packet)]).toEqual([ours, (next + i) & 0xffff]);
      await send(a, rtcpPacket(ours), rtcpOf(1));
      clock.advance(20);
    }
    await bothEnd();
  });
});

describe('a poor network', () => {
  interface Sent {
    readonly sequence: number;
    readonly at: number;
  }

  /** 500 packets, 10 s: 20 % are lost, 5 % come twice, and each is on its way for up to 200 ms, so that they overtake each other. */
  function poor(): Sent[] {
    const random = new SeededRandom(3);
    const arriving: Sent[] = [];
    for (let sequence = 0; sequence < 500; sequence++) {
      if (random.below(100) < 20) continue;
      for (let copies = random.below(100) < 5 ? 2 : 1; copies > 0; copies--) {
        arriving.push({ sequence, at: 20 * sequence + random.below(200) });
      }
    }
    return arriving.sort((one, other) => one.at - other.at);
  }

  const soundOf = (sequence: number) => Buffer.alloc(160, Buffer.of(1 + (sequence >> 5), 101 + (sequence & 31)));

  test('20 % loss, 200 ms of jitter, duplicates and another order: all that came is passed, counted and recorded', async () => {
    await twoCalls(BRIDGE, RECORD);
    const arriving = poor();
    const began = clock.monotonic();
    for (const { sequence, at } of arriving) {
      clock.advance(Math.max(0, began + at - clock.monotonic()));
      const packet = rtpPacket({ sequence, payload: soundOf(sequence) });
      await send(a, packet, rtpOf(1));
      expect((await b.next()).packet).toEqual(packet);
      if (sequence % 10 === 0) await othersTalk();
    }
    await bothEnd();
    const came = new Set(arriving.map(({ sequence }) => sequence));
    // Numbers are counted from the first that arrived (RFC 3550 §A.3), which was not the first that was sent.
    const first = arriving[0]!.sequence;
    const { rtp, quality } = statistics('a');
    expect(rtp).toMatchObject({ packets: arriving.length, lost: Math.max(...came) - first + 1 - came.size });
    expect(quality.duplicates).toBe(arriving.length - came.size);
    expect(quality.reordered).toBeGreaterThan(100);
    expect(quality.greatestJitterMs).toBeGreaterThan(40);
    const wav = files.contents.get('r.wav')!;
    const { frames } = readWavHeader(wav)!;
    expect(Math.abs(frames / 8 - 10_000)).toBeLessThan(300);
    // Every packet that came is whole in the recording, in its place; until one has come quickly nobody knows where that is.
    const left = Buffer.from(wav.subarray(58).filter((_, i) => i % 2 === 0));
    const places = [...came]
      .filter((sequence) => sequence >= 50)
      .map((sequence) => [sequence, left.indexOf(soundOf(sequence)) / 8 - 20 * sequence] as const);
    expect(new Set(places.map(([, place]) => place)).size, JSON.stringify(places.slice(0, 20))).toBe(1);
    expect(places[0]![1]).toBeLessThanOrEqual(60);
  });
});

test('a clock of the sender that jumps by hours makes no recording longer than the call was', async () => {
  await twoCalls(BRIDGE, RECORD);
  const hour = 3_600 * 8_000;
  for (let i = 0; i < 100; i++) {
    const timestamp = (160 * i + [0, hour, -hour, 2 ** 31, 0][Math.floor(i / 20)]!) >>> 0;
    await send(a, rtpPacket({ sequence: i, timestamp, payload: Buffer.alloc(160, 1 + i) }), rtpOf(1));
    clock.advance(20);
    if (i % 10 === 0) await othersTalk();
  }
  await bothEnd();
  const wav = files.contents.get('r.wav')!;
  expect(readWavHeader(wav)).toEqual({ law: 'PCMA', frames: 16_000 });
  for (let i = 0; i < 100; i++) expect(wav[58 + 2 * 160 * i + 100]).toBe(1 + i);
  const notes = readNotes(files.contents.get('r.journal')!.toString());
  const sound = { file: 'r.wav', format: 'wav-g711', encrypted: false, octets: wav.length, sha256: '' } as const;
  const { heard, gaps } = manifestOf(notes, { ...sound, durationMs: 2_000 }, { call: 'one', at: 0 });
  expect([heard.map(({ fromMs, toMs }) => [fromMs, toMs]), gaps]).toEqual([[[0, 2_000]], []]);
});

test('a full disk ends the recordings, and both calls go on', async () => {
  files.capacity = 8_000;
  const ofOthers = { ...RECORD, call: 2, order: { ...RECORD.order, path: 's.wav' } } as const;
  await twoCalls(BRIDGE, RECORD, { ...ofOthers, left: { ...RECORD.left, leg: 3 }, right: { ...RECORD.right, leg: 4 } });
  for (let i = 0; i < 100; i++) {
    await send(a, rtpPacket({ sequence: i }), rtpOf(1));
    expect((await b.next()).packet).toEqual(rtpPacket({ sequence: i }));
    await othersTalk();
    clock.advance(20);
  }
  await othersTalk();
  await reported();
  for (const call of [1, 2]) {
    expect(events(call).filter(({ kind }) => kind === 'recording-failed')).toMatchObject([{ reason: 'no-space' }]);
  }
  await send(a, rtpPacket({ sequence: 100 }), rtpOf(1));
  expect((await b.next()).packet).toEqual(rtpPacket({ sequence: 100 }));
});

test.each<[string, Uint8Array | undefined, RegExp]>([
  ['that is not there', undefined, /ENOENT/],
  ['of no octets', Buffer.alloc(0), /not a WAV/],
  ['that is an MP3', Buffer.from('ID3\u0004 and so on'), /not a WAV.*vats prompts import/],
  ['that ends in its header', Buffer.from('RIFF\0\0\0\0WAVEfmt '), /vats prompts import/],
  ['of a million empty pieces', Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), ...pieces()]), /vats prompts import/],
])('a prompt %s is told, and nobody hears of it', async (_, octets, detail) => {
  await twoCalls(BRIDGE);
  if (octets !== undefined) sounds.files.set('prompt', { changed: 1, octets });
  worker.execute([{ do: 'play', call: 1, leg: 1, order: { id: 1, items: [{ file: 'prompt' }], format: FORMAT } }]);
  for (let i = 0; i < 10; i++) {
    clock.advance(20);
    await othersTalk();
  }
  await reported();
  const ended = events(1).filter(({ kind }) => kind === 'played');
  expect(ended).toMatchObject([{ why: 'failed', detail: expect.stringMatching(detail) }]);
  await send(b, rtpPacket({ sequence: 1 }), rtpOf(2));
  expect((await a.next()).packet).toEqual(rtpPacket({ sequence: 1 }));
  await bothEnd();
});

function pieces(): Buffer[] {
  return Array(2 ** 20).fill(chunk('data', Buffer.alloc(0)));
}
