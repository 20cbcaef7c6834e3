import { type Endpoint, formatEndpoint } from '@vats/kernel';
import type { Connection } from './connection.ts';
import { sourceOf } from './source.ts';

/** How many connections may be open at a time. */
export interface ConnectionBounds {
  readonly total: number;
  /** From one source: an IPv4 address or an IPv6 /64. A company's phones may all be behind one address. */
  readonly perSource: number;
}

export const CONNECTION_BOUNDS: ConnectionBounds = { total: 20_000, perSource: 1_024 };

/** The connections that live, found by id and by their far end; each one counts until it is gone. */
export class ConnectionTable {
  readonly #bounds: ConnectionBounds;
  readonly #byId = new Map<string, Connection>();
  readonly #byFarEnd = new Map<string, Connection[]>();
  readonly #bySource = new Map<string, number>();

  constructor(bounds: ConnectionBounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** True when one more connection with this far end would be within bounds. */
  hasRoomFor(observed: Endpoint): boolean {
    if (this.#byId.size >= this.#bounds.total) return false;
    return (this.#bySource.get(sourceOf(observed.address)) ?? 0) < this.#bounds.perSource;
  }

  add(connection: Connection): void {
    const { observed } = connection;
    this.#byId.set(connection.id, connection);
    const farEnd = formatEndpoint(observed);
    const same = this.#byFarEnd.get(farEnd);
    if (same === undefined) this.#byFarEnd.set(farEnd, [connection]);
    else same.push(connection);
    const source = sourceOf(observed.address);
    this.#bySource.set(source, (this.#bySource.get(source) ?? 0) + 1);
  }

  delete(connection: Connection): void {
    if (!this.#byId.delete(connection.id)) return;
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
}
