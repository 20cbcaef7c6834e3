/** How long a low transit is remembered, twice over. */
const WINDOW_MS = 5_000;
/** What is left, from packet to packet, of the largest lateness seen. */
const DECAY = 0.998;

/** How unevenly a stream arrives: how much later than the quickest the late packets come. */
export class ArrivalSpread {
  #first: number | undefined;
  #lowest = Number.POSITIVE_INFINITY;
  #lowestBefore = Number.POSITIVE_INFINITY;
  #windowFrom = 0;
  #spread = 0;

  /** In milliseconds; it falls slowly. */
  get spread(): number {
    return this.#spread;
  }

  /** A packet of sound that belongs to `at` on its own clock arrived at `arrived`; both in milliseconds. */
  saw(at: number, arrived: number): void {
    this.#first ??= arrived - at;
    const transit = arrived - at - this.#first;
    if (arrived - this.#windowFrom > WINDOW_MS) {
      this.#windowFrom = arrived;
      this.#lowestBefore = this.#lowest;
      this.#lowest = transit;
    }
    this.#lowest = Math.min(this.#lowest, transit);
    const late = transit - Math.min(this.#lowest, this.#lowestBefore);
    this.#spread = Math.max(late, this.#spread * DECAY);
  }

  /** Another stream begins; what is known of the network stays. */
  restart(): void {
    this.#first = undefined;
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#lowestBefore = Number.POSITIVE_INFINITY;
  }
}
