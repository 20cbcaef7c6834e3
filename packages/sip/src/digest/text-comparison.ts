import { timingSafeEqual } from 'node:crypto';

/**
 * Compares texts of one length, as hex is, in a time that does not tell where they differ. The octets that Node's
 * comparison wants are written over those of the last one: two buffers each time would cost more than the comparison.
 */
export class TextComparison {
  readonly #one: Buffer;
  readonly #other: Buffer;

  /** `length` in characters, each an octet. */
  constructor(length: number) {
    this.#one = Buffer.alloc(length);
    this.#other = Buffer.alloc(length);
  }

  /** False also for a text of another length, which is no secret. */
  equal(one: string, other: string): boolean {
    const { length } = this.#one;
    if (one.length !== length || other.length !== length) return false;
    this.#one.write(one, 'latin1');
    this.#other.write(other, 'latin1');
    return timingSafeEqual(this.#one, this.#other);
  }
}
