import type { HeldByCall, SpendingChange, SpendingStore, SpentInMinute } from '../spending/store.ts';

/** A `SpendingStore` without a disk. What `save` was given is there at once, as after a kill right behind its commit. */
export class MemorySpendingStore implements SpendingStore {
  readonly #spent = new Map<string, SpentInMinute>();
  readonly #held = new Map<string, HeldByCall>();
  /** Set to make the next saves fail. */
  fault: Error | undefined;

  async save(changes: readonly SpendingChange[]): Promise<void> {
    if (this.fault !== undefined) throw this.fault;
    for (const { spent, held, released } of changes) {
      for (const entry of spent) this.#add(entry);
      if (released !== undefined) this.#held.delete(released);
      if (held !== undefined) this.#held.set(held.call, held);
    }
  }

  async load(since: number): Promise<{ spent: SpentInMinute[]; held: HeldByCall[] }> {
    const spent = [...this.#spent.values()].filter(({ minute }) => minute >= since);
    return { spent, held: [...this.#held.values()] };
  }

  async forget(before: number): Promise<void> {
    for (const [key, { minute }] of this.#spent) if (minute < before) this.#spent.delete(key);
  }

  /** Rows kept: of minutes and of calls. */
  get size(): { spent: number; held: number } {
    return { spent: this.#spent.size, held: this.#held.size };
  }

  #add(entry: SpentInMinute): void {
    const key = `${entry.minute} ${entry.costly} ${entry.subject}`;
    const before = this.#spent.get(key);
    this.#spent.set(key, {
      ...entry,
      calls: entry.calls + (before?.calls ?? 0),
      talkMs: entry.talkMs + (before?.talkMs ?? 0),
      money: entry.money + (before?.money ?? 0),
    });
  }
}
