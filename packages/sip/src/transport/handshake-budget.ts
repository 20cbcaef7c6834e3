import { type Clock, ExpiringMap } from '@vats/kernel';
import { sourceOf } from './source.ts';

/** Handshakes: so many a second, and so many at once. One costs us a signature, about a millisecond. */
export const HANDSHAKE_RATES = {
  /** Of a stranger's source. */
  perSource: { rate: 8, burst: 64 },
  /** Of all strangers together. */
  together: { rate: 60, burst: 240 },
  /** Of those of them who had none lately, when all together have used up theirs. */
  newcomers: { rate: 30, burst: 120 },
  /** Of a source where somebody is known: all phones of an office, after its router came back. */
  perKnown: { rate: 50, burst: 1_024 },
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

/**
 * How much work with keys others may give us, asked when the first octets of a handshake have come. Strangers who come again and again can
 * use up what all of them have together, but not what is kept for those who come for the first time.
 */
export class HandshakeBudget {
  readonly #clock: Clock;
  readonly #strangers: ExpiringMap<string, Allowance>;
  readonly #known: ExpiringMap<string, Allowance>;
  readonly #together: Allowance;
  readonly #newcomers: Allowance;

  constructor(clock: Clock) {
    const { perSource, perKnown, together, newcomers } = HANDSHAKE_RATES;
    this.#clock = clock;
    this.#together = new Allowance(together, clock.monotonic());
    this.#newcomers = new Allowance(newcomers, clock.monotonic());
    this.#strangers = allowances(clock, perSource);
    this.#known = allowances(clock, perKnown);
  }

  /** Whether whoever is at this address may begin one more; counts it if so. @param isKnown whether somebody there is */
  allows(address: string, isKnown: boolean): boolean {
    const now = this.#clock.monotonic();
    const key = sourceOf(address);
    const sources = isKnown ? this.#known : this.#strangers;
    const before = sources.get(key);
    const source = before ?? new Allowance(isKnown ? HANDSHAKE_RATES.perKnown : HANDSHAKE_RATES.perSource, now);
    if (!source.has(now) || !(isKnown || this.#takesTurn(before === undefined, now))) return false;
    source.take();
    sources.set(key, source);
    return true;
  }

  #takesTurn(isNew: boolean, now: number): boolean {
    const turns = this.#together.has(now) || !isNew ? this.#together : this.#newcomers;
    if (!turns.has(now)) return false;
    turns.take();
    return true;
  }
}

function allowances(clock: Clock, { rate, burst }: Rate): ExpiringMap<string, Allowance> {
  // By then it is full again, as if it had never been asked.
  return new ExpiringMap({ clock, limit: SOURCES_REMEMBERED, lifetime: Math.ceil((burst / rate) * 1000) });
}
