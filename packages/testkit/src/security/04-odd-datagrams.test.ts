import { SeededRandom } from '@vats/kernel/testing';
import { rtcpPacket, rtpPacket } from '@vats/media/testing';
import { expect } from 'vitest';
import { withSound } from './loopback.ts';

/** An RTP header of version 2 with these first and further octets. */
const rtp = (first: number, ...rest: number[]): Buffer =>
  Buffer.from([first, 0x08, 0, 9, 0, 0, 0, 160, 0xde, 0xad, 0xbe, 0xef, ...rest]);

/** No RTP and no RTCP, each for another reason. */
const ODD: readonly Buffer[] = [
  ...Array.from({ length: 12 }, (_, length) => Buffer.alloc(length, 0x80)),
  ...Array.from({ length: 12 }, (_, length) => rtp(0x80).subarray(0, length)),
  ...[0x00, 0x40, 0xc0].map((version) => rtp(version)),
  rtp(0x8f), // fifteen CSRCs that are not there
  rtp(0x90), // an extension that is not there
  rtp(0x90, 0xbe, 0xde, 0xff, 0xff, 1, 2, 3, 4), // an extension of 262,140 octets
  rtp(0xa0, 1, 2, 0), // padding of no octets
  rtp(0xa0, 1, 2, 4), // padding that would reach into the header
  rtp(0xa0, 255),
  rtp(0xa0), // no octet to count the padding
  rtp(0xbf, 1),
  Buffer.from([0x80, 201, 0, 9, 0, 0, 0, 7]), // RTCP longer than its datagram
  Buffer.from([0x80, 201, 0xff, 0xff, 0, 0, 0, 7]),
  Buffer.from([0x80, 201, 0, 0]), // no SSRC
  Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 7, 0x81, 202, 0, 2]), // a torn second part
  Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0]), // octets behind the last part
  Buffer.from([0x40, 201, 0, 1, 0, 0, 0, 7]),
  Buffer.from([0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42]), // STUN
  Buffer.from([22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), // DTLS
  Buffer.from('OPTIONS sip:a@b SIP/2.0\r\n\r\n'),
];

withSound(
  'security 4: short and odd datagrams are dropped on every port, whoever sends them, and the call goes on',
  async ({ alice, bob, socketAt, talk }) => {
    const { a, b } = talk();
    const stranger = await socketAt('127.0.0.66');
    const says = async (sequence: number): Promise<void> => {
      alice.rtp.send(rtpPacket({ sequence }), a.rtp);
      expect((await bob.rtp.next()).packet).toEqual(rtpPacket({ sequence }));
      bob.rtp.send(rtpPacket({ sequence }), b.rtp);
      expect((await alice.rtp.next()).packet).toEqual(rtpPacket({ sequence }));
      alice.rtcp.send(rtcpPacket(), a.rtcp);
      expect((await bob.rtcp.next()).packet).toEqual(rtcpPacket());
      bob.rtcp.send(rtcpPacket(), b.rtcp);
      expect((await alice.rtcp.next()).packet).toEqual(rtcpPacket());
    };
    const throws = (): void => {
      for (const odd of ODD) {
        for (const port of [a.rtp, a.rtcp, b.rtp, b.rtcp]) stranger.send(odd, port);
        alice.rtp.send(odd, a.rtp);
        alice.rtcp.send(odd, a.rtcp);
        bob.rtp.send(odd, b.rtp);
        bob.rtcp.send(odd, b.rtcp);
      }
    };
    throws(); // before anybody is known
    await says(1);
    throws();
    await says(2);
    for (const socket of [alice.rtp, alice.rtcp, bob.rtp, bob.rtcp]) expect(socket.heard).toHaveLength(2);
    expect(stranger.heard).toEqual([]);
  },
);

withSound('security 4: whatever octets come, of whatever length, the call goes on', async ({ alice, bob, talk }) => {
  const { a } = talk();
  const random = new SeededRandom(4);
  for (let round = 0; round < 8; round++) {
    for (let count = 0; count < 50; count++) {
      const octets = random.bytes(random.below(60));
      // Half of them begin as RTP or RTCP does, so that more than the first octet is looked at.
      if (octets.length > 1 && count % 2 === 0) octets[0] = 0x80 | random.below(64);
      if (octets.length > 1 && count % 4 === 0) octets[1] = 200 + random.below(5);
      alice.rtp.send(octets, a.rtp);
      alice.rtcp.send(octets, a.rtcp);
    }
    // No more at once than a socket's buffer holds: nothing may get lost before it is looked at.
    alice.rtp.send(rtpPacket({ sequence: round, payload: Buffer.from('the end') }), a.rtp);
    while (!(await bob.rtp.next()).packet.includes('the end'));
  }
});
