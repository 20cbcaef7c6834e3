import type { Clock } from './clock.ts';
import { ExpiringMap } from './expiring-map.ts';

const SOURCES_REMEMBERED = 4096;
const PERIOD_MS = 1000;

/**
 * Lets one log line a second through for each source and counts the rest, so that a flood of bad input costs a counter
 * and not a disk.
 */
export class LineBudget {
  readonly #seen: ExpiringMap<string, true>;
  #suppressed = 0;

  constructor(clock: Clock) {
    this.#seen = new ExpiringMap({ clock, limit: SOURCES_REMEMBERED, lifetime: PERIOD_MS });
  }

  /** Lines not written since the start. */
  get suppressed(): number {
    return this.#suppressed;
  }

  /** True when a line about `source` may be written now. */
  allows(source: string): boolean {
    if (this.#seen.has(source)) {
      this.#suppressed++;
      return false;
    }
    this.#seen.set(source, true);
    return true;
  }
}
