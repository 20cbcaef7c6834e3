import type { Cancel, Clock } from './clock.ts';

/**
 * A clock whose timers end no process: what one throws is a fault of ours, which is told, and all others fire nevertheless. Whoever
 * makes timers for others to live by (a whole switch, a stack) puts it around the clock that it is given, once.
 */
export class GuardedClock implements Clock {
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;

  /** @param onFault is given what a timer threw, in the turn in which it did */
  constructor(clock: Clock, onFault: (error: unknown) => void) {
    this.#clock = clock;
    this.#onFault = onFault;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(milliseconds: number, fire: () => void): Cancel {
    return this.#clock.after(milliseconds, () => {
      try {
        fire();
      } catch (error) {
        this.#onFault(error);
      }
    });
  }
}
