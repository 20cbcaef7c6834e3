import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { expectTone } from './judge.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { purity } from './sound.ts';
import { Switch } from './switch.ts';
import { call, NEEDS, TONE } from './two-phones.ts';

const STRANGER = '127.0.0.66';
const PORTS = { first: 24_000, last: 24_039 };
/** No phone's sound: the payload of every packet of the attacker's. */
const NOISE = 0x2a;

/** Somebody without any account who sprays RTP, RTCP and less at every media port of the switch, and waits for what comes back. */
class Bleeder {
  readonly #socket = createSocket('udp4');
  readonly #at: string;
  sent = 0;
  /** Datagrams that the switch sent to it: stolen sound. */
  stolen = 0;
  #round = 0;
  #timer: NodeJS.Timeout | undefined;

  static async open(scene: Scene, at: string): Promise<Bleeder> {
    const bleeder = new Bleeder(at);
    bleeder.#socket.bind({ port: 40_000, address: STRANGER });
    await once(bleeder.#socket, 'listening');
    scene.own('the attacker', () => bleeder.#close());
    return bleeder;
  }

  private constructor(at: string) {
    this.#at = at;
    this.#socket.on('message', () => void this.stolen++);
    // A port that nobody has answers by ICMP.
    this.#socket.on('error', () => {});
  }

  /** From now on every port gets a round of packets each 20 ms. */
  spray(): void {
    this.#timer ??= setInterval(() => this.#sprayOnce(), 20);
  }

  #close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #sprayOnce(): void {
    this.#round++;
    for (let port = PORTS.first; port <= PORTS.last; port++) {
      for (const packet of this.#packets(port)) {
        this.#socket.send(packet, port, this.#at, () => {});
        this.sent++;
      }
    }
  }

  *#packets(port: number): Generator<Buffer> {
    const round = this.#round;
    // A stream of its own at each port: one that keeps its SSRC, and one that guesses another each time.
    yield rtp(port, round, round * 160);
    yield rtp((round * 2_654_435_761 + port) >>> 0, (round * 40_503) & 0xffff, round);
    if (round % 10 === 0) {
      yield Buffer.from([0x80, 200, 0, 6, ...Array.from({ length: 24 }, () => round & 0xff)]);
      yield Buffer.from([0x80, 203, 0, 1, 0, 0, 0, 1]);
      yield Buffer.alloc(round % 64, 0x80);
    }
  }
}

function rtp(ssrc: number, sequence: number, timestamp: number): Buffer {
  const packet = Buffer.alloc(172, NOISE);
  packet.set([0x80, 8]);
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.writeUInt32BE(ssrc >>> 0, 8);
  return packet;
}

scenario(
  'a stranger sprays every media port before, in and between calls: nothing is stolen, nothing is heard',
  { needs: NEEDS },
  async (scene) => {
    const vats = await Switch.start(scene, {
      pbx: pbxFile({ recording: 'all' }),
      mediaPorts: `${PORTS.first}-${PORTS.last}`,
    });
    const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port] });
    const [anna, boris] = await Promise.all([
      Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: TONE.anna }),
      Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: TONE.boris }),
    ]);
    await Promise.all([anna.registered(), boris.registered()]);
    const bleeder = await Bleeder.open(scene, vats.sip.address);
    bleeder.spray();

    await call(anna, boris, BORIS.extension);
    await wait(3_000);
    // A hold is an offer, after which a phone may come from another port.
    await anna.hold();
    await wait(1_500);
    await anna.resume();
    await wait(1_500);
    // A phone that is not heard for three seconds may have moved: the stranger is not it.
    boris.signal('SIGSTOP');
    await wait(4_500);
    boris.signal('SIGCONT');
    await wait(2_000);
    await anna.hangUp();
    await boris.event('CALL_CLOSED');
    await vats.idle();

    expect(bleeder.sent).toBeGreaterThan(20_000);
    expect(bleeder.stolen).toBe(0);
    const [recording] = await vats.recordings();
    const file = recording?.file as string;
    for (const [channel, tone] of [[1, TONE.anna] as const, [2, TONE.boris] as const]) {
      await expectTone(file, tone, { channel, from: 0.5, length: 2 });
      expect(await purity(file, tone, { channel, from: 0.5, length: 2.2 }), `channel ${channel}`).toBeGreaterThan(0.98);
    }
    await expectTone(anna.heard()[0] as string, TONE.boris, { from: 0.5, length: 2 });
    await expectTone(boris.heard()[0] as string, TONE.anna, { from: 0.5, length: 2 });

    await Promise.all([anna.stop(), boris.stop()]);
    expect(await vats.stop()).toEqual({ code: 0, signal: null });
    await wire.stop();
    const noise = Array.from({ length: 16 }, () => NOISE.toString(16)).join(':');
    expect(await wire.rows(`ip.src == ${STRANGER} && frame.number < 1000 && udp`, ['frame.number'])).not.toEqual([]);
    expect(
      await wire.rows(`ip.src == ${vats.sip.address} && !icmp && udp contains ${noise}`, ['frame.number']),
    ).toEqual([]);
    expect(await wire.rows(`ip.dst == ${STRANGER} && udp && !icmp`, ['frame.number'])).toEqual([]);
  },
);
