import alawmulaw from 'alawmulaw';
import { expect, test, vi } from 'vitest';
import { looksLikeRtcp, rtpMarker, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from '../rtp/packet.ts';
import { keyTones } from '../sound/dtmf-tones.ts';
import { makeWav, octetsOf } from '../sound/testing/make-wav.ts';
import { keyPackets } from '../testing/key-packets.ts';
import { rtcpPacket, rtpPacket, type UdpPhone } from '../testing/udp-phone.ts';
import type { CollectOrder } from './leg-sound.ts';
import type { Command } from './messages.ts';
import type { PlayOrder } from './playback.ts';
import {
  BRIDGE,
  call,
  clock,
  close,
  events,
  handled,
  media,
  openLegs,
  phone,
  reported,
  rtpPort,
  settle,
  sounds,
  start,
  update,
  useWorker,
  worker,
} from './testing/worker-here.ts';

useWorker(45_200);

const PCMA = { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 } as const;

function play(order: Partial<PlayOrder>, leg = 1): Command {
  return { do: 'play', call: 1, leg, order: { id: 7, items: [{ file: 'prompt' }], format: PCMA, ...order } };
}

function collect(order: Partial<CollectOrder> = {}): Command {
  const sources = { events: [[101, 8_000]] as const, tones: [] };
  const all = { id: 9, most: 3, terminators: ['#'] as const, firstMs: 5_000, betweenMs: 2_000, bargeIn: true, sources };
  return { do: 'collect', call: 1, leg: 1, order: { ...all, ...order } };
}

/** One phone alone with the switch. */
async function alone(...more: Command[]): Promise<UdpPhone> {
  await start();
  const a = await phone('127.0.0.2');
  worker.execute([...openLegs('127.0.0.2'), update(1, media(a)), ...more]);
  await settle();
  return a;
}

/** Turns the clock by a turn at a time, and lets what was sent arrive. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 20) {
    clock.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The next so many packets that a phone gets. */
async function hears(phone: UdpPhone, count: number): Promise<Buffer[]> {
  const packets: Buffer[] = [];
  while (packets.length < count) packets.push((await phone.next()).packet);
  return packets;
}

function levels(packets: readonly Buffer[]): number[] {
  return packets.map((packet) => alawmulaw.alaw.decodeSample(packet[50]!));
}

test('a file is played in one stream, 20 ms a packet, and its end is told once', async () => {
  const a = await alone();
  sounds.put('prompt', 800);
  worker.execute([play({})]);
  await pass(300);
  const heard = await hears(a, 5);
  expect(heard).toHaveLength(5);
  const packets = heard;
  for (const [i, packet] of packets.entries()) {
    expect(packet).toHaveLength(172);
    expect(rtpPayloadType(packet)).toBe(8);
    expect(rtpMarker(packet)).toBe(i === 0);
    expect(rtpSsrc(packet)).toBe(rtpSsrc(packets[0]!));
    expect(rtpSequence(packet)).toBe((rtpSequence(packets[0]!) + i) & 0xffff);
    expect((rtpTimestamp(packet) - rtpTimestamp(packets[0]!)) >>> 0).toBe(160 * i);
  }
  for (const level of levels(packets)) expect(Math.abs(level - 800)).toBeLessThan(30);
  expect(events().filter(({ kind }) => kind === 'played')).toEqual([
    { kind: 'played', leg: 'a', play: 7, why: 'ended', playedMs: 100 },
  ]);
  await close();
});

test('after a stop of the thread a key goes on without a gap, which would make two of it', async () => {
  const a = await alone();
  worker.execute([{ do: 'send-tone', call: 1, leg: 1, press: { key: '5', milliseconds: 300, format: PCMA } }]);
  await pass(100);
  const after = clock.after.bind(clock);
  const late = vi.spyOn(clock, 'after').mockImplementation((milliseconds, fire) => {
    if (milliseconds === 0 || milliseconds > 20) return after(milliseconds, fire);
    late.mockRestore();
    return after(milliseconds + 400, fire);
  });
  await pass(1_000);
  const packets = await hears(a, 15);
  const steps = packets.slice(1).map((packet, i) => (rtpTimestamp(packet) - rtpTimestamp(packets[i]!)) >>> 0);
  expect(new Set(steps)).toEqual(new Set([160]));
  await close();
});

test('after a stop of the thread the prompt goes on where it was, behind a gap in its timestamps as long as what is not made up for', async () => {
  const a = await alone();
  sounds.put('prompt', 4_000);
  worker.execute([play({})]);
  await pass(100);
  const after = clock.after.bind(clock);
  const late = vi.spyOn(clock, 'after').mockImplementation((milliseconds, fire) => {
    if (milliseconds === 0 || milliseconds > 20) return after(milliseconds, fire);
    late.mockRestore();
    return after(milliseconds + 1_000, fire);
  });
  await pass(1_700);
  const packets = await hears(a, 25);
  const steps = packets.slice(1).map((packet, i) => (rtpTimestamp(packet) - rtpTimestamp(packets[i]!)) >>> 0);
  const gaps = steps.filter((step) => step !== 160);
  // Of 51 turns that were due at once five were made up for.
  expect(gaps).toEqual([160 * (46 + 1)]);
  expect(packets.findLastIndex(rtpMarker)).toBe(steps.indexOf(gaps[0]!) + 1);
  for (const [i, packet] of packets.slice(1).entries()) {
    expect((rtpSequence(packet) - rtpSequence(packets[i]!)) & 0xffff).toBe(1);
  }
  // Nothing of the prompt is left out: it is as many packets as it has always been.
  expect(events().find(({ kind }) => kind === 'played')).toMatchObject({ why: 'ended', playedMs: 500 });
  await close();
});

test('a file that is none ends it with the reason, and the call goes on', async () => {
  const a = await alone();
  worker.execute([play({})]);
  await pass(100);
  expect(events()).toContainEqual({
    kind: 'played',
    leg: 'a',
    play: 7,
    why: 'failed',
    playedMs: 0,
    detail: "prompt can't be read: ENOENT",
  });
  worker.execute([play({ id: 8, format: { ...PCMA, encoding: 'g729/8000/1' } })]);
  await pass(100);
  expect(events()).toContainEqual(
    expect.objectContaining({ play: 8, why: 'failed', detail: "sound can't be made in g729/8000/1" }),
  );
  sounds.put('prompt', 320);
  worker.execute([play({ id: 9 })]);
  await pass(100);
  expect(await hears(a, 2)).toHaveLength(2);
  await close();
});

test('while something is played, the other side is not heard; afterwards it is again, in the same stream', async () => {
  const { a, b } = await call();
  sounds.put('prompt', 400);
  a.send(rtpPacket({ sequence: 1, timestamp: 160 }), rtpPort(1));
  b.send(rtpPacket({ sequence: 1, timestamp: 160, ssrc: 5 }), rtpPort(2));
  await handled(2);
  const before = await hears(a, 1);
  worker.execute([play({ times: 2 })]);
  await pass(40);
  b.send(rtpPacket({ sequence: 2, timestamp: 320, ssrc: 5 }), rtpPort(2));
  await handled(3);
  await pass(200);
  b.send(rtpPacket({ sequence: 20, timestamp: 3_200, ssrc: 5 }), rtpPort(2));
  await handled(4);
  const heard = [...before, ...(await hears(a, 6))];
  expect(new Set(heard.map((packet) => rtpSsrc(packet))).size).toBe(1);
  expect(heard.map((packet) => (rtpSequence(packet) - rtpSequence(heard[0]!)) & 0xffff)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  for (const level of levels(heard.slice(1, 6))) expect(Math.abs(level - 400)).toBeLessThan(20);
  expect(heard[6]![12]).toBe(20);
  await close();
});

test('music that is one for all is at one place for whoever comes when', async () => {
  await start();
  const [a, b] = [await phone('127.0.0.2'), await phone('127.0.0.3')];
  worker.execute([...openLegs('127.0.0.2', '127.0.0.3'), update(1, media(a)), update(2, media(b))]);
  sounds.files.set('music', {
    changed: 1,
    octets: makeWav({ data: octetsOf(Int16Array.from({ length: 8_000 }, (_, i) => 2 * i)) }),
  });
  const music = { items: [{ file: 'music' }], times: 0, shared: true };
  worker.execute([play({ ...music })]);
  await pass(500);
  worker.execute([play({ ...music, id: 8 }, 2)]);
  await pass(200);
  const there = levels(await hears(a, 30)).at(-1)!;
  const here = levels(await hears(b, 5)).at(-1)!;
  // Both are near the place that the clock says; one packet is 320 on this scale.
  expect(Math.abs(there - here)).toBeLessThan(2_000);
  expect(here).toBeGreaterThan(7_000);
  await close();
});

test('stopped, replaced, or its leg closed: each end is told', async () => {
  await alone();
  sounds.put('prompt', 8_000);
  worker.execute([play({ id: 1, times: 0 })]);
  await pass(200);
  worker.execute([{ do: 'stop-playing', call: 1, leg: 1, fadeMs: undefined }]);
  await pass(60);
  worker.execute([play({ id: 2 })]);
  worker.execute([play({ id: 3 })]);
  await pass(60);
  worker.execute([{ do: 'close-leg', call: 1, leg: 1 }]);
  await pass(60);
  const ends = events().flatMap((event) => (event.kind === 'played' ? [[event.play, event.why]] : []));
  expect(ends).toEqual([
    [1, 'stopped'],
    [2, 'stopped'],
    [3, 'stopped'],
  ]);
  await close();
});

test('a call that is closed in the midst of it leaves nothing behind', async () => {
  await alone(play({ times: 0 }), collect());
  sounds.put('prompt', 8_000);
  await pass(100);
  await close();
  expect(events().at(-1)?.kind).toBe('closed');
  expect(events().filter(({ kind }) => kind === 'played' || kind === 'collected')).toHaveLength(2);
});

test('keys as events are gathered once each, the first interrupts the prompt', async () => {
  const a = await alone();
  sounds.put('prompt', 80_000);
  worker.execute([play({}), collect()]);
  await pass(200);
  let sent = 0;
  for (const [i, key] of (['1', '2', '#'] as const).entries()) {
    for (const packet of keyPackets({ key, sequence: 100 + 20 * i, timestamp: 8_000 * i })) {
      a.send(packet, rtpPort(1));
      sent++;
    }
    await handled(sent);
    await pass(100);
  }
  expect(events().filter(({ kind }) => kind === 'dtmf')).toEqual([]);
  expect(events()).toContainEqual(expect.objectContaining({ kind: 'played', why: 'stopped' }));
  expect(events()).toContainEqual({
    kind: 'collected',
    leg: 'a',
    collect: 9,
    digits: '12',
    why: 'terminator',
    terminator: '#',
  });
  await close();
});

test('each key is told as it comes, where the order asks for it, but the one that ends it', async () => {
  await alone(collect({ most: 3, tells: true }));
  for (const key of ['1', '2', '3'] as const) worker.execute([{ do: 'pressed', call: 1, leg: 1, key }]);
  await reported();
  const told = events().filter(({ kind }) => kind === 'key' || kind === 'collected');
  expect(told).toMatchObject([
    { kind: 'key', leg: 'a', collect: 9, digits: '1' },
    { kind: 'key', digits: '12' },
    { kind: 'collected', digits: '123', why: 'complete' },
  ]);
  await close();
});

test('keys in the sound are gathered, too', async () => {
  const a = await alone(collect({ most: 2, sources: { events: [], tones: [[8, 'pcma/8000/1']] } }));
  const sound = new Int16Array(8_000);
  keyTones(
    [
      { key: '4', milliseconds: 100 },
      { key: '2', milliseconds: 100 },
    ],
    8_000,
  ).read(sound);
  for (let i = 0; i < 50; i++) {
    const payload = Buffer.from(alawmulaw.alaw.encode(sound.slice(160 * i, 160 * i + 160)));
    a.send(rtpPacket({ sequence: i, payload }), rtpPort(1));
    await handled(i + 1);
  }
  await reported();
  expect(events()).toContainEqual(expect.objectContaining({ kind: 'collected', digits: '42', why: 'complete' }));
  await close();
});

test('keys by signalling count as well; time begins when the prompt is over', async () => {
  await alone();
  sounds.put('prompt', 8_000);
  worker.execute([play({}), collect({ bargeIn: false })]);
  await pass(5_900);
  expect(events().filter(({ kind }) => kind === 'collected')).toEqual([]);
  worker.execute([{ do: 'pressed', call: 1, leg: 1, key: '5' }]);
  await pass(2_100);
  expect(events()).toContainEqual(expect.objectContaining({ kind: 'collected', digits: '5', why: 'time-out' }));
  await close();
});

test('nothing pressed after the prompt', async () => {
  await alone();
  sounds.put('prompt', 8_000);
  worker.execute([play({}), collect()]);
  await pass(5_900);
  expect(events().filter(({ kind }) => kind === 'collected')).toEqual([]);
  await pass(200);
  expect(events()).toContainEqual(expect.objectContaining({ kind: 'collected', digits: '', why: 'nothing' }));
  await close();
});

test('nothing pressed', async () => {
  await alone(collect());
  await pass(5_100);
  expect(events()).toContainEqual(expect.objectContaining({ kind: 'collected', digits: '', why: 'nothing' }));
  await close();
});

test('a leg that is joined to another goes on being so when keys were gathered there', async () => {
  const { a, b } = await call(collect({ most: 1 }));
  worker.execute([{ do: 'pressed', call: 1, leg: 1, key: '5' }, BRIDGE]);
  a.send(rtpPacket({ sequence: 1, timestamp: 160 }), rtpPort(1));
  await handled(1);
  expect(await hears(b, 1)).toHaveLength(1);
  await close();
});

test('while something is played the reports of the other side, which speak of another stream, do not come, but ours do', async () => {
  const { a, b } = await call();
  sounds.put('prompt', 800);
  worker.execute([update(1, media(a, { claimedRtcp: a.at }), false), play({ times: 0 })]);
  for (let second = 0; second < 6; second++) {
    await pass(1_000);
    b.send(rtcpPacket(0x5555), rtpPort(2));
    b.send(rtpPacket({ sequence: second }), rtpPort(2));
    a.send(rtpPacket({ sequence: second }), rtpPort(1));
    await handled(3 * (second + 1));
  }
  const reports = () => a.heard.map(({ packet }) => packet).filter((packet) => looksLikeRtcp(packet));
  while (reports().length === 0) await pass(1_000);
  for (const report of reports()) expect(report.readUInt32BE(4)).not.toBe(0x5555);
  await close();
});

test('a BYE of a source whose stream goes on is not passed in a hold either', async () => {
  const { a, b } = await call();
  worker.execute([update(2, media(b, { claimedRtcp: b.at }), false)]);
  a.send(rtpPacket({ sequence: 1, ssrc: 7 }), rtpPort(1));
  a.send(rtpPacket({ sequence: 2, ssrc: 8 }), rtpPort(1));
  await handled(2);
  worker.execute([update(2, media(b, { claimedRtcp: b.at, receives: false }), false)]);
  a.send(rtpPacket({ sequence: 3, ssrc: 8 }), rtpPort(1));
  const bye = Buffer.concat([rtcpPacket(8), Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 8])]);
  a.send(bye, rtpPort(1));
  await handled(4);
  const packets = await hears(b, 3);
  expect(packets[2]).toEqual(rtcpPacket(7));
  await close();
});

test('music gives way to one who holds and sends sound of their own, not to one who sends silence, and comes back after them', async () => {
  const { a, b } = await call();
  sounds.put('music', 800);
  worker.execute([play({ items: [{ file: 'music' }], times: 0, yields: true })]);
  const says = (sequence: number, octets: readonly number[]): void => {
    const payload = Buffer.from(Array.from({ length: 160 }, (_, at) => octets[at % octets.length]!));
    b.send(rtpPacket({ sequence, timestamp: 160 * sequence, ssrc: 5, payload }), rtpPort(2));
  };
  await pass(60);
  // A microphone that is off.
  says(1, [0xd5]);
  await handled(1);
  await pass(60);
  const theirs = [0x10, 0x90, 0x20, 0xa0];
  says(2, theirs);
  await handled(2);
  await pass(400);
  says(3, theirs);
  await handled(3);
  await pass(600);
  const music = (packet: Buffer): boolean => Math.abs(alawmulaw.alaw.decodeSample(packet[50]!) - 800) < 30;
  const heard = await hears(a, 11);
  expect(heard.map((packet) => (music(packet) ? 'm' : packet[12] === 0x10 ? 'o' : '?')).join('')).toMatch(
    /^m{5,6}oom+$/,
  );
  for (const [at, packet] of heard.entries()) {
    expect(rtpSsrc(packet)).toBe(rtpSsrc(heard[0]!));
    expect(rtpSequence(packet)).toBe((rtpSequence(heard[0]!) + at) & 0xffff);
  }
  await close();
});
