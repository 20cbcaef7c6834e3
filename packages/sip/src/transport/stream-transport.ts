import { type Clock, type Endpoint, formatEndpoint, type Log, type Random } from '@vats/kernel';
import { Connection, type ConnectionUser } from './connection.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import type { Acquaintance, ConnectionTable } from './connection-table.ts';
import type { TransportCounters } from './counters.ts';
import { DeadFlow } from './dead-flow.ts';
import type { TransportFailure } from './failure.ts';
import { type Flow, isSecure, type TransportName } from './flow.ts';
import type { Framing, FramingFault } from './framing.ts';
import type { HandshakeBudget } from './handshake-budget.ts';
import type { Network, StreamListener, StreamSocket, StreamUser } from './network.ts';
import { DEFAULT_PORT } from './response-route.ts';
import { keyOfPeer, type SecureListenerUser, type TlsPeer, type TlsRim } from './tls.ts';
import { type Intake, isLoopback, isWildcard, type Listener, pickListener, type Transport } from './transport.ts';

const ID_CHARACTERS = 16;
const NOT_ADMITTED: TransportFailure = { code: 'closed', detail: 'not admitted' };
const MADE_ROOM: TransportFailure = { code: 'overflow', detail: 'made room for somebody known' };

/** What the transports of connections share. */
export interface StreamTransportOptions {
  readonly network: Network;
  /** Undefined where TLS is not set up. */
  readonly tls: TlsRim | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly intake: Intake;
  readonly counters: TransportCounters;
  readonly limits: ConnectionLimits;
  readonly acquaintance: Acquaintance;
  readonly table: ConnectionTable;
  readonly handshakes: HandshakeBudget;
}

/** What tells one transport of connections from another. */
export interface StreamKind {
  readonly transport: 'tcp' | 'tls' | 'ws' | 'wss';
  readonly framing: () => Framing;
  /** Whether we connect to others at all: behind a WebSocket is a browser, which nobody can connect to (RFC 7118 §7). */
  readonly connects: boolean;
}

/**
 * SIP over connections: TCP, TLS (RFC 3261 §18) and WebSockets (RFC 7118): listeners, and the connections that they accepted or
 * that we made.
 */
export class StreamTransport implements Transport, ConnectionUser {
  readonly #kind: StreamKind;
  readonly #name: TransportName;
  readonly #options: StreamTransportOptions;
  readonly #table: ConnectionTable;
  readonly #listeners: ConnectionListener[] = [];
  #whenEmpty: (() => void)[] = [];

  constructor(kind: StreamKind, options: StreamTransportOptions) {
    this.#kind = kind;
    this.#name = kind.transport;
    this.#options = options;
    this.#table = options.table;
  }

  get listeners(): readonly Listener[] {
    return this.#listeners;
  }

  async listen(at: Endpoint): Promise<Listener> {
    const { network, tls, intake } = this.#options;
    const user: SecureListenerUser = {
      onConnection: (stream) => this.#accept(stream, listener?.endpoint),
      onFailure: (failure) => intake.onSocketFailure(this.#name, at, failure),
      mayHandshake: (observed) => this.#mayHandshake(observed),
      onHandshakeFailed: (failure, observed) => this.#handshakeFailed(failure, observed),
    };
    let listener: ConnectionListener | undefined;
    if (isSecure(this.#name) && tls === undefined) throw new Error(`${this.#name}: no certificate was given`);
    const socket = await (isSecure(this.#name) ? tls!.listen(at, user) : network.listenTcp(at, user));
    const made = new ConnectionListener(this.#name, socket, () => this.#forget(made));
    listener = made;
    this.#listeners.push(made);
    return made;
  }

  flowTo(to: Endpoint, listener?: Listener, peer?: TlsPeer): Flow {
    const open = this.#table.to(this.#name, to, listener?.endpoint, peer && keyOfPeer(peer));
    if (open !== undefined) return open;
    const lack = this.#lackFor(peer);
    if (lack !== undefined) return new DeadFlow(this.#name, to, { code: 'unreachable', detail: lack });
    if (!this.#findsRoomFor(to)) {
      this.#options.counters.connectionsOverLimit++;
      return new DeadFlow(this.#name, to, { code: 'overflow', detail: 'too many connections' });
    }
    const own = listener ?? pickListener(this.#listeners, to);
    const connection = this.#connection('made', own?.endpoint, peer);
    connection.begin(this.#connect(own && sourceAddress(own.endpoint, to), to, connection, peer));
    this.#options.counters.connectionsMade++;
    this.#table.add(connection);
    return connection;
  }

  flowById(id: string): Flow | undefined {
    const connection = this.#table.byId(id);
    return connection?.usable && connection.transport === this.#name ? connection : undefined;
  }

  dropFlows(isUnwelcome: (observed: Endpoint) => boolean): number {
    const unwelcome = this.#table.of(this.#name).filter(({ observed }) => isUnwelcome(observed));
    for (const connection of unwelcome) connection.destroy(NOT_ADMITTED);
    return unwelcome.length;
  }

  reachablePort(flow: Flow): number {
    const listener = flow instanceof Connection ? flow.listener : undefined;
    // Before a connection is up its own port is unknown, and 0 is none that a Via may say.
    return listener?.port ?? (flow.bound.port > 0 ? flow.bound.port : DEFAULT_PORT[this.#name]);
  }

  /** Ends every connection in good order; resolves when all are gone, at the latest after their linger time. */
  async close(): Promise<void> {
    const closed = [...this.#listeners].map((listener) => listener.close());
    for (const connection of this.#table.of(this.#name)) connection.end();
    await Promise.all(closed);
    if (this.#table.count(this.#name) > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }

  // --- from connections ---

  onMessage(octets: Buffer, connection: Connection): boolean {
    if (this.#options.intake.admits(connection.observed, this.#name, octets))
      return this.#options.intake.onOctets(octets, connection);
    this.#options.counters.refused++;
    // Who is proven has only sent too much for now, and calls go over the connection. `dropFlows` ends it where it may not stay.
    if (this.#options.acquaintance.isProven(connection.observed, this.#name)) return false;
    connection.destroy(NOT_ADMITTED);
    return false;
  }

  onUnframed(fault: FramingFault, head: Buffer, connection: Connection): void {
    const { intake, counters } = this.#options;
    if (intake.admits(connection.observed, this.#name, head)) intake.onUnframed(fault, head, connection);
    else counters.refused++;
  }

  onKeepAlive(connection: Connection): void {
    this.#options.intake.onKeepAlive(connection);
  }

  onBug(error: unknown, connection: Connection): void {
    this.#options.intake.onBug(error, connection);
  }

  onGone(connection: Connection): void {
    this.#table.delete(connection);
    const observed = formatEndpoint(connection.observed);
    this.#options.log.debug('transport.connection-gone', { id: connection.id, observed, ...connection.why });
    if (this.#table.count(this.#name) > 0) return;
    const waiting = this.#whenEmpty;
    this.#whenEmpty = [];
    for (const resolve of waiting) resolve();
  }

  #accept(stream: StreamSocket, listener: Endpoint | undefined): StreamUser | undefined {
    const { counters, intake } = this.#options;
    if (!intake.admits(stream.observed, this.#name)) {
      counters.refused++;
      return undefined;
    }
    if (!this.#findsRoomFor(stream.observed)) {
      counters.connectionsOverLimit++;
      intake.report('transport.too-many-connections', this.#name, stream.observed);
      return undefined;
    }
    counters.connectionsAccepted++;
    const connection = this.#connection('accepted', listener).begin(stream);
    this.#table.add(connection);
    return connection;
  }

  #findsRoomFor(observed: Endpoint): boolean {
    const room = this.#table.roomFor(observed);
    if (typeof room === 'boolean') return room;
    this.#options.counters.connectionsMadeRoom++;
    room.destroy(MADE_ROOM);
    return true;
  }

  #mayHandshake(observed: Endpoint): boolean {
    const { acquaintance, handshakes, counters, intake } = this.#options;
    if (handshakes.allows(observed.address, acquaintance.isKnown(observed.address))) return true;
    counters.handshakesOverLimit++;
    intake.report('transport.too-many-handshakes', this.#name, observed);
    return false;
  }

  #handshakeFailed({ code, detail }: TransportFailure, observed: Endpoint | undefined): void {
    this.#options.counters.handshakesFailed++;
    if (observed === undefined) return;
    this.#options.intake.report('transport.handshake-failed', this.#name, observed, { code, detail });
  }

  /** Why no connection can be made. */
  #lackFor(peer: TlsPeer | undefined): string | undefined {
    if (!this.#kind.connects) return 'the peer must connect to us';
    if (!isSecure(this.#name)) return undefined;
    if (this.#options.tls === undefined) return 'TLS is not set up';
    // Anybody could be there, and would be told whatever is in the message.
    return peer === undefined ? 'nobody knows who should be there' : undefined;
  }

  #connect(from: string | undefined, to: Endpoint, user: StreamUser, peer: TlsPeer | undefined): StreamSocket {
    const { network, tls } = this.#options;
    if (peer !== undefined && tls !== undefined && isSecure(this.#name)) return tls.connect(from, to, peer, user);
    return network.connectTcp(from, to, user);
  }

  #connection(direction: 'accepted' | 'made', listener: Endpoint | undefined, peer?: TlsPeer): Connection {
    const { clock, limits, counters, random, acquaintance } = this.#options;
    return new Connection({
      id: `${this.#name}/${random.token(ID_CHARACTERS)}`,
      transport: this.#name,
      direction,
      secures: isSecure(this.#name),
      framing: this.#kind.framing(),
      peerKey: peer && keyOfPeer(peer),
      listener,
      clock,
      limits,
      counters,
      isProven: (observed) => acquaintance.isProven(observed, this.#name),
      user: this,
    });
  }

  #forget(listener: ConnectionListener): void {
    const index = this.#listeners.indexOf(listener);
    if (index >= 0) this.#listeners.splice(index, 1);
  }
}

/** Where a connection leaves from: a machine of many addresses calls from the one that it is known by. */
function sourceAddress(own: Endpoint, to: Endpoint): string | undefined {
  return isWildcard(own.address) || isLoopback(own.address) !== isLoopback(to.address) ? undefined : own.address;
}

class ConnectionListener implements Listener {
  readonly transport: TransportName;
  readonly #socket: StreamListener;
  readonly #closed: () => void;

  constructor(transport: TransportName, socket: StreamListener, closed: () => void) {
    this.transport = transport;
    this.#socket = socket;
    this.#closed = closed;
  }

  get endpoint(): Endpoint {
    return this.#socket.bound;
  }

  close(): Promise<void> {
    this.#closed();
    return this.#socket.close();
  }
}
