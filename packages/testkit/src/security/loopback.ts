import { Ledger, SystemClock } from '@vats/kernel';
import { startMediaPlane } from '@vats/media';
import { UdpPhone } from '@vats/media/testing';
import { expect, test } from 'vitest';
import { Actor } from '../actor.ts';
import { PHONES } from '../cast.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { end } from '../scenarios/acts.ts';
import { AFTERMATH_MS, World } from '../world.ts';

/** Where on the loopback the switch's sound comes and goes; no other test uses these ports. */
const PORTS = { first: 44_000, last: 44_039 };

/** A phone whose signalling is on the network in memory and whose sound is real. */
export interface SoundPhone {
  readonly actor: Actor;
  readonly rtp: UdpPhone;
  readonly rtcp: UdpPhone;
  readonly sdp: string;
}

/** Where one leg of a call takes sound. */
export interface LegPorts {
  readonly rtp: { readonly address: string; readonly port: number };
  readonly rtcp: { readonly address: string; readonly port: number };
}

export interface SoundScene {
  readonly world: World;
  readonly alice: SoundPhone;
  readonly bob: SoundPhone;
  /**
   * Calls; what comes back is where alice's and where bob's sound must go.
   *
   * @param offer what alice says instead of `alice.sdp`
   */
  talk(offer?: string): { readonly a: LegPorts; readonly b: LegPorts };
  /** A socket of somebody else, closed at the end. */
  socketAt(address: string): Promise<UdpPhone>;
}

/**
 * A whole switch with the real media plane: signalling in memory under a fake clock, sound over the loopback. Nothing in it
 * waits for time: whoever wants to know that a datagram was dropped sends a good one behind it, to the same port, and waits
 * for that. At the end alice hangs up, the call must have ended once and for that reason, and nothing may be left over.
 */
export function withSound(title: string, play: (scene: SoundScene) => Promise<void>): void {
  test(title, async () => {
    const ledger = new Ledger();
    const plane = await startMediaPlane({
      addresses: { 4: '127.0.0.1' },
      ports: PORTS,
      workers: 1,
      clock: new SystemClock(),
      ledger,
    });
    const sockets: UdpPhone[] = [];
    const socketAt = async (address: string): Promise<UdpPhone> => {
      const socket = await UdpPhone.open(address);
      sockets.push(socket);
      return socket;
    };
    const world = await World.open({ cast: [], plane });
    try {
      const alice = await soundPhone(world, 'alice', '127.0.0.2', socketAt);
      const bob = await soundPhone(world, 'bob', '127.0.0.3', socketAt);
      const talk = (offer = alice.sdp): { a: LegPorts; b: LegPorts } => {
        alice.actor.invites('202', { sdp: offer });
        bob.actor.answers({ sdp: bob.sdp });
        alice.actor.hears('200 INVITE');
        bob.actor.expects('ACK');
        return { a: portsIn(alice), b: portsIn(bob) };
      };
      await play({ world, alice, bob, talk, socketAt });
      end(alice.actor, bob.actor);
      alice.actor.hearsNothing();
      bob.actor.hearsNothing();
      await until(() => world.endings().length > 0);
      expect(world.endings().map(({ failure }) => failure)).toEqual(['caller-hung-up']);
      expect(world.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
      world.passes(AFTERMATH_MS);
      expect([...world.leftovers(), ...ledger.leftovers()]).toEqual([]);
    } finally {
      for (const socket of sockets) socket.close();
      await world.close();
      await plane.close();
    }
  });
}

/** Waits for something that the media thread has yet to say, however long it takes. */
export async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setImmediate(resolve));
}

async function soundPhone(
  world: World,
  name: 'alice' | 'bob',
  address: string,
  socketAt: (address: string) => Promise<UdpPhone>,
): Promise<SoundPhone> {
  const phone = await world.stage.phone({ ...PHONES[name], local: { address, port: 5060 } });
  const actor = new Actor(phone, world.stage);
  await actor.registers();
  const [rtp, rtcp] = [await socketAt(address), await socketAt(address)];
  const sdp = `${phone.sdp({ port: rtp.at.port })}a=rtcp:${rtcp.at.port}\r\n`;
  return { actor, rtp, rtcp, sdp };
}

function portsIn(phone: SoundPhone): LegPorts {
  const { address, port } = readSdp(phone.actor.call.remoteSdp ?? '');
  return { rtp: { address, port }, rtcp: { address, port: port + 1 } };
}
