import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket as TcpSocket } from 'node:net';
import { type Endpoint, isIPv6 } from '@vats/kernel';
import { failureFromError, type SendFailed, type TransportFailure } from './failure.ts';
import { localAddressTowards } from './local-address.ts';
import type {
  DatagramSocket,
  DatagramUser,
  Network,
  ReceiveBuffer,
  StreamListener,
  StreamListenerUser,
  StreamSocket,
  StreamUser,
} from './network.ts';

/** What the kernel should hold while we are busy: a second of heavy signalling. It may grant less. */
const UDP_BUFFER_OCTETS = 4 * 1024 * 1024;
/** What may wait here when the kernel takes no more: beyond it datagrams are lost, as they would be on a full network. */
const MOST_UNSENT_OCTETS = 16 * 1024 * 1024;
export const LISTEN_BACKLOG = 1024;
/** libuv takes so many datagrams from a socket before it looks at anything else: after as many, more are waiting. */
const WHOLE_TURN = 32;
/** When the queue was never empty for so long, it is not a burst but more than we can take. */
const BEHIND_AFTER_MS = 250;
/** Of each turn so many are taken as ever, so that nobody is shut out altogether. */
const TAKEN_AS_EVER = 4;

/** The machine's own sockets, over `node:dgram` and `node:net`. IPv6 sockets carry IPv6 only. */
export class SystemNetwork implements Network {
  bindUdp(at: Endpoint, user: DatagramUser): Promise<DatagramSocket> {
    const ipv6 = isIPv6(at.address);
    const socket = createSocket({ type: ipv6 ? 'udp6' : 'udp4', ipv6Only: ipv6, lookup: answerLiteral });
    return new Promise((resolve, reject) => {
      const refused = (error: Error): void => {
        socket.close();
        reject(error);
      };
      socket.on('error', refused);
      socket.bind(at.port, at.address, () => {
        socket.off('error', refused);
        enlargeBuffers(socket);
        resolve(new SystemDatagramSocket(socket, user));
      });
    });
  }

  listenTcp(at: Endpoint, user: StreamListenerUser): Promise<StreamListener> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const stream = new SystemStreamSocket(socket);
      const streamUser = stream.readable ? user.onConnection(stream) : undefined;
      if (streamUser === undefined) socket.resetAndDestroy();
      else stream.attach(streamUser);
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      const options = { host: at.address, port: at.port, ipv6Only: isIPv6(at.address), backlog: LISTEN_BACKLOG };
      server.listen(options, () => {
        server.off('error', reject);
        server.on('error', (error) => user.onFailure(failureFromError(error)));
        resolve(new SystemStreamListener(server));
      });
    });
  }

  connectTcp(from: string | undefined, to: Endpoint, user: StreamUser): StreamSocket {
    const local = from === undefined ? {} : { localAddress: from };
    const socket = connect({ host: to.address, port: to.port, noDelay: true, allowHalfOpen: true, ...local });
    const stream = new SystemStreamSocket(socket, from, to);
    stream.attach(user);
    return stream;
  }

  localAddressTowards(remote: string): string | undefined {
    return localAddressTowards(remote);
  }
}

// dgram asks `lookup` on every send; without one that answers in the same turn, a literal costs a trip through libuv.
function answerLiteral(
  address: string,
  family: unknown,
  answer: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  answer(null, address, family === 6 ? 6 : 4);
}

function enlargeBuffers(socket: UdpSocket): void {
  try {
    socket.setRecvBufferSize(UDP_BUFFER_OCTETS);
    socket.setSendBufferSize(UDP_BUFFER_OCTETS);
  } catch {
    // The system keeps its own size then: slower under bursts, not wrong.
  }
}

/** Linux doubles what it grants, for what it needs itself to keep a datagram, and tells the sum. */
function receiveBufferOf(socket: UdpSocket): ReceiveBuffer {
  const told = socket.getRecvBufferSize();
  return { asked: UDP_BUFFER_OCTETS, granted: process.platform === 'linux' ? told / 2 : told };
}

class SystemDatagramSocket implements DatagramSocket {
  readonly bound: Endpoint;
  readonly receiveBuffer: ReceiveBuffer;
  readonly #socket: UdpSocket;
  #closed: Promise<void> | undefined;
  /** Datagrams in this turn of the event loop. */
  #inTurn = 0;
  /** Since when no turn has emptied the queue. */
  #fullSince: number | undefined;
  #behind = false;
  #isWatching = false;
  readonly #endTurn = (): void => {
    const full = this.#inTurn >= WHOLE_TURN;
    this.#inTurn = 0;
    this.#isWatching = false;
    if (full) {
      this.#fullSince ??= performance.now();
      // Nothing may come any more: then the next turn says so.
      this.#watch();
    } else this.#fullSince = undefined;
    this.#behind = this.#fullSince !== undefined && performance.now() - this.#fullSince >= BEHIND_AFTER_MS;
  };

  constructor(socket: UdpSocket, user: DatagramUser) {
    const { address, port } = socket.address();
    this.bound = { address, port };
    this.receiveBuffer = receiveBufferOf(socket);
    this.#socket = socket;
    socket.on('error', (error) => user.onFailure(failureFromError(error)));
    socket.on('message', (octets: Buffer, from: RemoteInfo) => {
      this.#inTurn++;
      this.#watch();
      user.onDatagram(octets, from, this.#behind && this.#inTurn > TAKEN_AS_EVER);
    });
  }

  /** Looks at this turn when it is over. */
  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    setImmediate(this.#endTurn);
  }

  get backlog(): number {
    return this.#fullSince === undefined ? 0 : performance.now() - this.#fullSince;
  }

  send(octets: Buffer, to: Endpoint, failed?: SendFailed): void {
    try {
      if (this.#closed === undefined && this.#socket.getSendQueueSize() > MOST_UNSENT_OCTETS) {
        failed?.({ code: 'overflow', detail: 'the system takes no more datagrams' });
        return;
      }
      // Without a callback dgram drops the error of a send, which is what a sender who asks for none wants.
      if (failed === undefined) this.#socket.send(octets, to.port, to.address);
      else this.#socket.send(octets, to.port, to.address, (error) => error && failed(failureFromError(error)));
    } catch (error) {
      failed?.(failureFromError(error)); // a closed socket or a port of 0 is thrown, not told
    }
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => this.#socket.close(resolve));
    return this.#closed;
  }
}

export class SystemStreamListener implements StreamListener {
  readonly bound: Endpoint;
  readonly #server: Server;

  constructor(server: Server) {
    const at = server.address();
    if (at === null || typeof at === 'string') throw new Error('SystemStreamListener: the server is not on TCP');
    this.bound = { address: at.address, port: at.port };
    this.#server = server;
  }

  close(): Promise<void> {
    // The port is free at once. What Server.close waits for is the last of its connections, and those have owners.
    this.#server.close(ignore);
    return Promise.resolve();
  }
}

/** A stream over a socket of Node's: TCP, or TLS that we asked for. */
export class SystemStreamSocket implements StreamSocket {
  readonly #socket: TcpSocket;
  #bound: Endpoint;
  readonly #observed: Endpoint;
  readonly #reads: (error: unknown) => TransportFailure;
  #why: TransportFailure = { code: 'closed' };

  constructor(
    socket: TcpSocket,
    from?: string,
    to?: Endpoint,
    reads: (error: unknown) => TransportFailure = failureFromError,
  ) {
    this.#socket = socket;
    this.#reads = reads;
    this.#bound = { address: socket.localAddress ?? from ?? '', port: socket.localPort ?? 0 };
    this.#observed = to ?? { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    // From the first moment on: an error before `attach` must be heard as well.
    socket.on('error', (error) => {
      this.#why = reads(error);
    });
  }

  get bound(): Endpoint {
    return this.#bound;
  }

  get observed(): Endpoint {
    return this.#observed;
  }

  get unsent(): number {
    return this.#socket.writableLength;
  }

  /** False when the peer was gone before we could ask who it is. */
  get readable(): boolean {
    return this.#observed.address !== '' && !this.#socket.destroyed;
  }

  /** @param up the event that says that octets may go */
  attach(user: StreamUser, up: 'connect' | 'secureConnect' = 'connect'): void {
    const socket = this.#socket;
    socket.on(up, () => {
      this.#bound = { address: socket.localAddress ?? this.#bound.address, port: socket.localPort ?? 0 };
      user.onConnected?.();
    });
    socket.on('data', (octets: Buffer) => user.onOctets(octets));
    socket.on('end', () => user.onEnded());
    socket.on('close', () => user.onClosed(this.#why));
  }

  write(octets: Buffer, failed?: SendFailed): void {
    if (failed === undefined) this.#socket.write(octets, ignore);
    else this.#socket.write(octets, (error) => error && failed(this.#failureOf(error)));
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  // A write that waited only hears that the socket is closed; what closed it is the better answer.
  #failureOf(error: Error): TransportFailure {
    return this.#why.code === 'closed' ? this.#reads(error) : this.#why;
  }
}

function ignore(): void {}
