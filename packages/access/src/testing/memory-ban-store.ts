import type { Ban, BanStore } from '../bans/ban.ts';

/** Keeps bans in memory, for tests. */
export class MemoryBanStore implements BanStore {
  /** By id, in the order in which they were saved. */
  readonly bans = new Map<string, Ban>();
  /** While it is set, every call fails with it and changes nothing. */
  failure: Error | undefined;

  constructor(bans: Iterable<Ban> = []) {
    for (const ban of bans) this.bans.set(ban.id, ban);
  }

  async load(): Promise<readonly Ban[]> {
    if (this.failure !== undefined) throw this.failure;
    return [...this.bans.values()];
  }

  async save(ban: Ban): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.bans.set(ban.id, ban);
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    for (const id of ids) this.bans.delete(id);
  }
}
