import type { Cancel, Clock, Log } from '@vats/kernel';

/** Often enough: 2,000 recorded calls fill 160 MB between two looks. */
const EVERY_MS = 5_000;
/** Recordings begin again when this much more is free than they were stopped at. */
const HYSTERESIS = 1.25;

export interface DiskWatchParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Octets that may still be written where recordings lie; rejects when nobody knows. */
  readonly free: () => Promise<number>;
  /** Below this nothing is recorded; 0: the disk is not watched. */
  readonly minFree: number;
  /** The disk has become too full: whatever is being recorded is to end. */
  readonly onLow: () => void;
}

/** Watches the room that is left for recordings. Calls never suffer: only recordings end, and none begins. */
export class DiskWatch {
  readonly #parts: DiskWatchParts;
  #timer: Cancel | undefined;
  #closed = false;
  #low = false;
  #free: number | undefined;
  #unknown = false;

  constructor(parts: DiskWatchParts) {
    this.#parts = parts;
  }

  /** Whether no recording may begin. */
  get isLow(): boolean {
    return this.#low;
  }

  /** Octets free at the last look; undefined when nobody knows. */
  get free(): number | undefined {
    return this.#free;
  }

  /** Looks for the first time; resolves when it knows. */
  async start(): Promise<void> {
    if (this.#parts.minFree > 0) await this.#look();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
  }

  async #look(): Promise<void> {
    const { clock, log, free, minFree, onLow } = this.#parts;
    try {
      this.#free = await free();
      this.#unknown = false;
    } catch (error) {
      // A disk that can't be asked is not thereby full: a write will tell.
      this.#free = undefined;
      if (!this.#unknown) log.warn('recordings.disk-unknown', { error: String(error) });
      this.#unknown = true;
    }
    if (this.#closed) return;
    const left = this.#free;
    if (left !== undefined && !this.#low && left < minFree) {
      this.#low = true;
      log.error('recordings.disk-low', { free: left, minFree, remedy: 'make room: until then nothing is recorded' });
      onLow();
    } else if (left !== undefined && this.#low && left >= minFree * HYSTERESIS) {
      this.#low = false;
      log.warn('recordings.disk-well', { free: left });
    }
    this.#timer = clock.after(EVERY_MS, () => void this.#look());
  }
}
