/** Places that a room has at most. */
export const MOST_PARTIES = 100;

/**
 * Who hears whom in a room: a matrix in which everybody hears everybody else until told otherwise. It knows for each listener
 * how many exceptions there are, so that those who have none cost nothing.
 */
export class Hearing {
  /** 1 where listener (row) does not hear speaker (column). */
  readonly #deaf = new Uint8Array(MOST_PARTIES * MOST_PARTIES);
  readonly #exceptions = new Uint8Array(MOST_PARTIES);

  hears(listener: number, speaker: number): boolean {
    return this.#deaf[listener * MOST_PARTIES + speaker] === 0;
  }

  set(listener: number, speaker: number, hears: boolean): void {
    const at = listener * MOST_PARTIES + speaker;
    const deaf = hears ? 0 : 1;
    this.#exceptions[listener]! += deaf - this.#deaf[at]!;
    this.#deaf[at] = deaf;
  }

  /** How many a listener does not hear. */
  exceptionsOf(listener: number): number {
    return this.#exceptions[listener]!;
  }

  /** Nobody is at this place any more: what was said of it is no exception for anybody. */
  reset(place: number): void {
    for (let other = 0; other < MOST_PARTIES; other++) {
      this.set(place, other, true);
      this.set(other, place, true);
    }
  }
}
