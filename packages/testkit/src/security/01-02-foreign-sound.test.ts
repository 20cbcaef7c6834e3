import { rtcpPacket, rtpPacket, type UdpPhone } from '@vats/media/testing';
import { expect } from 'vitest';
import { type SoundScene, withSound } from './loopback.ts';

type Ports = ReturnType<SoundScene['talk']>;

const ALICES_SSRC = 0xa11ce;
const BOBS_SSRC = 0xb0b;
const PACKETS = 50;

/** Numbers of the packets that a phone got. */
function sequences({ heard }: UdpPhone): number[] {
  return heard.map(({ packet }) => packet.readUInt16BE(2));
}

function bothSpeak({ alice, bob }: SoundScene, { a, b }: Ports, sequence: number): void {
  alice.rtp.send(rtpPacket({ sequence, ssrc: ALICES_SSRC }), a.rtp);
  bob.rtp.send(rtpPacket({ sequence, ssrc: BOBS_SSRC }), b.rtp);
  alice.rtcp.send(rtcpPacket(ALICES_SSRC), a.rtcp);
  bob.rtcp.send(rtcpPacket(BOBS_SSRC), b.rtcp);
}

/** Both have heard what the other said last, so whatever came to any port before that has been handled. */
async function bothHear({ alice, bob }: SoundScene, sequence: number): Promise<void> {
  for (const phone of [alice, bob]) {
    expect((await phone.rtp.next()).packet.readUInt16BE(2)).toBe(sequence);
    await phone.rtcp.next();
  }
}

/** Fifty packets to each port of both legs, as if they went on where each phone stopped. */
function talksInto(thief: UdpPhone, { a, b }: Ports, from: number): void {
  for (let sequence = from; sequence < from + PACKETS; sequence++) {
    thief.send(rtpPacket({ sequence, ssrc: ALICES_SSRC }), a.rtp);
    thief.send(rtpPacket({ sequence, ssrc: BOBS_SSRC }), b.rtp);
  }
  for (const port of [a.rtp, a.rtcp, b.rtp, b.rtcp]) thief.send(rtcpPacket(ALICES_SSRC), port);
}

/** The phones speak, a third party goes on at once in their names, and the phones speak again. */
async function isTalkedInto(scene: SoundScene, ports: Ports, thief: UdpPhone, sequence: number): Promise<void> {
  bothSpeak(scene, ports, sequence);
  talksInto(thief, ports, sequence + 1);
  await bothHear(scene, sequence);
  bothSpeak(scene, ports, sequence + 1);
  await bothHear(scene, sequence + 1);
}

function heardNothingElse({ alice, bob }: SoundScene, expected: readonly number[]): void {
  for (const phone of [alice, bob]) {
    expect(sequences(phone.rtp)).toEqual(expected);
    expect(phone.rtcp.heard).toHaveLength(expected.length);
  }
}

withSound(
  'security 1: no packet from a third address moves a call: none leaves to it, and the two go on hearing each other',
  async (scene) => {
    const ports = scene.talk();
    const thief = await scene.socketAt('127.0.0.66');
    await isTalkedInto(scene, ports, thief, 1);
    await isTalkedInto(scene, ports, thief, 3);
    expect(thief.heard).toEqual([]);
    heardNothingElse(scene, [1, 2, 3, 4]);
  },
);

withSound(
  'security 1: nor when it was there first: sound goes where the phones said, from the first packet on',
  async (scene) => {
    const ports = scene.talk();
    const thief = await scene.socketAt('127.0.0.66');
    talksInto(thief, ports, 1);
    bothSpeak(scene, ports, 1);
    await bothHear(scene, 1);
    expect(thief.heard).toEqual([]);
  },
);

withSound(
  'security 2: of packets with a guessed SSRC and sequence none is forwarded, before the phones have spoken or after',
  async (scene) => {
    const ports = scene.talk();
    const thief = await scene.socketAt('127.0.0.66');
    talksInto(thief, ports, 1);
    bothSpeak(scene, ports, 100);
    await bothHear(scene, 100);
    await isTalkedInto(scene, ports, thief, 101);
    heardNothingElse(scene, [100, 101, 102]);
  },
);

withSound(
  "security 2: nor from another port of the phone's own address, where somebody else may be behind the same NAT",
  async (scene) => {
    const ports = scene.talk();
    // Who is at that address is believed until the phone itself has spoken, and datagrams of two sockets may overtake each other.
    bothSpeak(scene, ports, 1);
    await bothHear(scene, 1);
    for (const [address, sequence] of [
      ['127.0.0.2', 2],
      ['127.0.0.3', 4],
    ] as const) {
      const neighbour = await scene.socketAt(address);
      await isTalkedInto(scene, ports, neighbour, sequence);
      expect(neighbour.heard).toEqual([]);
    }
    heardNothingElse(scene, [1, 2, 3, 4, 5]);
  },
);

withSound('security 2: one phone does not speak for the other', async (scene) => {
  const ports = scene.talk();
  bothSpeak(scene, ports, 1);
  // Bob knows his own port of the switch; Alice's he can guess.
  for (let sequence = 2; sequence < PACKETS; sequence++) {
    scene.bob.rtp.send(rtpPacket({ sequence, ssrc: ALICES_SSRC }), ports.a.rtp);
  }
  await bothHear(scene, 1);
  bothSpeak(scene, ports, 2);
  await bothHear(scene, 2);
  heardNothingElse(scene, [1, 2]);
});
