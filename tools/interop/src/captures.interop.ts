import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'vitest';
import { Capture } from './capture.ts';
import { ownAddress } from './own-address.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';

const SOUND = 20_000;
const [OURS, PEER] = [ownAddress(80), ownAddress(81)];

const HEAD = [
  'SIP/2.0 200 OK',
  `Via: SIP/2.0/UDP ${PEER}:5070;branch=z9hG4bK1`,
  'From: <sip:201@office.example>;tag=1',
  'To: <sip:202@office.example>;tag=2',
  'Call-ID: planted',
  'CSeq: 1 INVITE',
];

/** An answer whose sound would be at this port. */
function answer(soundPort: number): string {
  const body = `v=0\r\no=- 1 1 IN IP4 ${OURS}\r\ns=-\r\nc=IN IP4 ${OURS}\r\nt=0 0\r\nm=audio ${soundPort} RTP/AVP 8\r\n`;
  return [...HEAD, 'Content-Type: application/sdp', `Content-Length: ${body.length}`, '', body].join('\r\n');
}

/** A datagram from a port of this address to the peer's. */
async function send(packet: Buffer | string, address: string, port: number): Promise<void> {
  const socket = createSocket('udp4').bind(port, address);
  await once(socket, 'listening');
  await new Promise<void>((resolve, reject) => {
    socket.send(packet, port, address === OURS ? PEER : OURS, (fault) => (fault === null ? resolve() : reject(fault)));
  });
  socket.close();
}

scenario(
  'what Wireshark finds wrong in our packets fails the scenario',
  { needs: ['dumpcap', 'tshark'] },
  async (scene) => {
    const sip = await freePorts(2, OURS);
    scene.ours.add(OURS);
    const wire = async (name: string, from: string, packets: readonly (readonly [Buffer | string, number?])[]) => {
      const capture = await Capture.start(scene, { name, filter: `udp and host ${OURS}`, sipPorts: [sip] });
      for (const [packet, port = sip] of packets) await send(packet, from, port);
      await capture.stop();
    };
    // A header that tells of 15 sources where there is no room for them.
    const sound = Buffer.from([0x8f, 8, ...new Array<number>(14).fill(0)]);
    const empty = [...HEAD, 'Content-Length: 0', '', ''].join('\r\n');

    await wire('good', OURS, [[answer(SOUND)], [empty]]);
    await expect(scene.judged()).resolves.toBeUndefined();
    await wire('others', PEER, [[answer(99_999)], [sound, SOUND]]);
    await expect(scene.judged()).resolves.toBeUndefined();
    await wire('description', OURS, [[answer(SOUND)], [answer(99_999)]]);
    await expect(scene.judged()).rejects.toThrow(
      /with what we sent \(1\): frame 2 from port \d+: .*Invalid media port/,
    );
    await wire('sound', OURS, [[answer(SOUND)], [sound, SOUND]]);
    await expect(scene.judged()).rejects.toThrow(new RegExp(`frame 2 from port ${SOUND}: .*Malformed`));
  },
);
