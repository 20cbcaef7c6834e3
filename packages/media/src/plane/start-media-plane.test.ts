import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger, SystemClock } from '@vats/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readWavHeader } from '../recording/wav-header.ts';
import type { LegMedia } from '../sdp/leg-media.ts';
import { rtcpPacket, rtpPacket, UdpPhone } from '../testing/udp-phone.ts';
import type { MediaCall, MediaEvent, MediaPlane } from './media-plane.ts';
import { startMediaPlane } from './start-media-plane.ts';

// The real thing: threads, sockets, files. Everything waits for events.
const clock = new SystemClock();
const directory = mkdtempSync(join(tmpdir(), 'vats-media-'));
const ledger = new Ledger();
let plane: MediaPlane;

beforeAll(async () => {
  plane = await startMediaPlane({
    addresses: { 4: '127.0.0.1', 6: '::1' },
    ports: { first: 42_000, last: 42_399 },
    workers: 2,
    warmPairs: 16,
    clock,
    ledger,
  });
});

afterAll(async () => {
  await plane.close();
  rmSync(directory, { recursive: true });
});

function media(of: UdpPhone, rtcp?: UdpPhone): LegMedia {
  return { claimed: of.at, claimedRtcp: rtcp?.at, receives: true, held: false, laws: [[8, 'PCMA']], clockRates: [] };
}

/** A call whose events can be waited for. */
function openCall(id: string): {
  call: MediaCall;
  events: MediaEvent[];
  until(kind: MediaEvent['kind']): Promise<MediaEvent>;
} {
  const events: MediaEvent[] = [];
  const waiting: (() => void)[] = [];
  const call = plane.openCall(id, (event) => {
    events.push(event);
    for (const look of waiting.splice(0)) look();
  });
  const until = async (kind: MediaEvent['kind']): Promise<MediaEvent> => {
    for (;;) {
      const found = events.find((event) => event.kind === kind);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { call: call!, events, until };
}

describe.each([
  [4, '127.0.0.2', '127.0.0.3'],
  [6, '::1', '::1'],
] as const)('IPv%i', (family, addressOfA, addressOfB) => {
  test('a call from lease to statistics: relayed both ways, recorded, everything given back', async () => {
    const [a, aRtcp] = [await UdpPhone.open(addressOfA), await UdpPhone.open(addressOfA)];
    const [b, bRtcp] = [await UdpPhone.open(addressOfB), await UdpPhone.open(addressOfB)];
    const { call, events, until } = openCall(`call over IPv${family}`);
    const legA = call.openLeg('a', { family, signalling: addressOfA })!;
    const legB = call.openLeg('b', { family, signalling: addressOfB })!;
    const path = join(directory, `deep/er/${family}.wav`);
    legA.update(media(a, aRtcp), { newOffer: true });
    legB.update(media(b, bRtcp), { newOffer: true });
    call.bridge(legA, legB, { aToB: [[101, 96]], bToA: [[96, 101]] });
    call.record({ path, left: legA, right: legB });
    call.supervise();

    a.send(rtpPacket({ sequence: 1, payload: Buffer.alloc(160, 1) }), legA.local);
    expect(await b.next()).toEqual({
      packet: rtpPacket({ sequence: 1, payload: Buffer.alloc(160, 1) }),
      from: { address: legB.local.address, port: legB.local.port },
    });
    b.send(rtpPacket({ sequence: 1, payloadType: 96, payload: Buffer.alloc(4) }), legB.local);
    expect((await a.next()).packet).toEqual(rtpPacket({ sequence: 1, payloadType: 101, payload: Buffer.alloc(4) }));
    a.send(rtcpPacket(), { ...legA.local, port: legA.local.rtcpPort });
    expect((await bRtcp.next()).from.port).toBe(legB.local.rtcpPort);

    expect(ledger.counts()).toEqual({ 'media calls': 1, 'media port pairs': 2, recordings: 1 });
    call.close();
    const closed = await until('closed');
    expect(closed).toMatchObject({
      legs: [
        { leg: 'a', claimed: a.at, observed: a.at, rtp: { packets: 1, sentPackets: 1 }, rtcp: { packets: 1 } },
        { leg: 'b', claimed: b.at, observed: b.at, rtp: { packets: 1, sentPackets: 1 }, rtcp: { sentPackets: 1 } },
      ],
    });
    expect(events.map((event) => event.kind)).toEqual(['learned', 'learned', 'recording-finished', 'closed']);
    expect(ledger.leftovers()).toEqual([]);

    const finished = events[2]!;
    if (finished.kind !== 'recording-finished') throw new Error();
    const wav = readFileSync(path);
    expect(finished).toMatchObject({ path, law: 'PCMA', octets: wav.length });
    expect(readWavHeader(wav)).toEqual({ law: 'PCMA', frames: finished.durationMs * 8 });
    expect(wav.filter((octet, i) => i >= 58 && octet === 1)).toHaveLength(160);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    for (const phone of [a, aRtcp, b, bRtcp]) phone.close();
  });
});

test('a recording that cannot be made is told, and the call goes on', async () => {
  const a = await UdpPhone.open('127.0.0.2');
  const { call, until } = openCall('unwritable');
  const leg = call.openLeg('a', { family: 4, signalling: '127.0.0.2' })!;
  leg.update(media(a), { newOffer: true });
  call.echo(leg);
  call.record({ path: '/proc/nowhere/r.wav', left: leg, right: leg });
  expect(await until('recording-failed')).toMatchObject({ reason: 'unwritable', octets: 0, durationMs: 0 });
  a.send(rtpPacket({ sequence: 1 }), leg.local);
  await a.next();
  call.close();
  await until('closed');
  a.close();
});

test('under load the worker sleeps in batches, and commands are served all the same', async () => {
  const a = await UdpPhone.open('127.0.0.2');
  const { call, until } = openCall('load');
  const legs = Array.from({ length: 6 }, (_, i) => call.openLeg(String(i), { family: 4, signalling: '127.0.0.2' })!);
  for (const leg of legs) {
    leg.update(media(a), { newOffer: true });
    call.echo(leg);
  }
  // 3,000 packets a second for as long as a few samples of the rate take: 2 ms sleeps set in on the way.
  const started = clock.monotonic();
  for (let sequence = 0; sequence < 250; ) {
    while (sequence < (clock.monotonic() - started) / 2) {
      for (const leg of legs) a.send(rtpPacket({ sequence }), leg.local);
      sequence++;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { call: other, until: otherUntil } = openCall('other');
  other.close();
  await otherUntil('closed');
  call.close();
  const closed = await until('closed');
  if (closed.kind !== 'closed') throw new Error();
  for (const leg of closed.legs) expect(leg.rtp).toMatchObject({ foreign: 0, malformed: 0 });
  a.close();
});

test('checklist 21: 200 calls in one turn get their ports, and sound, while the range has some', async () => {
  const burst = await startMediaPlane({
    addresses: { 4: '127.0.0.1' },
    ports: { first: 42_600, last: 43_799 },
    workers: 1,
    clock,
  });
  const phone = await UdpPhone.open('127.0.0.2');
  const legs = Array.from({ length: 200 }, (_, i) => {
    const call = burst.openCall(`burst ${i}`, () => {})!;
    const [a, b] = ['a', 'b'].map((name) => call.openLeg(name, { family: 4, signalling: '127.0.0.2' })!);
    a!.update(media(phone), { newOffer: true });
    b!.update(media(phone), { newOffer: true });
    call.bridge(a!, b!);
    return [a!, b!] as const;
  });
  expect(new Set(legs.flat().map((leg) => leg.local.port)).size).toBe(400);
  const [a, b] = legs.at(-1)!;
  // The last call's pairs are bound some turns later; what comes before is lost, as it is before any bridge.
  while (!phone.heard.some(({ from }) => from.port === b.local.port)) {
    phone.send(rtpPacket({ sequence: 1 }), a.local);
    await new Promise((resolve) => setImmediate(resolve));
  }
  phone.close();
  await burst.close();
});

test('an address that is not of this machine fails the start, with the setting named', async () => {
  const options = { addresses: { 4: '192.0.2.1' }, ports: { first: 42_400, last: 42_409 }, workers: 1, clock };
  await expect(startMediaPlane(options)).rejects.toThrow('media.address 192.0.2.1 is not an address of this machine');
});

test('closing the plane finishes what is being recorded', async () => {
  const short = await startMediaPlane({ addresses: { 4: '127.0.0.1' }, ports: { first: 42_500, last: 42_509 }, clock });
  const events: MediaEvent[] = [];
  const call = short.openCall('one', (event) => void events.push(event))!;
  const leg = call.openLeg('a', { family: 4, signalling: '127.0.0.2' })!;
  const path = join(directory, 'closed.wav');
  call.record({ path, left: leg, right: leg });
  await short.close();
  expect(events.map((event) => event.kind)).toEqual(['recording-finished', 'closed']);
  expect(readWavHeader(readFileSync(path))).toBeDefined();
});
