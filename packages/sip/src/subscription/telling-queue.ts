import type { Cancel, Clock } from '@vats/kernel';

/** How long a burst of changes is gathered: a call that begins changes a lamp three times in a few milliseconds. */
const GATHERED_MS = 20;
/** Told in one turn of the event loop; calls go on between two. Each costs some 30 µs. */
const TOLD_A_TURN = 100;

interface Told {
  tell(): void;
}

/** Subscriptions that have something to tell, each once, in the order in which it came up. */
export class TellingQueue {
  readonly #clock: Clock;
  readonly #onBug: (error: unknown) => void;
  readonly #waiting = new Set<Told>();
  #next: Cancel | undefined;

  constructor(clock: Clock, onBug: (error: unknown) => void) {
    this.#clock = clock;
    this.#onBug = onBug;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(told: Told): void {
    this.#waiting.add(told);
    this.#next ??= this.#clock.after(GATHERED_MS, () => this.#tell());
  }

  delete(told: Told): void {
    this.#waiting.delete(told);
  }

  close(): void {
    this.#waiting.clear();
    this.#next?.();
    this.#next = undefined;
  }

  #tell(): void {
    this.#next = undefined;
    let count = 0;
    for (const told of this.#waiting) {
      if (++count > TOLD_A_TURN) {
        this.#next ??= this.#clock.after(0, () => this.#tell());
        return;
      }
      this.#waiting.delete(told);
      try {
        told.tell();
      } catch (error) {
        // One subscription's fault is no other's.
        this.#onBug(error);
      }
    }
  }
}
