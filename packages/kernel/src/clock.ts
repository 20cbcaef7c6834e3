/** Stops a timer. Calling it twice, or after the timer fired, does nothing. */
export type Cancel = () => void;

/**
 * The only source of time. Everything above the kernel takes one as an argument, so that a test turns the crank itself.
 */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch. It may step; use it for what people read and for nonces. */
  now(): number;
  /** Milliseconds since some fixed point; never steps back. Use it for durations and expiry. */
  monotonic(): number;
  /** Runs `fire` once after `milliseconds` (0 means "in a later turn"). */
  after(milliseconds: number, fire: () => void): Cancel;
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's clock. Its timers keep the process alive unless `unref` is asked for. */
export class SystemClock implements Clock {
  readonly #unref: boolean;

  constructor(options: { unref?: boolean } = {}) {
    this.#unref = options.unref ?? false;
  }

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  after(milliseconds: number, fire: () => void): Cancel {
    // Node fires at once when the delay does not fit 32 bits; a timer of 25 days is as good as any later one here.
    const timer = setTimeout(fire, Math.min(Math.max(0, milliseconds), LONGEST_TIMEOUT_MS));
    if (this.#unref) timer.unref();
    return () => clearTimeout(timer);
  }
}
