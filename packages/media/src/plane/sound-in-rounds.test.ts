import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { rtpPacket, type UdpPhone } from '../testing/udp-phone.ts';
import { BoundPair } from './bound-pair.ts';
import { ReadingRounds } from './reading-rounds.ts';
import {
  call,
  clock,
  close,
  events,
  handled,
  media,
  phone,
  reported,
  rtcpPort,
  rtpPort,
  statistics,
  turn,
  update,
  useWorker,
  worker,
} from './testing/worker-here.ts';

useWorker(41_800);

/** Who makes the worker busy: enough for it to sleep in batches. */
let crowd: UdpPhone;
let a: UdpPhone;
let b: UdpPhone;
let sequence: number;
let admitted: number;

beforeEach(() => {
  sequence = 0;
  admitted = 0;
  const admit = ReadingRounds.prototype.admit;
  vi.spyOn(ReadingRounds.prototype, 'admit').mockImplementation(function (this: ReadingRounds, ...given) {
    const member = admit.apply(this, given);
    if (member !== undefined) admitted++;
    return member;
  });
});

afterEach(() => vi.restoreAllMocks());

/** 20 ms in which `a` says something; the worker awakes each 2 ms. */
async function beat(): Promise<void> {
  await a.deliver(rtpPacket({ sequence: ++sequence }), rtpPort(1));
  await looped();
  for (let i = 0; i < 10; i++) {
    clock.advance(2);
    turn();
  }
}

/** Time for a socket that the kernel tells about to have been read. */
async function looped(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

async function busy(): Promise<void> {
  const before = worker.packets;
  for (let i = 0; i < 160; i++) await crowd.deliver(Buffer.from('noise'), rtcpPort(2));
  await handled(before + 160);
}

/** A second of talk while the worker is busy. */
async function talk(): Promise<void> {
  for (let tenth = 0; tenth < 10; tenth++) {
    await busy();
    for (let i = 0; i < 5; i++) await beat();
  }
}

/** A call whose leg `a` is read in rounds. */
async function inRounds(): Promise<void> {
  ({ a, b } = await call());
  crowd = await phone('127.0.0.9');
  for (let second = 0; second < 7; second++) {
    a.send(rtpPacket({ sequence: ++sequence }), rtpPort(1));
    await b.next();
    clock.advance(1_000);
  }
  await talk();
  await talk();
  await looped();
}

const ofA = () => b.heard.map(({ packet }) => packet.readUInt16BE(2));

describe('a settled leg of a busy worker', () => {
  test('is read in rounds: by nobody between them, and nothing is lost or told twice', async () => {
    await inRounds();
    expect(admitted).toBe(1);
    const before = worker.packets;
    await a.deliver(rtpPacket({ sequence: ++sequence }), rtpPort(1));
    await looped();
    expect(worker.packets).toBe(before);
    for (let i = 0; i < 12; i++) {
      clock.advance(2);
      turn();
    }
    expect(worker.packets).toBe(before + 1);
    await talk();
    await looped();
    const relayed = ofA();
    expect(relayed).toEqual(Array.from({ length: sequence }, (_, i) => relayed[0]! + i));
    await close();
    expect(statistics('a')).toMatchObject({ observed: a.at, rtp: { packets: sequence, foreign: 0, malformed: 0 } });
  });

  test('hears nobody else, as the kernel sees to', async () => {
    await inRounds();
    const heard = b.heard.length;
    const thief = await phone('127.0.0.66');
    for (let i = 0; i < 10; i++) await thief.deliver(rtpPacket({ sequence: sequence + 1 + i }), rtpPort(1));
    for (let i = 0; i < 20; i++) {
      clock.advance(2);
      turn();
    }
    await looped();
    expect(b.heard.length).toBe(heard);
  });

  test('is read the usual way again after a new offer', async () => {
    await inRounds();
    worker.execute([update(1, media(a))]);
    const before = worker.packets;
    await a.deliver(rtpPacket({ sequence: ++sequence }), rtpPort(1));
    await looped();
    expect(worker.packets).toBe(before + 1);
    const moved = await phone('127.0.0.2');
    worker.execute([update(1, media(moved))]);
    await moved.deliver(rtpPacket({ sequence: ++sequence }), rtpPort(1));
    await looped();
    expect(b.heard).toHaveLength(sequence);
  });

  test('is so too when the worker has little to do, when it pauses, and comes back', async () => {
    await inRounds();
    for (let i = 0; i < 10; i++) await beat(); // 50 packets a second are not many
    expect(turn()).toBe(false);
    const before = worker.packets;
    await a.deliver(rtpPacket({ sequence: ++sequence }), rtpPort(1));
    await looped();
    expect(worker.packets).toBe(before + 1);
    await talk();
    await talk();
    expect(admitted).toBe(2);
  });

  test('hands a fault of ours to its call', async () => {
    await inRounds();
    const send = vi.spyOn(BoundPair.prototype, 'sendRtp').mockImplementationOnce(() => {
      throw new Error('a fault put in');
    });
    await beat();
    send.mockRestore();
    await reported();
    expect(events()).toContainEqual({ kind: 'lost', detail: expect.stringContaining('a fault put in') });
  });
});
