import { randomFillSync } from 'node:crypto';

/** The only source of randomness. Tags, branches, nonces and ports come from here, so that a test can fix them. */
export interface Random {
  /** `count` unpredictable octets. */
  bytes(count: number): Buffer;
  /** A whole number from 0 up to, not including, `bound`; every value equally likely. `bound` is at most 2^32. */
  below(bound: number): number;
  /** A token of `characters` characters out of [a-z0-9] (about 5.17 bits each), fit for tags, branches and Call-IDs. */
  token(characters: number): string;
}

const TOKEN_CODES = Buffer.from('abcdefghijklmnopqrstuvwxyz0123456789', 'latin1');
// Octets from here up would favour the alphabet's beginning, so they are thrown away.
const TOKEN_CUTOFF = 256 - (256 % TOKEN_CODES.length);
const scratch = Buffer.alloc(64);

/** What every source shares: fair numbers and tokens made from single octets. */
export abstract class RandomOverOctets implements Random {
  abstract bytes(count: number): Buffer;
  protected abstract octet(): number;

  below(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) throw new RangeError(`below(${bound}): 1 to 2^32`);
    const cutoff = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const drawn = this.octet() * 2 ** 24 + this.octet() * 2 ** 16 + this.octet() * 2 ** 8 + this.octet();
      if (drawn < cutoff) return drawn % bound;
    }
  }

  token(characters: number): string {
    // Written into one piece: a string put together of single characters is put together again by whoever uses it.
    const codes = characters <= scratch.length ? scratch : Buffer.alloc(characters);
    for (let written = 0; written < characters; ) {
      const octet = this.octet();
      if (octet < TOKEN_CUTOFF) codes[written++] = TOKEN_CODES[octet % TOKEN_CODES.length]!;
    }
    return codes.toString('latin1', 0, characters);
  }
}

const POOL_OCTETS = 4096;
/** Up to here a draw comes out of the pool; keys and the like are asked for by themselves. */
const POOLED_OCTETS = 64;

/** Randomness of the operating system, drawn a page at a time because each call into it costs microseconds. */
export class SystemRandom extends RandomOverOctets {
  readonly #pool = Buffer.alloc(POOL_OCTETS);
  #next = POOL_OCTETS;

  bytes(count: number): Buffer {
    if (count > POOLED_OCTETS) return randomFillSync(Buffer.alloc(count));
    if (this.#next + count > POOL_OCTETS) this.#refill();
    const octets = Buffer.from(this.#pool.subarray(this.#next, this.#next + count));
    this.#pool.fill(0, this.#next, this.#next + count);
    this.#next += count;
    return octets;
  }

  protected octet(): number {
    if (this.#next === POOL_OCTETS) this.#refill();
    const octet = this.#pool[this.#next]!;
    this.#pool[this.#next++] = 0;
    return octet;
  }

  #refill(): void {
    randomFillSync(this.#pool);
    this.#next = 0;
  }
}
