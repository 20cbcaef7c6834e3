import { hashOf } from './hash-of.ts';

/** Askers are counted in so many slots, whoever they are: who shares one with somebody else has another neighbour after the next turn. */
const SLOTS = 1_024;
/** What a count keeps from one look to the next: it looks back about ten of them. */
const KEPT = 0.9;

/**
 * Which share of its requests each asker has let in where not all fit: max-min fair, so that who asks for little gets all of it, and who
 * asks for much shares what is left with others like that. It remembers a fixed number of counts, and no names.
 */
export class FairShares {
  readonly #counts = new Float64Array(SLOTS);
  /** Of each slot, as of the last look. */
  readonly #shares = new Float64Array(SLOTS);
  #salt: number;

  /** @param salt nobody outside knows it: who chooses names can't choose with whom they share a slot */
  constructor(salt: number) {
    this.#salt = salt;
    this.#shares.fill(1);
  }

  /** One asks; answers the share that is let in of what they ask for. */
  ask(who: string): number {
    const slot = hashOf(who, this.#salt) % SLOTS;
    this.#counts[slot]!++;
    return this.#shares[slot]!;
  }

  /** From now on so much of all that is asked for fits: to be told at each look. */
  fits(share: number): void {
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    const most = mostOfOne(this.#counts, share * total);
    for (let slot = 0; slot < SLOTS; slot++) {
      const count = this.#counts[slot]!;
      // Of who has not asked yet nothing is known, and of nobody when it begins.
      this.#shares[slot] = total === 0 ? share : count === 0 ? 1 : Math.min(1, most / count);
      this.#counts[slot] = count * KEPT;
    }
  }

  /** Begins anew, with other neighbours. */
  shuffle(salt: number, share: number): void {
    this.#salt = salt;
    this.#counts.fill(0);
    this.#shares.fill(share);
  }
}

/** How much of one asker fits if nobody gets more than that, and all together get `budget`. */
function mostOfOne(counts: Float64Array, budget: number): number {
  const asking = counts.filter((count) => count > 0).sort();
  let left = budget;
  for (const [nth, count] of asking.entries()) {
    const each = left / (asking.length - nth);
    if (count > each) return each;
    left -= count;
  }
  return Number.POSITIVE_INFINITY;
}
