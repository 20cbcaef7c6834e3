import type { Cancel } from '@vats/kernel';
import type { TimerName } from './call-state.ts';
import type { CallsParts } from './parts.ts';

/** Files are finished within this time, or the call ends without their word. */
const CLOSING_LIMIT_MS = 10_000;

/** The timers of one call, each by its name and once at a time. */
export class CallTimers {
  readonly #parts: Pick<CallsParts, 'clock' | 'settings'>;
  readonly #fired: (timer: TimerName) => void;
  readonly #running = new Map<TimerName, Cancel>();

  constructor(parts: Pick<CallsParts, 'clock' | 'settings'>, fired: (timer: TimerName) => void) {
    this.#parts = parts;
    this.#fired = fired;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Begins anew where it runs. @param ms of those that have no time of their own: `limit` and `closing` do */
  start(timer: TimerName, ms?: number): void {
    this.stop(timer);
    const { clock, settings } = this.#parts;
    const delay = ms ?? (timer === 'limit' ? settings.timeLimit : CLOSING_LIMIT_MS);
    const cancel = clock.after(delay, () => {
      this.#running.delete(timer);
      this.#fired(timer);
    });
    this.#running.set(timer, cancel);
  }

  stop(timer: TimerName): void {
    this.#running.get(timer)?.();
    this.#running.delete(timer);
  }

  stopAll(): void {
    for (const timer of [...this.#running.keys()]) this.stop(timer);
  }
}
