const SMALLEST_STORE = 1024;
const NOTHING = Buffer.alloc(0);

/** Octets of a stream that are not used up: what comes is put behind, what is done with is dropped in front. */
export class OctetQueue {
  #store: Buffer = NOTHING;
  #from = 0;
  #to = 0;
  /** True when `#store` is ours to write to, false when it is a chunk as it came. */
  #own = false;

  get length(): number {
    return this.#to - this.#from;
  }

  /** Takes a chunk; it must not change afterwards. */
  push(octets: Buffer): void {
    if (this.length === 0) {
      this.#store = octets;
      this.#from = 0;
      this.#to = octets.length;
      this.#own = false;
      return;
    }
    this.#reserve(octets.length);
    octets.copy(this.#store, this.#to);
    this.#to += octets.length;
  }

  /** The octet at this offset, which must be there. */
  at(offset: number): number {
    return this.#store[this.#from + offset] ?? 0;
  }

  /** A view of what is held, good until something is pushed or dropped. */
  view(from = 0, to = this.length): Buffer {
    return this.#store.subarray(this.#from + from, Math.min(this.#to, this.#from + to));
  }

  drop(count: number): void {
    this.#from += Math.min(count, this.length);
    if (this.length === 0) this.clear(); // a silent connection keeps no octets alive
  }

  clear(): void {
    this.#store = NOTHING;
    this.#from = 0;
    this.#to = 0;
    this.#own = false;
  }

  #reserve(more: number): void {
    const { length } = this;
    if (this.#own && this.#to + more <= this.#store.length) return;
    if (this.#own && length + more <= this.#store.length / 2) {
      this.#store.copyWithin(0, this.#from, this.#to);
    } else {
      const store = Buffer.allocUnsafeSlow(Math.max(SMALLEST_STORE, 2 * (length + more)));
      this.#store.copy(store, 0, this.#from, this.#to);
      this.#store = store;
      this.#own = true;
    }
    this.#from = 0;
    this.#to = length;
  }
}
