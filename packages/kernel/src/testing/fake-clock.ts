import type { Cancel, Clock } from '../clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Where every fake clock starts: 2026-01-01T00:00:00Z. */
export const FAKE_EPOCH_MS = Date.UTC(2026, 0, 1);

/** A clock that stands still until `advance` is called; timers fire in order of their time, then of their making. */
export class FakeClock implements Clock {
  #elapsed = 0;
  #wall = FAKE_EPOCH_MS;
  #order = 0;
  readonly #timers = new Map<number, Timer>();

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(milliseconds: number, fire: () => void): Cancel {
    const order = this.#order++;
    this.#timers.set(order, { at: this.#elapsed + Math.max(0, milliseconds), order, fire });
    return () => {
      this.#timers.delete(order);
    };
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer, or undefined when none waits. */
  get next(): number | undefined {
    const timer = this.#earliest();
    return timer === undefined ? undefined : timer.at - this.#elapsed;
  }

  /** Moves time on by `milliseconds`, firing what falls due on the way, also what those timers start. */
  advance(milliseconds: number): void {
    const target = this.#elapsed + milliseconds;
    for (;;) {
      const timer = this.#earliest();
      if (timer === undefined || timer.at > target) break;
      this.#moveTo(timer.at);
      this.#timers.delete(timer.order);
      timer.fire();
    }
    this.#moveTo(target);
  }

  /** Steps the wall clock, as an administrator or NTP does; durations do not notice. */
  stepWall(milliseconds: number): void {
    this.#wall += milliseconds;
  }

  #moveTo(elapsed: number): void {
    if (elapsed <= this.#elapsed) return;
    this.#wall += elapsed - this.#elapsed;
    this.#elapsed = elapsed;
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (earliest === undefined || timer.at < earliest.at) earliest = timer;
    }
    return earliest;
  }
}
