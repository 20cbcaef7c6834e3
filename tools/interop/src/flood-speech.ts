import { createSocket, type Socket } from 'node:dgram';
import type { Endpoint } from '@vats/kernel';
import type { Scene } from './scene.ts';

const PACKET_MS = 20;
const [HEADER, PAYLOAD, PCMA] = [12, 160, 8];

/** One side's sound in a call: packets that carry a number and the time, and a book of those that came from the other side. */
export class FloodSpeech {
  /** The switch's end. */
  to: Endpoint | undefined;
  readonly #socket: Socket;
  readonly #packet = Buffer.alloc(HEADER + PAYLOAD, 0xd5);
  readonly #heard = new Set<number>();
  readonly #delays: number[] = [];
  #sent = 0;
  #begun = 0;

  static async open(scene: Scene, address: string): Promise<FloodSpeech> {
    const socket = createSocket({ type: 'udp4', lookup: (name, _, answer) => answer(null, name, 4) });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, address, resolve);
    });
    const speech = new FloodSpeech(socket);
    const timer = setInterval(() => speech.#speak(), PACKET_MS);
    scene.own('sound', () => {
      clearInterval(timer);
      socket.close();
    });
    return speech;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('message', (octets) => {
      if (octets.length !== this.#packet.length) return;
      this.#heard.add(octets.readUInt32BE(HEADER));
      this.#delays.push(performance.now() - octets.readDoubleBE(HEADER + 4));
    });
    this.#packet[0] = 0x80;
    this.#packet[1] = PCMA;
    this.#packet.writeUInt32BE(socket.address().port, 8);
  }

  get sdp(): string {
    const { address, port } = this.#socket.address();
    return [
      'v=0',
      `o=- 1 1 IN IP4 ${address}`,
      's=-',
      `c=IN IP4 ${address}`,
      't=0 0',
      `m=audio ${port} RTP/AVP ${PCMA}`,
      'a=rtpmap:8 PCMA/8000',
      'a=ptime:20',
      'a=sendrecv',
      '',
    ].join('\r\n');
  }

  /** How many packets it has sent. */
  get sent(): number {
    return this.#sent;
  }

  /** How many of the packets from `first` to before `end` of the other side came. */
  heardOf(first: number, end: number): number {
    let heard = 0;
    for (let number = first; number < end; number++) if (this.#heard.has(number)) heard++;
    return heard;
  }

  /** Milliseconds from one process' one side to the other since the last look. */
  takeDelays(): number[] {
    return this.#delays.splice(0);
  }

  /** Says what is due: as much as a phone would, however late our timer is. */
  #speak(): void {
    if (this.to === undefined) return;
    const now = performance.now();
    if (this.#sent === 0) this.#begun = now;
    for (const due = 1 + Math.floor((now - this.#begun) / PACKET_MS); this.#sent < due; this.#sent++) {
      const octets = Buffer.from(this.#packet);
      octets.writeUInt16BE(this.#sent & 0xffff, 2);
      octets.writeUInt32BE((this.#sent * PAYLOAD) >>> 0, 4);
      octets.writeUInt32BE(this.#sent, HEADER);
      octets.writeDoubleBE(now, HEADER + 4);
      this.#socket.send(octets, this.to.port, this.to.address);
    }
  }
}
