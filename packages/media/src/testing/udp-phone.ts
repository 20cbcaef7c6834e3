import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Endpoint } from '@vats/kernel';

/** A datagram that a phone got. */
export interface Heard {
  readonly packet: Buffer;
  readonly from: Endpoint;
}

/** One UDP socket of a phone, for tests with real sockets: sends what it is told, keeps what it hears. */
export class UdpPhone {
  readonly heard: Heard[] = [];
  readonly #socket: Socket;
  readonly #waiting: ((heard: Heard) => void)[] = [];
  #read = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {}); // a port of the switch that is closed already answers with ICMP
    socket.on('message', (packet: Buffer, from: RemoteInfo) => {
      const heard = { packet, from: { address: from.address, port: from.port } };
      this.heard.push(heard);
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      this.#read++;
      waiting(heard);
    });
  }

  static async open(address: string, port = 0): Promise<UdpPhone> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.bind(port, address);
    await once(socket, 'listening');
    return new UdpPhone(socket);
  }

  get at(): Endpoint {
    const { address, port } = this.#socket.address();
    return { address, port };
  }

  send(packet: Uint8Array, to: { readonly address: string; readonly port: number }): void {
    this.#socket.send(packet, to.port, to.address);
  }

  /** Sends, and resolves when the datagram is where it goes: on loopback that is the other socket's queue. */
  async deliver(packet: Uint8Array, to: { readonly address: string; readonly port: number }): Promise<void> {
    await new Promise((sent) => this.#socket.send(packet, to.port, to.address, sent));
  }

  /** The next datagram that no `next` gave out yet. */
  next(): Promise<Heard> {
    const heard = this.heard[this.#read];
    if (heard === undefined) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#read++;
    return Promise.resolve(heard);
  }

  close(): void {
    this.#socket.close();
  }
}

/** A whole RTP packet. */
export function rtpPacket(options: {
  sequence: number;
  payloadType?: number;
  ssrc?: number;
  timestamp?: number;
  marker?: boolean;
  payload?: Uint8Array;
}): Buffer {
  const { sequence, payloadType = 8, ssrc = 0x1234, timestamp = sequence * 160, marker = false } = options;
  const payload = options.payload ?? Buffer.alloc(160, sequence & 0xff);
  const packet = Buffer.alloc(12 + payload.length);
  packet[0] = 0x80;
  packet[1] = payloadType | (marker ? 0x80 : 0);
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  packet.set(payload, 12);
  return packet;
}

/** An RTCP receiver report without blocks. */
export function rtcpPacket(ssrc = 0x1234): Buffer {
  const packet = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 0]);
  packet.writeUInt32BE(ssrc, 4);
  return packet;
}
