import type { Clock } from './clock.ts';
import { ExpiringMap } from './expiring-map.ts';
import type { Log } from './log.ts';

const SOURCES_REMEMBERED = 4096;
const PERIOD_MS = 1000;
/** Lines a second about all sources together, and how many may come at once after a quiet time. */
const TOTAL_PER_SECOND = 20;
const TOTAL_AT_ONCE = 100;
/** What was left out is told so often at most. */
const TOLD_EVERY_MS = 10_000;

/**
 * Lets one log line a second through for each source, and some twenty a second for all of them, because a stranger has as many
 * sources as he likes to forge. The rest is counted, so that a flood of bad input costs a counter and not a disk.
 *
 * How many lines are missing is said in the log by the budget itself, not by those who ask it. It runs no timer: the number comes
 * when the next line is asked for, and so every ten seconds while a flood goes on.
 */
export class LineBudget {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #seen: ExpiringMap<string, true>;
  /** Lines that may be written about anybody, at the time `#countedAt`. */
  #left = TOTAL_AT_ONCE;
  #countedAt: number;
  #suppressed = 0;
  /** What of `suppressed` the log has been told of, and when the first line was left out that it has not. */
  #told = 0;
  #untoldSince = 0;

  /** @param log where the lines go that are asked for */
  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
    this.#countedAt = clock.monotonic();
    this.#seen = new ExpiringMap({ clock, limit: SOURCES_REMEMBERED, lifetime: PERIOD_MS });
  }

  /** Lines not written since the start. */
  get suppressed(): number {
    return this.#suppressed;
  }

  /** True when a line about `source` may be written now. */
  allows(source: string): boolean {
    const now = this.#clock.monotonic();
    // A source that the total turns away is asked about anew, as if it had not spoken.
    const allowed = !this.#seen.has(source) && this.#takeOne(now);
    if (allowed) {
      this.#seen.set(source, true);
    } else {
      if (this.#suppressed === this.#told) this.#untoldSince = now;
      this.#suppressed++;
    }
    this.#tell(now);
    return allowed;
  }

  #takeOne(now: number): boolean {
    const earned = ((now - this.#countedAt) / PERIOD_MS) * TOTAL_PER_SECOND;
    this.#left = Math.min(TOTAL_AT_ONCE, this.#left + earned);
    this.#countedAt = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  #tell(now: number): void {
    const lines = this.#suppressed - this.#told;
    if (lines === 0 || now - this.#untoldSince < TOLD_EVERY_MS) return;
    this.#told = this.#suppressed;
    this.#log.warn('log.lines-left-out', { lines, seconds: Math.round((now - this.#untoldSince) / 1000) });
  }
}
