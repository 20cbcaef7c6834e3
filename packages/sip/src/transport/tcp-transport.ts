import { type Clock, type Endpoint, formatEndpoint, type Log, type Random } from '@vats/kernel';
import { Connection, type ConnectionUser } from './connection.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { type Acquaintance, type ConnectionBounds, ConnectionTable } from './connection-table.ts';
import type { TransportCounters } from './counters.ts';
import { DeadFlow } from './dead-flow.ts';
import type { TransportFailure } from './failure.ts';
import type { Flow } from './flow.ts';
import type { Network, StreamListener, StreamListenerUser, StreamSocket, StreamUser } from './network.ts';
import { DEFAULT_PORT } from './response-route.ts';
import type { FramingFault } from './stream-framer.ts';
import { type Intake, isLoopback, isWildcard, type Listener, pickListener, type Transport } from './transport.ts';

const ID_CHARACTERS = 16;
const NOT_ADMITTED: TransportFailure = { code: 'closed', detail: 'not admitted' };
const MADE_ROOM: TransportFailure = { code: 'overflow', detail: 'made room for somebody known' };

export interface TcpTransportOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly intake: Intake;
  readonly counters: TransportCounters;
  readonly limits: ConnectionLimits;
  readonly bounds: ConnectionBounds;
  readonly acquaintance: Acquaintance;
}

/** SIP over TCP (RFC 3261 §18): listeners, and the connections that they accepted or that we made. */
export class TcpTransport implements Transport, ConnectionUser {
  readonly #options: TcpTransportOptions;
  readonly #table: ConnectionTable;
  readonly #listeners: TcpListener[] = [];
  #whenEmpty: (() => void)[] = [];

  constructor(options: TcpTransportOptions) {
    this.#options = options;
    this.#table = new ConnectionTable(options.bounds, options.acquaintance);
  }

  get listeners(): readonly Listener[] {
    return this.#listeners;
  }

  /** Connections that are not gone yet. */
  get connections(): number {
    return this.#table.size;
  }

  async listen(at: Endpoint): Promise<Listener> {
    const { network, intake } = this.#options;
    const user: StreamListenerUser = {
      onConnection: (stream) => this.#accept(stream, listener?.endpoint),
      onFailure: (failure) => intake.onSocketFailure('tcp', at, failure),
    };
    let listener: TcpListener | undefined;
    const socket = await network.listenTcp(at, user);
    const made = new TcpListener(socket, () => this.#forget(made));
    listener = made;
    this.#listeners.push(made);
    return made;
  }

  flowTo(to: Endpoint, listener?: Listener): Flow {
    const open = this.#table.to(to, listener?.endpoint);
    if (open !== undefined) return open;
    if (!this.#findsRoomFor(to)) {
      this.#options.counters.connectionsOverLimit++;
      return new DeadFlow('tcp', to, { code: 'overflow', detail: 'too many connections' });
    }
    const own = listener ?? pickListener(this.#listeners, to);
    const connection = this.#connection('made', own?.endpoint);
    connection.begin(this.#options.network.connectTcp(own && sourceAddress(own.endpoint, to), to, connection));
    this.#options.counters.connectionsMade++;
    this.#table.add(connection);
    return connection;
  }

  flowById(id: string): Flow | undefined {
    const connection = this.#table.byId(id);
    return connection?.open ? connection : undefined;
  }

  dropFlows(isUnwelcome: (observed: Endpoint) => boolean): number {
    const unwelcome = this.#table.all().filter(({ observed }) => isUnwelcome(observed));
    for (const connection of unwelcome) connection.destroy(NOT_ADMITTED);
    return unwelcome.length;
  }

  reachablePort(flow: Flow): number {
    const listening = flow instanceof Connection ? flow.listener?.port : undefined;
    // Before it is connected a connection of a client that listens nowhere has no port, and 0 is none (RFC 3261 §25.1).
    return listening ?? (flow.bound.port || DEFAULT_PORT.tcp);
  }

  /** Ends every connection in good order; resolves when all are gone, at the latest after their linger time. */
  async close(): Promise<void> {
    const closed = [...this.#listeners].map((listener) => listener.close());
    for (const connection of this.#table.all()) connection.end();
    await Promise.all(closed);
    if (this.#table.size > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }

  // --- from connections ---

  onMessage(octets: Buffer, connection: Connection): boolean {
    if (this.#options.intake.admits(connection.observed, 'tcp', octets))
      return this.#options.intake.onOctets(octets, connection);
    this.#options.counters.refused++;
    connection.destroy(NOT_ADMITTED);
    return false;
  }

  onUnframed(fault: FramingFault, head: Buffer, connection: Connection): void {
    const { intake, counters } = this.#options;
    if (intake.admits(connection.observed, 'tcp', head)) intake.onUnframed(fault, head, connection);
    else counters.refused++;
  }

  onBug(error: unknown, connection: Connection): void {
    this.#options.intake.onBug(error, connection);
  }

  onGone(connection: Connection): void {
    this.#table.delete(connection);
    const observed = formatEndpoint(connection.observed);
    this.#options.log.debug('transport.connection-gone', { id: connection.id, observed, ...connection.why });
    if (this.#table.size > 0) return;
    const waiting = this.#whenEmpty;
    this.#whenEmpty = [];
    for (const resolve of waiting) resolve();
  }

  #accept(stream: StreamSocket, listener: Endpoint | undefined): StreamUser | undefined {
    const { counters, intake } = this.#options;
    if (!intake.admits(stream.observed, 'tcp')) {
      counters.refused++;
      return undefined;
    }
    if (!this.#findsRoomFor(stream.observed)) {
      counters.connectionsOverLimit++;
      intake.report('transport.too-many-connections', 'tcp', stream.observed);
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

  #connection(direction: 'accepted' | 'made', listener: Endpoint | undefined): Connection {
    const { clock, limits, counters, random, acquaintance } = this.#options;
    const isProven = (observed: Endpoint): boolean => acquaintance.isProven(observed);
    const id = `tcp/${random.token(ID_CHARACTERS)}`;
    return new Connection({ id, direction, listener, clock, limits, counters, isProven, user: this });
  }

  #forget(listener: TcpListener): void {
    const index = this.#listeners.indexOf(listener);
    if (index >= 0) this.#listeners.splice(index, 1);
  }
}

/** Where a connection leaves from: a machine of many addresses calls from the one that it is known by. */
function sourceAddress(own: Endpoint, to: Endpoint): string | undefined {
  return isWildcard(own.address) || isLoopback(own.address) !== isLoopback(to.address) ? undefined : own.address;
}

class TcpListener implements Listener {
  readonly transport = 'tcp';
  readonly #socket: StreamListener;
  readonly #closed: () => void;

  constructor(socket: StreamListener, closed: () => void) {
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
