import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type Endpoint, isIPv6 } from '@vats/kernel';
import { type DirectSocket, directSocket } from './direct-socket.ts';
import type { AddressFamily } from './media-plane.ts';
import type { ReadingRounds, RoundMember } from './reading-rounds.ts';

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
  /** Of the RTP port, once it was connected; null where there is no such way. */
  #direct: DirectSocket | null | undefined;
  #connectedTo: RemoteInfo | undefined;
  #round: RoundMember | undefined;

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
    rtp.on('message', (packet, from) => this.#hearRtp(packet, from));
    rtcp.on('message', (packet, from) => {
      try {
        this.user?.onRtcp(packet, from);
      } catch (error) {
        this.user?.onFault(error);
      }
    });
  }

  sendRtp(packet: Buffer, port: number, address: string): void {
    if (this.#connectedTo === undefined) this.#rtp.send(packet, port, address);
    // What the kernel has no room for waits in the socket.
    else if (this.#direct?.write(packet) !== true) this.#rtp.send(packet);
  }

  /** Whether the kernel has taken all RTP that was sent: its buffers are nobody's any more. */
  get rtpHasLeft(): boolean {
    return this.#rtp.getSendQueueCount() === 0;
  }

  sendRtcp(packet: Buffer, to: Endpoint): void {
    this.#rtcp.send(packet, to.port, to.address);
  }

  get connected(): boolean {
    return this.#connectedTo !== undefined;
  }

  /** Ties the RTP port to one source: the kernel drops the others, and sending costs less. */
  connect(to: Endpoint): void {
    if (this.connected) return;
    this.#rtp.connect(to.port, to.address);
    if (!isConnected(this.#rtp)) return;
    this.#connectedTo = { ...to, family: this.family === 6 ? 'IPv6' : 'IPv4', size: 0 };
    this.#direct = this.#direct === undefined ? (directSocket(this.#rtp) ?? null) : this.#direct;
  }

  /**
   * Has the RTP port read in rounds, if they are made and packets come with a beat, or the usual way if not. To be called once a second while it is
   * connected, and not before it has been for a second: strangers' packets that had arrived by then must have been read, as only addresses tell
   * them from its peer's.
   *
   * @param packetsASecond that came in the last second
   */
  readInRounds(rounds: ReadingRounds, packetsASecond: number): void {
    const from = this.#connectedTo;
    const direct = this.#direct;
    if (from === undefined || !direct) return;
    if (this.#round?.isIn === true) this.#round.pace(packetsASecond);
    else this.#round = rounds.admit(direct, packetsASecond, (packet) => this.#hearRtp(packet, from));
  }

  disconnect(): void {
    if (!this.connected) return;
    this.#leaveRounds();
    this.#connectedTo = undefined;
    if (isConnected(this.#rtp)) this.#rtp.disconnect();
  }

  close(): void {
    this.user = undefined;
    this.#leaveRounds();
    this.#connectedTo = undefined;
    this.#rtp.close();
    this.#rtcp.close();
  }

  #leaveRounds(): void {
    this.#round?.leave();
    this.#round = undefined;
  }

  #hearRtp(packet: Buffer, from: RemoteInfo): void {
    try {
      this.user?.onRtp(packet, from);
    } catch (error) {
      this.user?.onFault(error);
    }
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
