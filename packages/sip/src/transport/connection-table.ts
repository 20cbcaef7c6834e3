import { type Endpoint, formatEndpoint } from '@vats/kernel';
import type { Connection } from './connection.ts';
import type { TransportName } from './flow.ts';
import { sourceOf } from './source.ts';

/** How many connections may be open at a time. */
export interface ConnectionBounds {
  readonly total: number;
  /** From one source: an IPv4 address or an IPv6 /64. A company's phones may all be behind one address. */
  readonly perSource: number;
  /** From one source at which nobody is known. */
  readonly perStranger: number;
}

/** How many connections there may be, unless it is said otherwise. */
export const CONNECTION_BOUNDS: ConnectionBounds = { total: 20_000, perSource: 1_024, perStranger: 64 };

/** Who is at the other end, as far as that is known above. */
export interface Acquaintance {
  /** Whether somebody at this address has shown who they are. */
  isKnown(address: string): boolean;
  /** Whether this very far end has. */
  isProven(observed: Endpoint, transport: TransportName): boolean;
}

/** What is open from one source. */
interface Source {
  connections: number;
  /** As `#strangers` and `#guests` together, of this source alone. */
  readonly unproven: Set<Connection>;
}

/**
 * The connections of all transports that live, found by id and by their far end; each one counts until it is gone. Strangers have few each,
 * and all of them together keep nobody out who is known. Nor does whoever shares an address with a phone keep out the phones
 * there: only a connection over which good credentials came is safe from the next one.
 */
export class ConnectionTable {
  readonly #bounds: ConnectionBounds;
  readonly #acquaintance: Acquaintance;
  readonly #byId = new Map<string, Connection>();
  readonly #byFarEnd = new Map<string, Connection[]>();
  readonly #counts = new Map<TransportName, number>();
  readonly #bySource = new Map<string, Source>();
  /** Accepted connections, oldest first, but for those that were found to be of a known address. */
  readonly #strangers = new Set<Connection>();
  /** Those, until they are found to be proven. */
  readonly #guests = new Set<Connection>();

  constructor(bounds: ConnectionBounds, acquaintance: Acquaintance) {
    this.#bounds = bounds;
    this.#acquaintance = acquaintance;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** How many there are of one transport. */
  count(transport: TransportName): number {
    return this.#counts.get(transport) ?? 0;
  }

  /**
   * Whether one more connection with this far end is within bounds. Where another would have to go for that of somebody
   * known, it is answered.
   */
  roomFor({ address }: Endpoint): boolean | Connection {
    const { total, perSource, perStranger } = this.#bounds;
    const source = this.#bySource.get(sourceOf(address));
    const sameSource = source?.connections ?? 0;
    if (!this.#acquaintance.isKnown(address)) {
      return sameSource < Math.min(perSource, perStranger) && this.#byId.size < total;
    }
    if (sameSource >= perSource) return this.#oldestUnproven(source?.unproven) ?? false;
    if (this.#byId.size < total) return true;
    // Who comes again and again should first push out what is its own.
    return (
      this.#oldestStranger() ?? this.#oldestUnproven(source?.unproven) ?? this.#oldestUnproven(this.#guests) ?? false
    );
  }

  add(connection: Connection): void {
    const { observed } = connection;
    this.#byId.set(connection.id, connection);
    this.#counts.set(connection.transport, this.count(connection.transport) + 1);
    const farEnd = farEndOf(connection.transport, observed);
    const same = this.#byFarEnd.get(farEnd);
    if (same === undefined) this.#byFarEnd.set(farEnd, [connection]);
    else same.push(connection);
    const key = sourceOf(observed.address);
    const source = this.#bySource.get(key) ?? { connections: 0, unproven: new Set() };
    this.#bySource.set(key, source);
    source.connections++;
    if (connection.direction === 'made') return;
    source.unproven.add(connection);
    this.#strangers.add(connection);
  }

  delete(connection: Connection): void {
    if (!this.#byId.delete(connection.id)) return;
    this.#counts.set(connection.transport, this.count(connection.transport) - 1);
    this.#spare(connection);
    const farEnd = farEndOf(connection.transport, connection.observed);
    const others = (this.#byFarEnd.get(farEnd) ?? []).filter((each) => each !== connection);
    if (others.length === 0) this.#byFarEnd.delete(farEnd);
    else this.#byFarEnd.set(farEnd, others);
    const key = sourceOf(connection.observed.address);
    const source = this.#bySource.get(key);
    if (source !== undefined && --source.connections === 0) this.#bySource.delete(key);
  }

  byId(id: string): Connection | undefined {
    return this.#byId.get(id);
  }

  /** The newest usable connection to this far end, of this listener if one is named, and to this peer. */
  to(transport: TransportName, observed: Endpoint, listener?: Endpoint, peerKey?: string): Connection | undefined {
    const usable = (each: Connection): boolean =>
      each.usable &&
      each.peerKey === peerKey &&
      (listener === undefined || each.listener === undefined || each.listener === listener);
    return this.#byFarEnd.get(farEndOf(transport, observed))?.findLast(usable);
  }

  of(transport: TransportName): Connection[] {
    return [...this.#byId.values()].filter((connection) => connection.transport === transport);
  }

  // Each connection is passed over once, so that a full table costs no search for each one that wants in.
  #oldestStranger(): Connection | undefined {
    for (const connection of this.#strangers) {
      if (connection.open && !this.#acquaintance.isKnown(connection.observed.address)) return connection;
      this.#strangers.delete(connection);
      if (connection.open) this.#guests.add(connection);
    }
    return undefined;
  }

  // As above.
  #oldestUnproven(unproven: ReadonlySet<Connection> | undefined): Connection | undefined {
    for (const connection of unproven ?? []) {
      if (connection.open && !this.#acquaintance.isProven(connection.observed, connection.transport)) return connection;
      this.#spare(connection);
    }
    return undefined;
  }

  /** From now on it makes room for nobody. */
  #spare(connection: Connection): void {
    this.#strangers.delete(connection);
    this.#guests.delete(connection);
    this.#bySource.get(sourceOf(connection.observed.address))?.unproven.delete(connection);
  }
}

function farEndOf(transport: TransportName, observed: Endpoint): string {
  return `${transport} ${formatEndpoint(observed)}`;
}
