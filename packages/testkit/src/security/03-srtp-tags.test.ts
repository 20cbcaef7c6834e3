import { rtcpPacket, rtpPacket, SrtpPhone } from '@vats/media/testing';
import { expect } from 'vitest';
import { withSound } from './loopback.ts';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const [KEY, ANOTHER] = [1, 2].map((octet) => Buffer.alloc(30, octet).toString('base64')) as [string, string];

withSound(
  'security 3: from the very address that the phone named nothing without a right tag, and no copy of anything, is heard or followed',
  async ({ alice, bob, talk, world }) => {
    const offer = alice.sdp
      .replace('RTP/AVP', 'RTP/SAVP')
      .replace('a=rtpmap', `a=crypto:1 ${SUITE} inline:${KEY}\r\na=rtpmap`);
    const { a, b } = talk(offer);
    const ours = /inline:(\S+)/.exec(alice.actor.call.remoteSdp ?? '')?.[1] ?? '';
    const phone = new SrtpPhone(SUITE, { sends: KEY, hears: ours });
    const attacker = new SrtpPhone(SUITE, { sends: ANOTHER, hears: ours });
    for (let sequence = 1; sequence <= 50; sequence++) {
      alice.rtp.send(rtpPacket({ sequence }), a.rtp);
      alice.rtp.send(attacker.protect(rtpPacket({ sequence })), a.rtp);
      alice.rtcp.send(rtcpPacket(), a.rtcp);
    }
    const first = phone.protect(rtpPacket({ sequence: 1 }));
    for (let copy = 0; copy < 50; copy++) alice.rtp.send(first, a.rtp);
    alice.rtp.send(phone.protect(rtpPacket({ sequence: 2 })), a.rtp);
    for (const sequence of [1, 2]) expect((await bob.rtp.next()).packet).toEqual(rtpPacket({ sequence }));
    bob.rtp.send(rtpPacket({ sequence: 9, ssrc: 7 }), b.rtp);
    const heard = (await alice.rtp.next()).packet;
    expect(heard).not.toEqual(rtpPacket({ sequence: 9, ssrc: 7 }));
    expect(phone.open(heard)).toEqual(rtpPacket({ sequence: 9, ssrc: 7 }));
    expect([bob.rtp.heard.length, bob.rtcp.heard.length]).toEqual([2, 0]);
    for (const key of [KEY, ours]) expect(JSON.stringify([world.log.lines, world.events])).not.toContain(key);
  },
);
