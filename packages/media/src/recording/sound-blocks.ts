/** Half a second of sound with room for a late tick. */
export const BLOCK_OCTETS = 9_600;
/** Kept free at most; a disk that keeps up has few under way at once. */
const MOST_FREE = 64;

/**
 * Memory for sound on its way to the disk. A block is used again as soon as it is written, the last one first: it is still in the processor's
 * caches then, where new memory for each write would go through all of them.
 */
export class SoundBlocks {
  readonly #free: ArrayBuffer[] = [];

  /** So many octets, their values left over from before. */
  take(octets: number): Buffer {
    if (octets > BLOCK_OCTETS) return Buffer.allocUnsafeSlow(octets);
    return Buffer.from(this.#free.pop() ?? new ArrayBuffer(BLOCK_OCTETS), 0, octets);
  }

  /** Nobody uses what `take` gave any more; to be called once for each, or never. Other memory is left alone. */
  giveBack({ buffer }: Buffer): void {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === BLOCK_OCTETS && this.#free.length < MOST_FREE)
      this.#free.push(buffer);
  }
}

/** Those of this thread. */
export const soundBlocks = new SoundBlocks();
