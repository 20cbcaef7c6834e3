import { describe, expect, test } from 'vitest';
import type { StreamMedia } from '../sdp/stream-media.ts';
import { SrtpPhone } from '../testing/srtp-phone.ts';
import { rtcpPacket, rtpPacket, type UdpPhone } from '../testing/udp-phone.ts';
import type { StreamTally } from './media-plane.ts';
import type { Command } from './messages.ts';
import {
  BRIDGE,
  CLOSE,
  call,
  clock,
  close,
  events,
  handled,
  openLegs,
  phone,
  reported,
  reports,
  start,
  statistics,
  useWorker,
  warmPorts,
  worker,
} from './testing/worker-here.ts';

useWorker(43_400);

/** Numbers of the streams of legs 1 and 2, and the ports of each. */
const STREAMS = [11, 12] as const;
let ports: number[];

const at = (leg: 1 | 2) => ({ address: '127.0.0.1', port: ports[leg - 1]! });
const rtcpAt = (leg: 1 | 2) => ({ address: '127.0.0.1', port: ports[leg - 1]! + 1 });

function open(leg: 1 | 2, transport: 'rtp' | 'udp', stream: number = STREAMS[leg - 1]!): Command {
  const more = { family: 4, port: ports[leg - 1]!, signalling: `127.0.0.${leg + 1}` } as const;
  return { do: 'open-stream', call: 1, leg, stream, kind: transport === 'rtp' ? 'video' : 'image', transport, ...more };
}

function described(leg: 1 | 2, of: UdpPhone, more: Partial<StreamMedia> = {}): Command {
  const said = { claimed: of.at, claimedRtcp: undefined, receives: true, rtcpMux: false, clockRates: [], ...more };
  return { do: 'update-stream', call: 1, stream: STREAMS[leg - 1]!, media: said, newOffer: true };
}

const JOIN = { do: 'bridge-streams', call: 1, a: STREAMS[0], b: STREAMS[1] } as const satisfies Command;

/** Two phones in a call with a stream beside the sound; both are the sockets of the stream. */
async function streaming(transport: 'rtp' | 'udp', more: Partial<StreamMedia> = {}) {
  await call();
  ports = warmPorts().slice(2, 4);
  const [a, b] = [await phone('127.0.0.2'), await phone('127.0.0.3')];
  const opened = [open(1, transport), open(2, transport)];
  worker.execute([...opened, described(1, a, more), described(2, b, more), JOIN]);
  return { a, b };
}

function tallyOf(leg: string): StreamTally {
  return statistics(leg).streams![0]!;
}

describe('video', () => {
  test('goes both ways octet for octet, whatever it is, with its feedback', async () => {
    const { a, b } = await streaming('rtp');
    const [aRtcp, bRtcp] = [await phone('127.0.0.2'), await phone('127.0.0.3')];
    worker.execute([described(1, a, { claimedRtcp: aRtcp.at }), described(2, b, { claimedRtcp: bRtcp.at })]);
    const picture = rtpPacket({ sequence: 7, payloadType: 96, ssrc: 5, payload: Buffer.alloc(1_200, 9) });
    a.send(picture, at(1));
    expect(await b.next()).toEqual({ packet: picture, from: at(2) });
    const other = rtpPacket({ sequence: 900, payloadType: 111, ssrc: 6, marker: true });
    b.send(other, at(2));
    expect(await a.next()).toEqual({ packet: other, from: at(1) });
    // A picture loss indication (RFC 4585 §6.3.1) names the SSRC that its receiver sends with.
    const lost = Buffer.from([0x81, 206, 0, 2, 0, 0, 0, 6, 0, 0, 0, 5]);
    bRtcp.send(lost, rtcpAt(2));
    expect(await aRtcp.next()).toEqual({ packet: lost, from: rtcpAt(1) });
    await close();
    expect(tallyOf('a')).toMatchObject({
      kind: 'video',
      observed: a.at,
      rtp: { packets: 1, octets: picture.length, sentPackets: 1, lost: 0, foreign: 0 },
      rtcp: { packets: 0, sentPackets: 1 },
    });
    expect(tallyOf('b').rtcp).toMatchObject({ packets: 1, sentPackets: 0 });
  });

  test('has its RTCP on the port of RTP where that was agreed on, before any RTP too', async () => {
    const { a, b } = await streaming('rtp', { rtcpMux: true });
    const stranger = await phone('127.0.0.4');
    stranger.send(rtcpPacket(8), at(1));
    await handled(1);
    a.send(rtcpPacket(9), at(1));
    expect(await b.next()).toEqual({ packet: rtcpPacket(9), from: at(2) });
    await close();
    expect(tallyOf('a').rtcp).toMatchObject({ packets: 1, foreign: 1 });
  });

  test('is taken from its phone alone, whoever else sends, and goes to nobody else', async () => {
    const { a, b } = await streaming('rtp');
    a.send(rtpPacket({ sequence: 1, ssrc: 5 }), at(1));
    await b.next();
    const thief = await phone('127.0.0.66');
    for (let sequence = 2; sequence < 60; sequence++) {
      thief.send(rtpPacket({ sequence, ssrc: 5 }), at(1));
      if (sequence % 10 === 0) {
        await handled(sequence);
        a.send(rtpPacket({ sequence, ssrc: 5 }), at(1));
        await b.next();
        clock.advance(300);
      }
    }
    b.send(rtpPacket({ sequence: 1, ssrc: 6 }), at(2));
    await a.next();
    expect(thief.heard).toEqual([]);
    await close();
    expect(tallyOf('a').rtp.foreign).toBe(58);
    expect(b.heard).toHaveLength(6);
  });

  test('what is no RTP is dropped, held video is not sent, and a flood is cut', async () => {
    const { a, b } = await streaming('rtp');
    a.send(Buffer.alloc(3, 0x80), at(1));
    a.send(Buffer.from([0x80, 201, 0, 9, 0, 0, 0, 1]), at(1));
    a.send(rtpPacket({ sequence: 1 }), rtcpAt(1));
    worker.execute([described(2, b, { receives: false })]);
    a.send(rtpPacket({ sequence: 1 }), at(1));
    await handled(4);
    worker.execute([described(2, b)]);
    for (let sent = 0; sent < 5_010; sent += 30) {
      for (let i = 0; i < 30; i++) a.send(rtpPacket({ sequence: 2 + sent + i, payload: Buffer.alloc(1) }), at(1));
      await handled(4 + sent + 30);
    }
    await close();
    const { rtp, rtcp } = tallyOf('a');
    expect([rtp.malformed + rtcp.malformed, rtp.excess, tallyOf('b').rtp.sentPackets]).toEqual([3, 11, 4_999]);
  });

  test('is opened and protected by keys of each leg', async () => {
    const { a, b } = await streaming('rtp');
    const key = (fill: number) => Buffer.alloc(30, fill).toString('base64');
    const suite = 'AES_CM_128_HMAC_SHA1_80' as const;
    worker.execute([described(1, a, { srtp: { suite, ours: key(1), theirs: key(2) } })]);
    const secure = new SrtpPhone(suite, { sends: key(2), hears: key(1) });
    a.send(rtpPacket({ sequence: 1 }), at(1));
    await handled(1);
    a.send(secure.protect(rtpPacket({ sequence: 2 })), at(1));
    expect((await b.next()).packet).toEqual(rtpPacket({ sequence: 2 }));
    b.send(rtpPacket({ sequence: 3, ssrc: 6 }), at(2));
    expect(secure.open((await a.next()).packet)).toEqual(rtpPacket({ sequence: 3, ssrc: 6 }));
    await close();
    expect(tallyOf('a').rtp).toMatchObject({ unauthentic: 1, packets: 1 });
  });

  test('of a stranger is told by its address, before anything is computed of it', async () => {
    const { a, b } = await streaming('rtp');
    const key = (fill: number) => Buffer.alloc(30, fill).toString('base64');
    const suite = 'AES_CM_128_HMAC_SHA1_80' as const;
    const claimedRtcp = { address: a.at.address, port: a.at.port + 1 };
    worker.execute([described(1, a, { claimedRtcp, srtp: { suite, ours: key(1), theirs: key(2) } })]);
    const secure = new SrtpPhone(suite, { sends: key(2), hears: key(1) });
    a.send(secure.protect(rtpPacket({ sequence: 1 })), at(1));
    await b.next();
    const thief = await phone('127.0.0.66');
    thief.send(rtpPacket({ sequence: 2 }), at(1));
    thief.send(rtcpPacket(8), at(1));
    thief.send(rtcpPacket(8), rtcpAt(1));
    await handled(4);
    await close();
    expect(tallyOf('a')).toMatchObject({
      rtp: { packets: 1, unauthentic: 0, foreign: 1 },
      rtcp: { packets: 0, unauthentic: 0, foreign: 2 },
    });
  });
});

describe('a fax', () => {
  test('passes unread, however short, and its peer is learned', async () => {
    const { a, b } = await streaming('udp');
    const behindNat = await phone('127.0.0.2');
    for (const datagram of [Buffer.from([0]), Buffer.from([0x80, 201, 0, 1, 1]), Buffer.alloc(300, 0xff)]) {
      behindNat.send(datagram, at(1));
      expect((await b.next()).packet).toEqual(datagram);
      b.send(datagram, at(2));
      expect(await behindNat.next()).toEqual({ packet: datagram, from: at(1) });
    }
    const thief = await phone('127.0.0.66');
    thief.send(Buffer.from([1]), at(1));
    a.send(Buffer.from([1]), rtcpAt(1));
    await handled(8);
    expect(thief.heard).toEqual([]);
    await close();
    expect(tallyOf('a')).toMatchObject({
      kind: 'image',
      observed: behindNat.at,
      rtp: { packets: 3, octets: 306, sentPackets: 3, foreign: 1, malformed: 0 },
      rtcp: { packets: 0, foreign: 1 },
    });
  });

  test('keeps a call that has no sound: nobody is missed, and it is not silent', async () => {
    const { a, b } = await streaming('udp');
    const none = { claimed: undefined, claimedRtcp: undefined, receives: false, held: false, laws: [], clockRates: [] };
    const update = (leg: number): Command => ({
      ...{ do: 'update', call: 1, leg, newOffer: true, signalling: undefined },
      media: { ...none, noSound: true },
    });
    worker.execute([{ do: 'supervise', call: 1 }, update(1), update(2)]);
    for (let second = 0; second < 90; second += 30) {
      a.send(Buffer.from([second]), at(1));
      await b.next();
      clock.advance(30_000);
    }
    await reported();
    expect(events().filter(({ kind }) => kind !== 'learned')).toEqual([]);
    clock.advance(40_000);
    await reported();
    expect(events().map(({ kind }) => kind)).toContain('silence');
  });
});

test('a stream goes with its leg, its counts are told, and its pair is lent again', async () => {
  const { a, b } = await streaming('rtp');
  a.send(rtpPacket({ sequence: 1 }), at(1));
  await b.next();
  worker.execute([{ do: 'close-stream', call: 1, stream: STREAMS[0] }]);
  b.send(rtpPacket({ sequence: 1 }), at(2));
  await handled(2);
  worker.execute([{ do: 'close-leg', call: 1, leg: 2 }]);
  await close();
  expect(a.heard).toEqual([]);
  expect([statistics('a').streams!.length, statistics('b').streams!.length]).toEqual([1, 1]);
  clock.advance(31_000);
  await reported();
});

test('streams part when their legs do', async () => {
  const { a, b } = await streaming('rtp');
  a.send(rtpPacket({ sequence: 1 }), at(1));
  await b.next();
  worker.execute([{ do: 'echo', call: 1, leg: 1 }]);
  a.send(rtpPacket({ sequence: 2 }), at(1));
  await handled(2);
  worker.execute([BRIDGE, JOIN]);
  a.send(rtpPacket({ sequence: 3 }), at(1));
  expect((await b.next()).packet).toEqual(rtpPacket({ sequence: 3 }));
});

test('a pair that another process has meanwhile costs the stream, not the call', async () => {
  await start();
  worker.execute(openLegs('127.0.0.2', '127.0.0.3'));
  ports = [1_025, 1_025];
  worker.execute([open(1, 'rtp')]);
  await reported();
  expect(reports.map(({ say }) => say)).toContain('unbound');
  worker.execute([CLOSE]);
  await reported();
  expect(events().map(({ kind }) => kind)).toEqual(['closed']);
});
