import { describe, expect, test } from 'vitest';
import { DROPPED } from '../sdp/leg-media.ts';
import { rtcpPacket, rtpPacket } from '../testing/udp-phone.ts';
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
  rtcpPort,
  rtpPort,
  start,
  statistics,
  update,
  useWorker,
  worker,
} from './testing/worker-here.ts';

useWorker(41_000);

describe('the relay', () => {
  test('what one side says the other hears, octet for octet, from its own leg port', async () => {
    const { a, b } = await call();
    a.send(rtpPacket({ sequence: 1, ssrc: 7 }), rtpPort(1));
    b.send(rtpPacket({ sequence: 9, ssrc: 8 }), rtpPort(2));
    expect(await b.next()).toEqual({ packet: rtpPacket({ sequence: 1, ssrc: 7 }), from: rtpPort(2) });
    expect(await a.next()).toEqual({ packet: rtpPacket({ sequence: 9, ssrc: 8 }), from: rtpPort(1) });
    await close();
    expect(statistics('a')).toMatchObject({
      claimed: a.at,
      observed: a.at,
      rtp: { packets: 1, octets: 172, sentPackets: 1, sentOctets: 172, foreign: 0 },
    });
    expect(events().filter((event) => event.kind === 'learned')).toHaveLength(2);
  });

  test('RTCP goes its own way: to the claimed port, to a learned one, or multiplexed', async () => {
    const { a, b } = await call();
    const aRtcp = await phone('127.0.0.2');
    const bRtcp = await phone('127.0.0.3');
    worker.execute([update(2, media(b, { claimedRtcp: bRtcp.at }), false)]);
    aRtcp.send(rtcpPacket(1), rtcpPort(1));
    expect(await bRtcp.next()).toEqual({ packet: rtcpPacket(1), from: rtcpPort(2) });
    bRtcp.send(rtcpPacket(2), rtcpPort(2));
    expect((await aRtcp.next()).packet).toEqual(rtcpPacket(2));
    // The caller's phone was never told that it may multiplex, and does.
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    await b.next();
    a.send(rtcpPacket(3), rtpPort(1));
    expect((await bRtcp.next()).packet).toEqual(rtcpPacket(3));
    await close();
    expect(statistics('a').rtcp).toMatchObject({ packets: 2, sentPackets: 1 });
  });

  test('RTCP goes to the port of RTP where that was agreed on, and is taken from there alone', async () => {
    const { a, b } = await call();
    const stranger = await phone('127.0.0.4');
    worker.execute([update(1, media(a, { rtcpMux: true }), false)]);
    // A phone that is silent has its reports taken from where its sound would come; they teach nothing.
    stranger.send(rtcpPacket(1), rtpPort(1));
    a.send(rtcpPacket(2), rtpPort(1));
    await handled(2);
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    await b.next();
    const other = await phone('127.0.0.2');
    other.send(rtcpPacket(3), rtpPort(1));
    await handled(4);
    b.send(rtcpPacket(4), rtcpPort(2));
    expect(await a.next()).toEqual({ packet: rtcpPacket(4), from: rtpPort(1) });
    // Reports of our own go there too, once the other side's do not come.
    for (let second = 0; second < 13; second++) clock.advance(1_000);
    const { packet, from } = await a.next();
    expect([packet[1], from]).toEqual([201, rtpPort(1)]);
    await close();
    expect(statistics('a').rtcp).toMatchObject({ packets: 1, foreign: 2, sentPackets: 2 });
  });

  test('payload types are rewritten each way, markers kept; what the other side never agreed to is dropped', async () => {
    const { a, b } = await call({
      ...BRIDGE,
      aToB: [[101, 96]],
      bToA: [
        [96, 101],
        [97, DROPPED],
      ],
    });
    a.send(rtpPacket({ sequence: 1, payloadType: 101, marker: true }), rtpPort(1));
    expect((await b.next()).packet.subarray(0, 2)).toEqual(Buffer.from([0x80, 0x80 | 96]));
    b.send(rtpPacket({ sequence: 1, payloadType: 97 }), rtpPort(2));
    b.send(rtpPacket({ sequence: 2, payloadType: 96 }), rtpPort(2));
    expect((await a.next()).packet).toEqual(
      rtpPacket({ sequence: 2, payloadType: 101, payload: Buffer.alloc(160, 2) }),
    );
    await close();
    expect(statistics('b').rtp).toMatchObject({ packets: 2, unmapped: 1 });
  });

  test('checklist 4: what is no RTP or RTCP is dropped and counted, and breaks nothing', async () => {
    const { a, b } = await call();
    for (let length = 0; length < 12; length++) a.send(Buffer.alloc(length, 0x80), rtpPort(1));
    a.send(rtpPacket({ sequence: 1 }).fill(0xff, 0, 1), rtpPort(1));
    a.send(Buffer.from([0x80, 201, 0, 9, 0, 0, 0, 1]), rtpPort(1));
    a.send(Buffer.from([0x80, 201, 0, 9, 0, 0, 0, 1]), rtcpPort(1));
    a.send(rtpPacket({ sequence: 2 }), rtcpPort(1));
    await handled(16);
    a.send(rtpPacket({ sequence: 3 }), rtpPort(1));
    expect((await b.next()).packet).toEqual(rtpPacket({ sequence: 3 }));
    await close();
    const { rtp, rtcp } = statistics('a');
    expect(rtp.malformed + rtcp.malformed).toBe(16);
  });

  test('a leg that says sendonly or inactive gets nothing, and is heard all the same', async () => {
    const { a, b } = await call();
    worker.execute([update(1, media(a, { receives: false, held: true }))]);
    b.send(rtpPacket({ sequence: 1 }), rtpPort(2));
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    await handled(2);
    worker.execute([update(1, media(a))]);
    b.send(rtpPacket({ sequence: 2 }), rtpPort(2));
    expect((await a.next()).packet).toEqual(rtpPacket({ sequence: 2 }));
  });

  test('echo sends a leg its own sound, not its own RTCP', async () => {
    await start();
    const a = await phone('127.0.0.2');
    worker.execute([...openLegs('127.0.0.2'), update(1, media(a)), { do: 'echo', call: 1, leg: 1 }]);
    a.send(rtcpPacket(), rtcpPort(1));
    await handled(1);
    a.send(rtpPacket({ sequence: 5 }), rtpPort(1));
    expect(await a.next()).toEqual({ packet: rtpPacket({ sequence: 5 }), from: rtpPort(1) });
    await close();
    expect(statistics('a').rtcp).toMatchObject({ packets: 1, sentPackets: 0 });
  });

  test('a leg is parted from its peer by unbridge, by another bridge, and by closing', async () => {
    const { a, b } = await call();
    const c = await phone('127.0.0.4');
    const open = openLegs('127.0.0.2', '127.0.0.3', '127.0.0.4').at(-1)!;
    worker.execute([open, update(3, media(c)), { do: 'bridge', call: 1, a: 1, b: 3, aToB: [], bToA: [] }]);
    b.send(rtpPacket({ sequence: 1 }), rtpPort(2));
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    await c.next();
    await handled(2);
    c.send(rtpPacket({ sequence: 2 }), rtpPort(3));
    expect((await a.next()).packet).toEqual(rtpPacket({ sequence: 2 }));
    worker.execute([{ do: 'close-leg', call: 1, leg: 3 }]);
    a.send(rtpPacket({ sequence: 2 }), rtpPort(1));
    await handled(4);
    worker.execute([BRIDGE]);
    a.send(rtpPacket({ sequence: 3 }), rtpPort(1));
    await b.next();
    worker.execute([{ do: 'unbridge', call: 1, leg: 2 }]);
    await close();
    expect(b.heard.map(({ packet }) => packet.readUInt16BE(2))).toEqual([3]);
    expect(a.heard).toHaveLength(1);
    expect(statistics('c').rtp).toMatchObject({ packets: 1 });
  });

  test('who comes to speak behind a leg goes on in the stream that it hears, and its reports too', async () => {
    const { a, b } = await call();
    const c = await phone('127.0.0.4');
    const bRtcp = await phone('127.0.0.3');
    const cRtcp = await phone('127.0.0.4');
    worker.execute([update(2, media(b, { claimedRtcp: bRtcp.at }), false)]);
    a.send(rtpPacket({ sequence: 10, timestamp: 1_600, ssrc: 7 }), rtpPort(1));
    await b.next();
    const open = openLegs('127.0.0.2', '127.0.0.3', '127.0.0.4').at(-1)!;
    const said = media(c, { claimedRtcp: cRtcp.at });
    worker.execute([open, update(3, said), { do: 'bridge', call: 1, a: 3, b: 2, aToB: [], bToA: [] }]);
    clock.advance(100);
    c.send(rtpPacket({ sequence: 900, timestamp: 5, ssrc: 8 }), rtpPort(3));
    expect((await b.next()).packet).toEqual(
      rtpPacket({
        sequence: 11,
        timestamp: 1_600 + 800,
        ssrc: 7,
        marker: true,
        payload: Buffer.alloc(160, 900 & 0xff),
      }),
    );
    cRtcp.send(rtcpPacket(8), rtcpPort(3));
    expect((await bRtcp.next()).packet).toEqual(rtcpPacket(7));
    // What b says of the stream that it hears is said to c of the one that it sends.
    const report = Buffer.concat([rtcpPacket(99), Buffer.alloc(24)]);
    report.set([0x81, 201, 0, 7]);
    report.writeUInt32BE(7, 8);
    report.writeUInt32BE(11, 16);
    bRtcp.send(report, rtcpPort(2));
    const { packet } = await cRtcp.next();
    expect([packet.readUInt32BE(8), packet.readUInt32BE(16) & 0xffff]).toEqual([8, 900]);
  });

  test('a flood from the peer itself is cut at a thousand packets a second', async () => {
    const { a, b } = await call();
    for (let i = 0; i < 1_100; i++) {
      a.send(rtpPacket({ sequence: i, payload: Buffer.alloc(1) }), rtpPort(1));
      if (i % 50 === 49) await handled(i + 1);
    }
    clock.advance(1_000);
    a.send(rtpPacket({ sequence: 2_000 }), rtpPort(1));
    while ((await b.next()).packet.readUInt16BE(2) !== 2_000);
    await close();
    expect(b.heard).toHaveLength(1_001);
    expect(statistics('a').rtp).toMatchObject({ packets: 1_001, excess: 100 });
  });
});
