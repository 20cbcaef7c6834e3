import { priceOf, type Rate } from './rate.ts';

/** The rates of one trunk. Immutable: a new file makes a new table. */
export class RateTable {
  readonly #byPrefix: ReadonlyMap<string, Rate>;
  readonly #longest: number;

  /** Of two rates with one prefix the later one holds; a file with such is refused before it comes here. */
  constructor(rates: Iterable<Rate>) {
    const byPrefix = new Map<string, Rate>();
    for (const rate of rates) byPrefix.set(rate.prefix, rate);
    this.#byPrefix = byPrefix;
    this.#longest = Math.max(0, ...new Set([...byPrefix.keys()].map(({ length }) => length)));
  }

  get size(): number {
    return this.#byPrefix.size;
  }

  /** In the file's order. */
  get rates(): Iterable<Rate> {
    return this.#byPrefix.values();
  }

  /** The rate of the longest prefix that the E.164 number begins with; undefined for a number that is none, or has none. */
  find(number: string): Rate | undefined {
    if (!/^\+\d+$/.test(number)) return undefined;
    const digits = number.slice(1, 1 + this.#longest);
    for (let length = digits.length; length > 0; length--) {
      const rate = this.#byPrefix.get(digits.slice(0, length));
      if (rate !== undefined) return rate;
    }
    return undefined;
  }
}

/** A trunk with what a call by it costs. */
export interface TrunkRate {
  readonly trunk: string;
  readonly rate: Rate;
}

/** How long a call is taken to be where trunks are compared: fees and increments weigh as they do in an usual call. */
export const COMPARED_SECONDS = 180;

/**
 * The trunks that have a rate for the number, the cheapest first, for a call of `seconds`. Trunks of one price stay in the order
 * given; those without a rate are left out: what they would cost is not known.
 */
export function cheapestOf(
  number: string,
  tables: Iterable<readonly [trunk: string, table: RateTable]>,
  seconds = COMPARED_SECONDS,
): TrunkRate[] {
  const found: TrunkRate[] = [];
  for (const [trunk, table] of tables) {
    const rate = table.find(number);
    if (rate !== undefined) found.push({ trunk, rate });
  }
  return found.sort((a, b) => priceOf(a.rate, seconds) - priceOf(b.rate, seconds));
}
