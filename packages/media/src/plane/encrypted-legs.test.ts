import { describe, expect, test } from 'vitest';
import type { LegSrtp, SrtpKeys } from '../sdp/srtp-keys.ts';
import { SrtpReceiver } from '../srtp/srtp-receiver.ts';
import { SrtpSender } from '../srtp/srtp-sender.ts';
import { rtcpPacket, rtpPacket, type UdpPhone } from '../testing/udp-phone.ts';
import type { Command } from './messages.ts';
import {
  BRIDGE,
  call,
  clock,
  close,
  events,
  files,
  handled,
  media,
  phone,
  reported,
  rtcpPort,
  rtpPort,
  statistics,
  update,
  useWorker,
  worker,
} from './testing/worker-here.ts';

const RECORD = {
  do: 'record',
  call: 1,
  order: { path: 'r.wav', callId: 'one', format: 'wav', minimumMs: 0 },
  left: { leg: 1, party: { number: '201' } },
  right: { leg: 2, party: { number: '202' } },
} as const satisfies Command;

useWorker(41_700);

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const keyOf = (octet: number): string => Buffer.alloc(30, octet).toString('base64');
const KEYS_OF_A: SrtpKeys = { suite: SUITE, ours: keyOf(1), theirs: keyOf(2) };
const KEYS_OF_B: SrtpKeys = { suite: 'AEAD_AES_128_GCM', ours: gcm(3), theirs: gcm(4) };

function gcm(octet: number): string {
  return Buffer.alloc(28, octet).toString('base64');
}

/** A phone's own end of its leg's keys. */
class Secured {
  readonly phone: UdpPhone;
  readonly sender: SrtpSender;
  readonly receiver: SrtpReceiver;

  constructor(phone: UdpPhone, { suite, ours, theirs }: SrtpKeys) {
    this.phone = phone;
    this.sender = new SrtpSender(suite, theirs);
    this.receiver = new SrtpReceiver(suite, ours);
  }

  say(packet: Buffer, leg: number): Buffer {
    const sealed = this.sender.protectRtp(packet)!;
    this.phone.send(sealed, rtpPort(leg));
    return sealed;
  }

  async hears(): Promise<Buffer | string> {
    const opened = this.receiver.openRtp((await this.phone.next()).packet);
    this.receiver.taken();
    return opened;
  }
}

const secure = (leg: number, of: UdpPhone, srtp: LegSrtp) => update(leg, media(of, { srtp }));

describe('encrypted legs', () => {
  test('RTP on one side, SRTP on the other', async () => {
    const { a, b } = await call();
    worker.execute([secure(1, a, KEYS_OF_A)]);
    const alice = new Secured(a, KEYS_OF_A);
    alice.say(rtpPacket({ sequence: 1 }), 1);
    expect((await b.next()).packet).toEqual(rtpPacket({ sequence: 1 }));
    b.send(rtpPacket({ sequence: 7, ssrc: 9 }), rtpPort(2));
    expect(await alice.hears()).toEqual(rtpPacket({ sequence: 7, ssrc: 9 }));
    await close();
    expect(statistics('a').rtp).toMatchObject({ packets: 1, octets: 182, sentPackets: 1, sentOctets: 182 });
  });

  test('SRTP on both sides, each with keys and a suite of its own; RTCP as well', async () => {
    const { a, b } = await call();
    const claimedRtcp = { address: b.at.address, port: b.at.port + 1 };
    worker.execute([secure(1, a, KEYS_OF_A), update(2, media(b, { srtp: KEYS_OF_B, claimedRtcp }))]);
    const [alice, bob] = [new Secured(a, KEYS_OF_A), new Secured(b, KEYS_OF_B)];
    const sealed = alice.say(rtpPacket({ sequence: 1 }), 1);
    const relayed = await b.next();
    expect(relayed.packet).not.toEqual(sealed);
    expect(bob.receiver.openRtp(relayed.packet)).toEqual(rtpPacket({ sequence: 1 }));
    a.send(alice.sender.protectRtcp(rtcpPacket())!, rtcpPort(1));
    await handled(2);
    b.send(bob.sender.protectRtp(rtpPacket({ sequence: 1, ssrc: 9 }))!, rtpPort(2));
    expect(await alice.hears()).toEqual(rtpPacket({ sequence: 1, ssrc: 9 }));
    await close();
    expect(statistics('a').rtcp).toMatchObject({ packets: 1, unauthentic: 0 });
    expect(statistics('b').rtcp).toMatchObject({ sentPackets: 1 });
  });

  test('checklist 3: from the claimed address itself nothing without a right tag locks, or is heard', async () => {
    const { a, b } = await call();
    worker.execute([secure(1, a, KEYS_OF_A)]);
    const alice = new Secured(a, KEYS_OF_A);
    const stranger = new Secured(a, { ...KEYS_OF_A, theirs: keyOf(99) });
    for (let sequence = 1; sequence <= 20; sequence++) {
      a.send(rtpPacket({ sequence }), rtpPort(1));
      stranger.say(rtpPacket({ sequence }), 1);
    }
    a.send(Buffer.concat([rtcpPacket(), rtcpPacket(), rtcpPacket()]), rtcpPort(1));
    a.send(stranger.sender.protectRtcp(rtcpPacket())!, rtcpPort(1));
    await handled(42);
    await reported();
    expect(events().filter(({ kind }) => kind === 'learned')).toEqual([]);
    alice.say(rtpPacket({ sequence: 1 }), 1);
    expect((await b.next()).packet).toEqual(rtpPacket({ sequence: 1 }));
    await close();
    expect(b.heard).toHaveLength(1);
    expect(statistics('a')).toMatchObject({
      rtp: { packets: 1, unauthentic: 40 },
      rtcp: { packets: 0, unauthentic: 2 },
    });
  });

  test('what was captured and is sent again is not heard; from elsewhere it does not even take the place of the true one', async () => {
    const { a, b } = await call();
    const thief = await phone('127.0.0.66');
    worker.execute([secure(1, a, KEYS_OF_A)]);
    const alice = new Secured(a, KEYS_OF_A);
    const first = alice.say(rtpPacket({ sequence: 1 }), 1);
    await b.next();
    for (let i = 0; i < 10; i++) a.send(first, rtpPort(1));
    const second = alice.sender.protectRtp(rtpPacket({ sequence: 2 }))!;
    thief.send(second, rtpPort(1));
    await handled(12);
    a.send(second, rtpPort(1));
    expect((await b.next()).packet).toEqual(rtpPacket({ sequence: 2 }));
    thief.send(second, rtpPort(1));
    await handled(14);
    await close();
    expect(b.heard).toHaveLength(2);
    expect(statistics('a')).toMatchObject({ observed: a.at, rtp: { packets: 2, replayed: 10, foreign: 2 } });
  });

  test('what comes from elsewhere is told by its address, before anything is computed of it', async () => {
    const { a, b } = await call();
    const [thief, other] = [await phone('127.0.0.66'), await phone('127.0.0.67')];
    worker.execute([
      update(1, media(a, { srtp: KEYS_OF_A, claimedRtcp: { address: a.at.address, port: a.at.port + 1 } })),
    ]);
    const stranger = new Secured(thief, { ...KEYS_OF_A, theirs: keyOf(99) });
    const alice = new Secured(a, KEYS_OF_A);
    // Before anybody is known: whoever may still turn out to be the peer must be judged by the key.
    stranger.say(rtpPacket({ sequence: 1 }), 1);
    thief.send(stranger.sender.protectRtcp(rtcpPacket())!, rtcpPort(1));
    await handled(2);
    alice.say(rtpPacket({ sequence: 1 }), 1);
    await b.next();
    for (const sequence of [2, 3]) stranger.say(rtpPacket({ sequence }), 1);
    other.send(rtpPacket({ sequence: 2 }), rtpPort(1));
    thief.send(stranger.sender.protectRtcp(rtcpPacket())!, rtcpPort(1));
    thief.send(stranger.sender.protectRtcp(rtcpPacket())!, rtpPort(1));
    await handled(8);
    await close();
    expect(statistics('a')).toMatchObject({
      rtp: { packets: 1, unauthentic: 1, foreign: 3 },
      rtcp: { packets: 0, unauthentic: 0, foreign: 3 },
    });
  });

  test('after 3 s of silence who goes on with the stream is judged by the key, others by their address', async () => {
    const { a, b } = await call();
    const [moved, thief] = [await phone('127.0.0.2'), await phone('127.0.0.66')];
    worker.execute([secure(1, a, KEYS_OF_A)]);
    const alice = new Secured(a, KEYS_OF_A);
    alice.say(rtpPacket({ sequence: 1 }), 1);
    await b.next();
    clock.advance(3_000);
    thief.send(rtpPacket({ sequence: 2, ssrc: 77 }), rtpPort(1));
    thief.send(rtpPacket({ sequence: 2 }), rtpPort(1));
    await handled(3);
    moved.send(alice.sender.protectRtp(rtpPacket({ sequence: 2 }))!, rtpPort(1));
    expect((await b.next()).packet).toEqual(rtpPacket({ sequence: 2 }));
    await close();
    expect(statistics('a')).toMatchObject({ observed: moved.at, rtp: { packets: 2, foreign: 1, unauthentic: 1 } });
  });

  test('while a key is awaited nothing is sent in clear, and nothing that comes is believed', async () => {
    const { a, b } = await call();
    worker.execute([secure(1, a, 'awaited')]);
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    b.send(rtpPacket({ sequence: 1 }), rtpPort(2));
    b.send(rtcpPacket(), rtcpPort(2));
    await handled(3);
    await close();
    expect([a.heard, b.heard]).toEqual([[], []]);
    expect(statistics('a').rtp).toMatchObject({ unauthentic: 1, sentPackets: 0 });
  });

  test('a source that was learned in clear must prove itself once there are keys', async () => {
    const { a, b } = await call();
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    await b.next();
    const moved = await phone('127.0.0.2');
    worker.execute([secure(1, a, KEYS_OF_A)]);
    new Secured(moved, KEYS_OF_A).say(rtpPacket({ sequence: 2 }), 1);
    await b.next();
    await close();
    expect(statistics('a')).toMatchObject({ observed: moved.at });
  });

  test('new keys: packets under the former one are heard for a moment, ours go on, none is begun anew', async () => {
    const { a, b } = await call();
    worker.execute([secure(1, a, KEYS_OF_A)]);
    const alice = new Secured(a, KEYS_OF_A);
    alice.say(rtpPacket({ sequence: 1 }), 1);
    await b.next();
    const renewed = { ...KEYS_OF_A, theirs: keyOf(5) };
    worker.execute([secure(1, a, renewed)]);
    alice.say(rtpPacket({ sequence: 2 }), 1);
    const again = new Secured(a, renewed);
    again.say(rtpPacket({ sequence: 3 }), 1);
    await b.next();
    await b.next();
    clock.advance(2_000);
    alice.say(rtpPacket({ sequence: 4 }), 1);
    await handled(4);
    b.send(rtpPacket({ sequence: 50, ssrc: 9 }), rtpPort(2));
    await a.next();
    worker.execute([secure(1, a, { ...renewed, ours: keyOf(6) }), secure(1, a, renewed)]);
    // The same key again: what was sent under it stays sent.
    for (const sequence of [50, 51]) b.send(rtpPacket({ sequence, ssrc: 9 }), rtpPort(2));
    expect(again.receiver.openRtp((await a.next()).packet)).toEqual(rtpPacket({ sequence: 51, ssrc: 9 }));
    // Until another key is agreed on, nothing leaves under the one before.
    worker.execute([secure(1, a, 'awaited')]);
    b.send(rtpPacket({ sequence: 52, ssrc: 9 }), rtpPort(2));
    await handled(8);
    worker.execute([secure(1, a, renewed)]);
    b.send(rtpPacket({ sequence: 53, ssrc: 9 }), rtpPort(2));
    expect(again.receiver.openRtp((await a.next()).packet)).toEqual(rtpPacket({ sequence: 53, ssrc: 9 }));
    await close();
    expect([b.heard.length, a.heard.length]).toEqual([3, 3]);
    expect(statistics('a').rtp).toMatchObject({ packets: 3, unauthentic: 1 });
  });

  test('after a hold of any length the peer still knows how often the numbers began anew', async () => {
    const { a, b } = await call();
    worker.execute([secure(1, a, KEYS_OF_A)]);
    const alice = new Secured(a, KEYS_OF_A);
    const say = (sequence: number) => b.send(rtpPacket({ sequence: sequence & 0xffff, ssrc: 9 }), rtpPort(2));
    say(60_000);
    await alice.hears();
    worker.execute([update(1, media(a, { srtp: KEYS_OF_A, receives: false, held: true }))]);
    for (let sequence = 60_001; sequence < 60_001 + 40_000; sequence += 1_000) say(sequence);
    await handled(41);
    worker.execute([update(1, media(a, { srtp: KEYS_OF_A }))]);
    say(100_001);
    expect(await alice.hears()).toBeInstanceOf(Buffer);
  });

  test('a recording holds what was said, not what was sent', async () => {
    const { a } = await call(RECORD);
    worker.execute([secure(1, a, KEYS_OF_A), BRIDGE]);
    const alice = new Secured(a, KEYS_OF_A);
    const spoken = Buffer.alloc(160, 0x5a);
    for (let sequence = 1; sequence <= 10; sequence++) {
      alice.say(rtpPacket({ sequence, payload: spoken }), 1);
      await handled(sequence);
      clock.advance(20);
    }
    clock.advance(1_000);
    await close();
    const file = files.contents.get('r.wav')!;
    expect(file.subarray(58).filter((octet, i) => i % 2 === 0 && octet === 0x5a).length).toBe(1_600);
  });
});
