import type { Log } from '@vats/kernel';
import type { Ban, BanStore } from './ban.ts';

/** Tells the store what was decided. Nobody waits for it; what fails is logged and counted. */
export class BanKeeper {
  readonly #store: BanStore;
  readonly #log: Log;
  readonly #failed: () => void;
  readonly #writing = new Set<Promise<void>>();

  constructor(store: BanStore, log: Log, failed: () => void) {
    this.#store = store;
    this.#log = log;
    this.#failed = failed;
  }

  save(ban: Ban): void {
    this.#follow(this.#store.save(ban), 'access.ban-not-saved');
  }

  drop(ids: readonly string[]): void {
    if (ids.length > 0) this.#follow(this.#store.remove([...new Set(ids)]), 'access.ban-not-removed');
  }

  /** Resolves when the store has done, or failed to do, all that it was told. */
  async idle(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing);
  }

  #follow(writing: Promise<void>, failure: string): void {
    const done = writing
      .catch((error: unknown) => {
        this.#failed();
        this.#log.warn(failure, { error });
      })
      .finally(() => this.#writing.delete(done));
    this.#writing.add(done);
  }
}
