/** Delay that was not needed for so long, in two windows, is to spare. */
const WINDOW_MS = 3_000;

/** Watches how much of a buffer's delay is never used up. */
export class SpareDelay {
  #windowMs = 0;
  #lowest = Number.POSITIVE_INFINITY;
  #lowestBefore = Number.POSITIVE_INFINITY;

  /** What was left over in every turn for some seconds, in milliseconds; 0 while that is not known yet. */
  get least(): number {
    const known = this.#lowestBefore !== Number.POSITIVE_INFINITY && this.#lowest !== Number.POSITIVE_INFINITY;
    return known ? Math.min(this.#lowest, this.#lowestBefore) : 0;
  }

  /** A turn of `turnMs` has left so much. */
  watch(leftMs: number, turnMs: number): void {
    this.#lowest = Math.min(this.#lowest, leftMs);
    this.#windowMs += turnMs;
    if (this.#windowMs < WINDOW_MS) return;
    this.#windowMs = 0;
    this.#lowestBefore = this.#lowest;
    this.#lowest = Number.POSITIVE_INFINITY;
  }

  /** So much was taken out. */
  lessen(milliseconds: number): void {
    this.#lowest -= milliseconds;
    this.#lowestBefore -= milliseconds;
  }

  restart(): void {
    this.#windowMs = 0;
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#lowestBefore = Number.POSITIVE_INFINITY;
  }
}
