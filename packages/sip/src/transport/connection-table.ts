import { type Endpoint, formatEndpoint } from '@vats/kernel';
import type { Connection } from './connection.ts';
import { sourceOf } from './source.ts';

/** How many connections may be open at a time. */
export interface ConnectionBounds {
  readonly total: number;
  /** From one source: an IPv4 address or an IPv6 /64. A company's phones may all be behind one address. */
  readonly perSource: number;
  /** From one source at which nobody is known. */
  readonly perStranger: number;
}

export const CONNECTION_BOUNDS: ConnectionBounds = { total: 20_000, perSource: 1_024, perStranger: 64 };

/**
 * The connections that live, found by id and by their far end; each one counts until it is gone. Strangers have few each,
 * and all of them together keep nobody out who is known.
 */
export class ConnectionTable {
  readonly #bounds: ConnectionBounds;
  readonly #isKnown: (address: string) => boolean;
  readonly #byId = new Map<string, Connection>();
  readonly #byFarEnd = new Map<string, Connection[]>();
  readonly #bySource = new Map<string, number>();
  /** Accepted connections, oldest first, but for those that were found to be of somebody known. */
  readonly #strangers = new Set<Connection>();

  constructor(bounds: ConnectionBounds, isKnown: (address: string) => boolean) {
    this.#bounds = bounds;
    this.#isKnown = isKnown;
  }

  get size(): number {
    return this.#byId.size;
  }

  /**
   * Whether one more connection with this far end is within bounds. Where a stranger's would have to go for that of
   * somebody known, it is answered.
   */
  roomFor({ address }: Endpoint): boolean | Connection {
    const { total, perSource, perStranger } = this.#bounds;
    const known = this.#isKnown(address);
    const sameSource = this.#bySource.get(sourceOf(address)) ?? 0;
    if (sameSource >= (known ? perSource : Math.min(perSource, perStranger))) return false;
    if (this.#byId.size < total) return true;
    return (known && this.#oldestStranger()) || false;
  }

  add(connection: Connection): void {
    const { observed } = connection;
    this.#byId.set(connection.id, connection);
    if (connection.direction === 'accepted') this.#strangers.add(connection);
    const farEnd = formatEndpoint(observed);
    const same = this.#byFarEnd.get(farEnd);
    if (same === undefined) this.#byFarEnd.set(farEnd, [connection]);
    else same.push(connection);
    const source = sourceOf(observed.address);
    this.#bySource.set(source, (this.#bySource.get(source) ?? 0) + 1);
  }

  delete(connection: Connection): void {
    if (!this.#byId.delete(connection.id)) return;
    this.#strangers.delete(connection);
    const farEnd = formatEndpoint(connection.observed);
    const others = (this.#byFarEnd.get(farEnd) ?? []).filter((each) => each !== connection);
    if (others.length === 0) this.#byFarEnd.delete(farEnd);
    else this.#byFarEnd.set(farEnd, others);
    const source = sourceOf(connection.observed.address);
    const left = (this.#bySource.get(source) ?? 1) - 1;
    if (left === 0) this.#bySource.delete(source);
    else this.#bySource.set(source, left);
  }

  byId(id: string): Connection | undefined {
    return this.#byId.get(id);
  }

  /** The newest usable connection to this far end, and of this listener if one is named. */
  to(observed: Endpoint, listener?: Endpoint): Connection | undefined {
    const usable = (each: Connection): boolean =>
      each.open && (listener === undefined || each.listener === undefined || each.listener === listener);
    return this.#byFarEnd.get(formatEndpoint(observed))?.findLast(usable);
  }

  all(): Connection[] {
    return [...this.#byId.values()];
  }

  // Each connection is passed over once, so that a full table costs no search for each one that wants in.
  #oldestStranger(): Connection | undefined {
    for (const connection of this.#strangers) {
      if (connection.open && !this.#isKnown(connection.observed.address)) return connection;
      this.#strangers.delete(connection);
    }
    return undefined;
  }
}
