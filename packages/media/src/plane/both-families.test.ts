import { SystemClock } from '@vats/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rtcpPacket, rtpPacket, UdpPhone } from '../testing/udp-phone.ts';
import type { MediaPlane } from './media-plane.ts';
import { startMediaPlane } from './start-media-plane.ts';
import { mediaOf, openCall, says } from './testing/real-plane.ts';

// The real thing: a thread and its sockets, on both loopbacks.
const clock = new SystemClock();
let plane: MediaPlane;

beforeAll(async () => {
  plane = await startMediaPlane({
    addresses: { 4: '127.0.0.1', 6: '::1' },
    ports: { first: 46_000, last: 46_039 },
    workers: 1,
    warmPairs: 8,
    clock,
  });
});

afterAll(() => plane.close());

describe('a caller over IPv4 and a callee over IPv6', () => {
  test('hear each other and each other’s reports, and each stays in its own family', async () => {
    const [a, aRtcp] = [await UdpPhone.open('127.0.0.2'), await UdpPhone.open('127.0.0.2')];
    const [b, bRtcp] = [await UdpPhone.open('::1'), await UdpPhone.open('::1')];
    const { call, closed } = openCall(plane, 'from 4 to 6');
    const legA = call.openLeg('a', { family: 4, signalling: '127.0.0.2' })!;
    const legB = call.openLeg('b', { family: 6, signalling: '::1' })!;
    expect([legA.local.address, legB.local.address]).toEqual(['127.0.0.1', '::1']);
    legA.update(mediaOf(a, aRtcp), { newOffer: true });
    legB.update(mediaOf(b, bRtcp), { newOffer: true });
    call.bridge(legA, legB);
    for (let sequence = 0; sequence < 20; sequence++) {
      await says(a, legA, b, legB, rtpPacket({ sequence, ssrc: 4 }));
      await says(b, legB, a, legA, rtpPacket({ sequence, ssrc: 6 }));
    }
    aRtcp.send(rtcpPacket(4), { ...legA.local, port: legA.local.rtcpPort });
    expect((await bRtcp.next()).packet).toEqual(rtcpPacket(4));
    bRtcp.send(rtcpPacket(6), { ...legB.local, port: legB.local.rtcpPort });
    expect((await aRtcp.next()).packet).toEqual(rtcpPacket(6));
    call.close();
    expect(await closed).toMatchObject({
      legs: [
        { observed: a.at, rtp: { packets: 20, sentPackets: 20 }, rtcp: { packets: 1, sentPackets: 1 } },
        { observed: b.at, rtp: { packets: 20, sentPackets: 20 }, rtcp: { packets: 1, sentPackets: 1 } },
      ],
    });
    for (const each of [a, aRtcp, b, bRtcp]) each.close();
  });

  test('are learned where they speak, each in its own family, when they claim nothing', async () => {
    const [a, b] = [await UdpPhone.open('127.0.0.2'), await UdpPhone.open('::1')];
    const { call, closed } = openCall(plane, 'learned');
    const legA = call.openLeg('a', { family: 4, signalling: '127.0.0.2' })!;
    const legB = call.openLeg('b', { family: 6, signalling: '::1' })!;
    legA.update({ ...mediaOf(a), claimed: undefined }, { newOffer: true });
    legB.update({ ...mediaOf(b), claimed: undefined }, { newOffer: true });
    call.bridge(legA, legB);
    // What comes before its hearer is known goes nowhere.
    while (b.heard.length === 0) {
      b.send(rtpPacket({ sequence: 1 }), legB.local);
      a.send(rtpPacket({ sequence: 1 }), legA.local);
      await new Promise((resolve) => setImmediate(resolve));
    }
    call.close();
    expect(await closed).toMatchObject({ legs: [{ observed: a.at }, { observed: b.at }] });
    for (const each of [a, b]) each.close();
  });
});
