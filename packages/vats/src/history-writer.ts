import type { Log } from '@vats/kernel';
import type { CallRecord } from '@vats/pbx';
import type { Store } from '@vats/store';
import type { StoreOutage } from './store-outage.ts';

/** Finished calls kept in memory while the disk does not take them: some megabytes. */
export const MOST_UNWRITTEN = 1_000;

/**
 * Writes the history. A disk that fails holds up nobody: the last calls are kept, and tried once more when it takes a write again;
 * what is then refused, or was too much to keep, is lost and said.
 */
export class HistoryWriter {
  readonly #history: Pick<Store['history'], 'append' | 'noteOpen'>;
  readonly #log: Log;
  readonly #outage: StoreOutage;
  #unwritten: CallRecord[] = [];
  #lost = 0;

  constructor(history: Pick<Store['history'], 'append' | 'noteOpen'>, log: Log, outage: StoreOutage) {
    this.#history = history;
    this.#log = log;
    this.#outage = outage;
  }

  /** Finished calls that wait for a disk which works. */
  get unwritten(): number {
    return this.#unwritten.length;
  }

  /** Resolves when the call is on disk, or is known not to get there now; never rejects. */
  async append(record: CallRecord): Promise<void> {
    try {
      await this.#history.append(record);
    } catch (error) {
      this.#outage.failed('history.not-written', { call: record.id }, error);
      this.#unwritten.push(record);
      if (this.#unwritten.length <= MOST_UNWRITTEN) return;
      this.#unwritten.shift();
      this.#lost++;
      return;
    }
    this.#outage.worked();
    await this.retry();
  }

  /** What is left of a call that a kill cuts off. Nobody was promised anything, so nobody waits for it. */
  noteOpen(record: CallRecord): void {
    this.#history
      .noteOpen(record)
      .catch((error: unknown) => this.#outage.failed('history.not-noted', { call: record.id }, error));
  }

  /** Tries what was not written, once. */
  async retry(): Promise<void> {
    const records = this.#unwritten;
    if (records.length === 0) return;
    this.#unwritten = [];
    const outcomes = await Promise.allSettled(records.map((record) => this.#history.append(record)));
    const refused = records.filter((_, index) => outcomes[index]?.status === 'rejected');
    const lost = this.#lost + refused.length;
    this.#lost = 0;
    if (lost === 0) return;
    this.#log.error('history.lost', { calls: lost, some: refused.slice(0, 10).map(({ id }) => id) });
  }
}
