import type { Cancel, Clock, Log } from '@vats/kernel';
import type { HistoryStore } from '@vats/pbx';

/** How often it is looked whether something has become too old. */
const EVERY_MS = 3_600_000;
/** Between two handfuls at least: whoever waits for a commit meanwhile waits for one handful at most. */
const PAUSE_MS = 50;
/** And so many times as long as the last one took: a disk has most of its time for calls and registrations. */
const REST = 4;

export interface HistoryKeeperParts {
  readonly history: Pick<HistoryStore, 'removeBefore'>;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a call is kept from its start on, milliseconds; undefined: for ever. */
  readonly keep: number | undefined;
}

/** Removes calls that are older than the machine keeps them, a handful at a time. */
export class HistoryKeeper {
  readonly #parts: HistoryKeeperParts;
  #timer: Cancel | undefined;
  #closed = false;
  #removed = 0;

  constructor(parts: HistoryKeeperParts) {
    this.#parts = parts;
    if (parts.keep !== undefined) this.#timer = parts.clock.after(PAUSE_MS, () => void this.#remove());
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
  }

  async #remove(): Promise<void> {
    const { history, clock, log, keep = 0 } = this.#parts;
    let removed = 0;
    const began = clock.monotonic();
    try {
      removed = await history.removeBefore(clock.now() - keep);
    } catch (error) {
      log.error('history.not-removed', { error: error instanceof Error ? error.message : String(error) });
    }
    this.#removed += removed;
    if (removed === 0 && this.#removed > 0) {
      log.info('history.removed', { calls: this.#removed });
      this.#removed = 0;
    }
    const pause = Math.max(PAUSE_MS, REST * (clock.monotonic() - began));
    if (!this.#closed) this.#timer = clock.after(removed === 0 ? EVERY_MS : pause, () => void this.#remove());
  }
}
