import type { Clock, IpAddress } from '@vats/kernel';
import { sourceKeys } from '../rates/source-key.ts';
import type { Ban } from './ban.ts';
import type { BanNetwork } from './ban-network.ts';
import { RangeBans } from './range-bans.ts';
import { SourceBans } from './source-bans.ts';

interface Entry {
  readonly ban: Ban;
  readonly where: BanNetwork;
}

/**
 * Bans, found by id, by subject and by the address of somebody who speaks. It holds one ban of each subject. Whoever speaks
 * meets no ban whose time has passed; such bans are held until they are taken out.
 */
export class StandingBans {
  readonly #clock: Clock;
  readonly #byId = new Map<string, Entry>();
  readonly #sources = new SourceBans();
  readonly #ranges = new RangeBans();
  #operators = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** How many of them are by operators. */
  get operators(): number {
    return this.#operators;
  }

  /** In the order in which they were put in. */
  *all(): IterableIterator<Ban> {
    for (const { ban } of this.#byId.values()) yield ban;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  byId(id: string): Ban | undefined {
    return this.#byId.get(id)?.ban;
  }

  /** @throws for a ban that is not held */
  networkOf(ban: Ban): BanNetwork {
    const entry = this.#byId.get(ban.id);
    if (entry === undefined) throw new Error(`ban ${ban.id} is not held`);
    return entry.where;
  }

  /** The ban of exactly this subject, also when its time has passed. */
  exactly(where: BanNetwork, user: string | undefined): Ban | undefined {
    if (!where.isSource) return this.#ranges.get(where, user);
    return user === undefined ? this.#sources.whole(where.identity) : this.#sources.named(where.identity, user);
  }

  /** Every ban of exactly this network, of everybody or of a name. */
  allOf(where: BanNetwork): readonly Ban[] {
    return where.isSource ? this.#sources.allOf(where.identity) : this.#ranges.allOf(where);
  }

  /** Every ban whose network holds the address. It looks at all of them. */
  around(address: IpAddress): readonly Ban[] {
    const family = typeof address === 'number' ? 4 : 6;
    return Array.from(this.#byId.values())
      .filter(
        ({ where: { network } }) => network.family === family && network.first <= address && address <= network.last,
      )
      .map(({ ban }) => ban);
  }

  /**
   * The ban of the switch that ends soonest, `spared` left out. It looks at all of them, a tenth of a millisecond for 10,000:
   * a further ban takes somebody several wrong passwords.
   */
  endsSoonest(spared?: Ban): Ban | undefined {
    let soonest: Ban | undefined;
    let end = Number.POSITIVE_INFINITY;
    for (const { ban } of this.#byId.values()) {
      if (ban.by === 'operator' || ban === spared) continue;
      const until = ban.until ?? Number.MAX_VALUE;
      if (until >= end) continue;
      soonest = ban;
      end = until;
    }
    return soonest;
  }

  /** Puts a ban in whose subject has none. */
  put(where: BanNetwork, ban: Ban): void {
    this.#byId.set(ban.id, { ban, where });
    if (ban.by === 'operator') this.#operators++;
    if (where.isSource) this.#sources.set(where.identity, ban);
    else this.#ranges.set(where, ban);
  }

  /** Takes one out that is held. */
  take(ban: Ban): void {
    const where = this.networkOf(ban);
    this.#byId.delete(ban.id);
    if (ban.by === 'operator') this.#operators--;
    if (where.isSource) this.#sources.delete(where.identity, ban.user);
    else this.#ranges.delete(where, ban.user);
  }

  /** The ban that shuts out whoever speaks from there. */
  findWhole(address: string): Ban | undefined {
    if (this.#sources.size > 0) {
      const ban = address.includes(':') ? this.#wholeOf(sourceKeys(address)) : this.wholeOf(address);
      if (ban !== undefined) return ban;
    }
    return this.#ranges.size === 0 ? undefined : this.#ranges.find(address, undefined, this.#clock.now());
  }

  /** The ban that shuts out this name from there, though not everybody. */
  findNamed(address: string, user: string): Ban | undefined {
    if (this.#sources.size > 0) {
      for (const key of sourceKeys(address)) {
        const ban = this.#living(this.#sources.named(key, user));
        if (ban !== undefined) return ban;
      }
    }
    return this.#ranges.size === 0 ? undefined : this.#ranges.find(address, user, this.#clock.now());
  }

  /** The ban of everybody in exactly this source, while it holds. */
  wholeOf(key: string): Ban | undefined {
    return this.#living(this.#sources.whole(key));
  }

  #wholeOf(keys: readonly string[]): Ban | undefined {
    for (const key of keys) {
      const ban = this.wholeOf(key);
      if (ban !== undefined) return ban;
    }
    return undefined;
  }

  #living(ban: Ban | undefined): Ban | undefined {
    return ban === undefined || isOver(ban, this.#clock.now()) ? undefined : ban;
  }
}

/** @param now wall time in ms */
export function isOver({ until }: Ban, now: number): boolean {
  return until !== undefined && until <= now;
}
