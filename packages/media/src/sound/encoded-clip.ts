import type { Clip } from './sound-library.ts';

/** Samples that are encoded in one go: some tens of microseconds. */
const BLOCK = 1_024;

/**
 * A clip in a codec that makes an octet of each sample by itself: encoded once, as far as it is played, for all who play it.
 */
export class EncodedClip {
  readonly #clip: Clip;
  readonly #table: Uint8Array;
  readonly #octets: Uint8Array;
  /** By block: whether it is encoded. */
  readonly #made: Uint8Array;

  /** @param table by sample, as an unsigned number, its octet */
  constructor(clip: Clip, table: Uint8Array) {
    this.#clip = clip;
    this.#table = table;
    this.#octets = new Uint8Array(clip.length);
    this.#made = new Uint8Array(Math.ceil(clip.length / BLOCK));
  }

  /** All of the clip's octets, of which those from `from` up to `to` are in place. */
  octets(from: number, to: number): Uint8Array {
    for (let block = Math.floor(from / BLOCK); block * BLOCK < to; block++) {
      if (this.#made[block] === 0) this.#make(block);
    }
    return this.#octets;
  }

  #make(block: number): void {
    const [clip, table, octets] = [this.#clip, this.#table, this.#octets];
    const end = Math.min(clip.length, (block + 1) * BLOCK);
    for (let i = block * BLOCK; i < end; i++) octets[i] = table[clip[i]! & 0xffff]!;
    this.#made[block] = 1;
  }
}

/** By clip and table; they go with their clips. */
const ENCODED = new WeakMap<Clip, Map<Uint8Array, EncodedClip>>();

/** The clip in the codec of that table, one for all of the thread. */
export function encodedClip(clip: Clip, table: Uint8Array): EncodedClip {
  const byTable = ENCODED.get(clip) ?? new Map<Uint8Array, EncodedClip>();
  ENCODED.set(clip, byTable);
  const encoded = byTable.get(table) ?? new EncodedClip(clip, table);
  byTable.set(table, encoded);
  return encoded;
}
