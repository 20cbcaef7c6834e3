import type { Log, LogFields } from '@vats/kernel';

/** Says once that the store fails, and once that it works again: a full disk with a thousand calls must not fill the log too. */
export class StoreOutage {
  readonly #log: Log;
  #why: string | undefined;
  #failures = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  failed(event: string, fields: LogFields, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#failures++;
    if (this.#why === why) return;
    this.#why = why;
    this.#log.error(event, { ...fields, error: why });
  }

  worked(): void {
    if (this.#why === undefined) return;
    this.#log.warn('store.works-again', { failed: this.#failures });
    this.#why = undefined;
    this.#failures = 0;
  }
}
