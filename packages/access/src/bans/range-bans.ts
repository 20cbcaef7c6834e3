import { type Network, NetworkMap } from '@vats/kernel';
import type { Ban } from './ban.ts';
import type { BanNetwork } from './ban-network.ts';

interface RangeEntry {
  readonly where: BanNetwork;
  readonly ban: Ban;
}

/** Stands in the place of a user for bans of everybody: no user has an empty name. */
const EVERYBODY = '';

/**
 * Bans of networks that are no sources, which only operators make. They are prepared anew at the first question after a
 * change, some milliseconds for 10,000 of them.
 */
export class RangeBans {
  /** By identity and user. */
  readonly #entries = new Map<string, RangeEntry>();
  /** By user, prepared from `#entries`; undefined after a change. */
  #prepared: Map<string, NetworkMap<Ban>> | undefined;

  get size(): number {
    return this.#entries.size;
  }

  /** The ban of exactly this subject, also when its time has passed. */
  get(where: BanNetwork, user: string | undefined): Ban | undefined {
    return this.#entries.get(keyOf(where, user))?.ban;
  }

  /** Every ban of exactly this network. */
  allOf(where: BanNetwork): readonly Ban[] {
    const entries = [...this.#entries.values()];
    return entries.filter((entry) => entry.where.identity === where.identity).map(({ ban }) => ban);
  }

  /** Puts a ban in, in the place of one of the same subject. */
  set(where: BanNetwork, ban: Ban): void {
    this.#entries.set(keyOf(where, ban.user), { where, ban });
    this.#prepared = undefined;
  }

  delete(where: BanNetwork, user: string | undefined): void {
    if (this.#entries.delete(keyOf(where, user))) this.#prepared = undefined;
  }

  /**
   * A ban that holds the address: of this user, or of everybody for undefined.
   *
   * @param now wall time in ms; bans that are over by then do not hold
   */
  find(address: string, user: string | undefined, now: number): Ban | undefined {
    for (;;) {
      this.#prepared ??= this.#prepare(now);
      const ban = this.#prepared.get(user ?? EVERYBODY)?.find(address);
      if (ban === undefined || ban.until === undefined || ban.until > now) return ban;
      // A wider ban may lie below the one that is over.
      this.#prepared = undefined;
    }
  }

  #prepare(now: number): Map<string, NetworkMap<Ban>> {
    const byUser = new Map<string, [Network, Ban][]>();
    for (const { where, ban } of this.#entries.values()) {
      if (ban.until !== undefined && ban.until <= now) continue;
      const user = ban.user ?? EVERYBODY;
      const entries = byUser.get(user);
      if (entries === undefined) byUser.set(user, [[where.network, ban]]);
      else entries.push([where.network, ban]);
    }
    return new Map(Array.from(byUser, ([user, entries]) => [user, new NetworkMap(entries)]));
  }
}

function keyOf({ identity }: BanNetwork, user: string | undefined): string {
  return `${identity}\n${user ?? EVERYBODY}`;
}
