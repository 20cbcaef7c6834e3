import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type Endpoint, isIPv6 } from '@vats/kernel';
import type { AddressFamily } from './media-plane.ts';

/** Who gets what arrives on a pair. */
export interface PairUser {
  onRtp(packet: Buffer, from: RemoteInfo): void;
  onRtcp(packet: Buffer, from: RemoteInfo): void;
  /** One of the two above threw, which is a bug of ours: it costs this user's call, not the worker. */
  onFault(error: unknown): void;
}

/** The code of the error that a bind ended in: EADDRINUSE, EADDRNOTAVAIL, EMFILE, … */
export interface BindFailure {
  readonly failed: string;
}

/** An even port for RTP and the odd one above it for RTCP, both bound to one address. */
export class BoundPair {
  readonly family: AddressFamily;
  readonly port: number;
  /** Undefined: what arrives is dropped. */
  user: PairUser | undefined;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  #connected = false;

  /** Binds both ports, or neither. */
  static bind(address: string, port: number): BoundPair | BindFailure {
    const rtp = bind(address, port);
    if ('failed' in rtp) return rtp;
    const rtcp = bind(address, port + 1);
    if ('failed' in rtcp) {
      rtp.close();
      return rtcp;
    }
    return new BoundPair(isIPv6(address) ? 6 : 4, port, rtp, rtcp);
  }

  private constructor(family: AddressFamily, port: number, rtp: Socket, rtcp: Socket) {
    this.family = family;
    this.port = port;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    rtp.on('message', (packet, from) => {
      try {
        this.user?.onRtp(packet, from);
      } catch (error) {
        this.user?.onFault(error);
      }
    });
    rtcp.on('message', (packet, from) => {
      try {
        this.user?.onRtcp(packet, from);
      } catch (error) {
        this.user?.onFault(error);
      }
    });
  }

  sendRtp(packet: Buffer, port: number, address: string): void {
    if (this.#connected) this.#rtp.send(packet);
    else this.#rtp.send(packet, port, address);
  }

  /** Whether the kernel has taken all RTP that was sent: its buffers are nobody's any more. */
  get rtpHasLeft(): boolean {
    return this.#rtp.getSendQueueCount() === 0;
  }

  sendRtcp(packet: Buffer, to: Endpoint): void {
    this.#rtcp.send(packet, to.port, to.address);
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Ties the RTP port to one source: the kernel drops the others, and sending costs less. */
  connect(to: Endpoint): void {
    if (this.#connected) return;
    this.#rtp.connect(to.port, to.address);
    this.#connected = isConnected(this.#rtp);
  }

  disconnect(): void {
    if (!this.#connected) return;
    this.#connected = false;
    if (isConnected(this.#rtp)) this.#rtp.disconnect();
  }

  close(): void {
    this.user = undefined;
    this.#rtp.close();
    this.#rtcp.close();
  }
}

// With a lookup that answers at once, bind and connect are over when they return. Nothing but literals comes here.
function literal(
  address: string,
  _options: unknown,
  found: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  found(null, address, isIPv6(address) ? 6 : 4);
}

function bind(address: string, port: number): Socket | BindFailure {
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', ipv6Only: isIPv6(address), lookup: literal });
  let failed: string | undefined;
  // Stays for the socket's life: ICMP errors of a connected socket come here, and an 'error' unheard kills the worker.
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failed ??= error.code ?? error.message;
  });
  socket.bind({ address, port, exclusive: true });
  if (failed === undefined) return socket;
  socket.close();
  return { failed };
}

function isConnected(socket: Socket): boolean {
  try {
    socket.remoteAddress();
    return true;
  } catch {
    return false;
  }
}
