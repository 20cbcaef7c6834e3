import type { Cancel, Clock } from '@vats/kernel';

/** A clock that knows how many of its timers wait, for the ledger. */
export class CountedClock implements Clock {
  readonly #clock: Clock;
  #waiting = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Timers neither fired nor cancelled. */
  get waiting(): number {
    return this.#waiting;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(milliseconds: number, fire: () => void): Cancel {
    let waits = true;
    this.#waiting++;
    const settle = (): boolean => {
      if (!waits) return false;
      waits = false;
      this.#waiting--;
      return true;
    };
    const cancel = this.#clock.after(milliseconds, () => {
      if (settle()) fire();
    });
    return () => {
      if (settle()) cancel();
    };
  }
}
