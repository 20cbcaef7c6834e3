import { type Cipheriv, createCipheriv } from 'node:crypto';

const BLOCK = 16;
/** Blocks of the largest packet that is common; room for a larger one is made when it comes. */
const COMMON_BLOCKS = 96;

/**
 * AES in counter mode as SRTP numbers it (RFC 3711 §4.1.1). One cipher object serves all packets, as each block of the key stream is the
 * encryption of its counter: an object for each packet, which node:crypto's own counter mode needs, costs twice as much.
 */
export class AesCounter {
  readonly #aes: Cipheriv;
  readonly #salt: Buffer;
  #counters = Buffer.alloc(COMMON_BLOCKS * BLOCK);

  /** @param salt 14 octets */
  constructor(key: Buffer, salt: Buffer) {
    this.#aes = createCipheriv(`aes-${8 * key.length}-ecb`, key, null).setAutoPadding(false);
    this.#salt = salt;
  }

  /** Enciphers or deciphers octets `at` up to `end` in place. No two packets may have the same `ssrc` and `index`. */
  apply(packet: Uint8Array, at: number, end: number, ssrc: number, index: number): void {
    const length = end - at;
    if (length <= 0) return;
    const octets = Math.ceil(length / BLOCK) * BLOCK;
    const stream = this.#aes.update(this.#countersFor(octets, ssrc, index));
    for (let i = 0; i < length; i++) packet[at + i]! ^= stream[i]!;
  }

  #countersFor(octets: number, ssrc: number, index: number): Buffer {
    if (octets > this.#counters.length) this.#counters = Buffer.alloc(octets);
    const counters = this.#counters;
    this.#salt.copy(counters);
    counters.writeUInt32BE((counters.readUInt32BE(4) ^ ssrc) >>> 0, 4);
    const [high, low] = [Math.floor(index / 0x10000), index % 0x10000];
    counters.writeUInt32BE((counters.readUInt32BE(8) ^ high) >>> 0, 8);
    counters.writeUInt16BE(counters.readUInt16BE(12) ^ low, 12);
    counters.writeUInt16BE(0, 14);
    for (let from = BLOCK, block = 1; from < octets; from += BLOCK, block++) {
      counters.copyWithin(from, 0, BLOCK - 2);
      counters[from + 14] = block >>> 8;
      counters[from + 15] = block & 0xff;
    }
    return octets === counters.length ? counters : counters.subarray(0, octets);
  }
}
