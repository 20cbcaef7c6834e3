import { RandomOverOctets } from '../random.ts';

/** A repeatable generator for tests (mulberry32). Not fit for secrets, so it lives behind `@vats/kernel/testing`. */
export class SeededRandom extends RandomOverOctets {
  #state: number;

  constructor(seed = 1) {
    super();
    this.#state = seed >>> 0;
  }

  bytes(count: number): Buffer {
    const octets = Buffer.alloc(count);
    for (let i = 0; i < count; i++) octets[i] = this.octet();
    return octets;
  }

  protected octet(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 8) & 0xff;
  }
}
