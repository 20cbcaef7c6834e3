import { type Clock, ExpiringMap } from '@vats/kernel';
import { sourceOf } from './source.ts';

/** Handshakes of strangers: so many a second, and so many at once. A handshake costs us a signature, about a millisecond. */
export const HANDSHAKE_RATES = {
  perSource: { rate: 8, burst: 64 },
  together: { rate: 60, burst: 240 },
} as const;

const SOURCES_REMEMBERED = 4_096;

interface Rate {
  readonly rate: number;
  readonly burst: number;
}

/** What is left of a rate. */
class Allowance {
  readonly #rate: Rate;
  #left: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#left = rate.burst;
    this.#at = now;
  }

  has(now: number): boolean {
    const { rate, burst } = this.#rate;
    this.#left = Math.min(burst, this.#left + ((now - this.#at) * rate) / 1000);
    this.#at = now;
    return this.#left >= 1;
  }

  take(): void {
    this.#left--;
  }
}

/** How much work with keys strangers may give us. Whoever is known is not asked here. */
export class HandshakeBudget {
  readonly #clock: Clock;
  readonly #sources: ExpiringMap<string, Allowance>;
  readonly #together: Allowance;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#together = new Allowance(HANDSHAKE_RATES.together, clock.monotonic());
    const { rate, burst } = HANDSHAKE_RATES.perSource;
    // By then it is full again, as if it had never been asked.
    const lifetime = Math.ceil((burst / rate) * 1000);
    this.#sources = new ExpiringMap({ clock, limit: SOURCES_REMEMBERED, lifetime });
  }

  /** Whether a stranger at this address may begin one more; counts it if so. */
  allows(address: string): boolean {
    const now = this.#clock.monotonic();
    const key = sourceOf(address);
    const source = this.#sources.get(key) ?? new Allowance(HANDSHAKE_RATES.perSource, now);
    if (!source.has(now) || !this.#together.has(now)) return false;
    source.take();
    this.#together.take();
    this.#sources.set(key, source);
    return true;
  }
}
