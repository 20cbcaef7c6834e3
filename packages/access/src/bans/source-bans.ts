import type { Ban } from './ban.ts';

/** The bans of one source. */
interface SourceEntry {
  whole?: Ban | undefined;
  /** By user; undefined while no user is banned by name, which is nearly always. */
  users?: Map<string, Ban> | undefined;
}

/** Bans by source key: a look-up for each key, and nothing is allocated by it. It knows no time. */
export class SourceBans {
  readonly #entries = new Map<string, SourceEntry>();

  /** Sources with any ban. */
  get size(): number {
    return this.#entries.size;
  }

  whole(key: string): Ban | undefined {
    return this.#entries.get(key)?.whole;
  }

  named(key: string, user: string): Ban | undefined {
    return this.#entries.get(key)?.users?.get(user);
  }

  /** Every ban of exactly this source. */
  allOf(key: string): readonly Ban[] {
    const entry = this.#entries.get(key);
    if (entry === undefined) return [];
    return [...(entry.whole === undefined ? [] : [entry.whole]), ...(entry.users?.values() ?? [])];
  }

  /** Puts a ban in, in the place of one of the same subject. */
  set(key: string, ban: Ban): void {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = {};
      this.#entries.set(key, entry);
    }
    if (ban.user === undefined) entry.whole = ban;
    else {
      entry.users ??= new Map();
      entry.users.set(ban.user, ban);
    }
  }

  delete(key: string, user: string | undefined): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    if (user === undefined) entry.whole = undefined;
    else if (entry.users?.delete(user) && entry.users.size === 0) entry.users = undefined;
    if (entry.whole === undefined && entry.users === undefined) this.#entries.delete(key);
  }
}
