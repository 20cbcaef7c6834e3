import { type Clock, ExpiringMap } from '@vats/kernel';

const NETWORKS_REMEMBERED = 10_000;
const DAY_MS = 86_400_000;
/** How long a banned network counts against the wider one. */
const REMEMBERED_MS = DAY_MS;
/** So many different networks within a wider one, and the wider one is banned. */
const ENOUGH = 4;

/** Which networks within a wider one were banned in the last 24 hours. Times are wall times in ms. */
export class Neighbours {
  readonly #clock: Clock;
  /** By wider network: when each network in it was banned last. */
  readonly #banned: ExpiringMap<string, Map<string, number>>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#banned = new ExpiringMap({ clock, limit: NETWORKS_REMEMBERED, lifetime: REMEMBERED_MS });
  }

  /** A ban of `network`, which lies in `wider`, since `since`. True when that makes enough of them. */
  note(network: string, wider: string, since: number): boolean {
    const oldest = this.#clock.now() - REMEMBERED_MS;
    if (since <= oldest) return false;
    const networks = this.#banned.get(wider) ?? new Map<string, number>();
    for (const [other, at] of networks) if (at <= oldest) networks.delete(other);
    // More than enough tell nothing new.
    if (networks.size < ENOUGH || networks.has(network)) networks.set(network, since);
    this.#banned.set(wider, networks);
    return networks.size >= ENOUGH;
  }

  /** The ban of `network` was a mistake. */
  forget(network: string, wider: string): void {
    this.#banned.get(wider)?.delete(network);
  }

  sweep(): void {
    this.#banned.sweep();
  }
}
