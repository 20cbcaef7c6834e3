const BLOCK = 64;
/** Before the length of the message, in octets (RFC 3174 §4). */
const LENGTH_AT = 56;
export const SHA1_OCTETS = 20;

const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0].map((word) => word | 0);

// One thread digests one message at a time, so that all share these; nothing is allocated for a packet.
const schedule = new Int32Array(80);
const tail = new Uint8Array(2 * BLOCK);
const tailWords = new DataView(tail.buffer);

/**
 * HMAC-SHA1 (RFC 2104) under one key, for packets: node:crypto needs a native object for each message, which costs more than twice as
 * much as the digest of a voice packet itself and leaves garbage behind. No step depends on what is digested.
 */
export class HmacSha1 {
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;
  readonly #state = new Int32Array(5);

  /** @param key at most 64 octets, as SRTP's always is */
  constructor(key: Uint8Array) {
    if (key.length > BLOCK) throw new RangeError(`a key of ${key.length} octets`);
    this.#inner = afterPad(key, 0x36);
    this.#outer = afterPad(key, 0x5c);
  }

  /** Digests the first `end` octets and, where it is given, a word of 32 bits behind them. */
  digest(data: Uint8Array, end: number, word?: number): void {
    const state = this.#state;
    state.set(this.#inner);
    let at = 0;
    for (; at + BLOCK <= end; at += BLOCK) compress(state, data, at);
    let left = end - at;
    for (let i = 0; i < left; i++) tail[i] = data[at + i]!;
    if (word !== undefined) {
      tailWords.setUint32(left, word);
      left += 4;
    }
    finish(state, left, BLOCK + end + (word === undefined ? 0 : 4));
    for (let i = 0; i < 5; i++) tailWords.setInt32(4 * i, state[i]!);
    state.set(this.#outer);
    finish(state, SHA1_OCTETS, BLOCK + SHA1_OCTETS);
  }

  /** Writes the first octets of the last digest. */
  write(packet: Uint8Array, at: number, octets: number): void {
    for (let i = 0; i < octets; i++) packet[at + i] = this.#octet(i);
  }

  /** Compares the first octets of the last digest, in a time that does not tell where they differ. */
  matches(packet: Uint8Array, at: number, octets: number): boolean {
    let difference = 0;
    for (let i = 0; i < octets; i++) difference |= packet[at + i]! ^ this.#octet(i);
    return difference === 0;
  }

  #octet(i: number): number {
    return (this.#state[i >> 2]! >>> (24 - 8 * (i & 3))) & 0xff;
  }
}

function afterPad(key: Uint8Array, pad: number): Int32Array {
  const block = new Uint8Array(BLOCK).fill(pad);
  for (let i = 0; i < key.length; i++) block[i]! ^= key[i]!;
  const state = Int32Array.from(INITIAL);
  compress(state, block, 0);
  return state;
}

/** Pads the `left` octets in `tail` and digests them; `total` is the length of the whole message, in octets. */
function finish(state: Int32Array, left: number, total: number): void {
  const end = left < LENGTH_AT ? BLOCK : 2 * BLOCK;
  tail[left] = 0x80;
  tail.fill(0, left + 1, end - 8);
  tailWords.setUint32(end - 8, Math.floor(total / 0x20000000));
  tailWords.setUint32(end - 4, total << 3);
  compress(state, tail, 0);
  if (end > BLOCK) compress(state, tail, BLOCK);
}

/** SHA-1's compression (RFC 3174 §6.1) of one block. */
function compress(state: Int32Array, data: Uint8Array, from: number): void {
  const w = schedule;
  let at = from;
  for (let i = 0; i < 16; i++, at += 4) {
    w[i] = (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!;
  }
  for (let i = 16; i < 80; i++) {
    const mixed = w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!;
    w[i] = (mixed << 1) | (mixed >>> 31);
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let next: number;
  for (let i = 0; i < 20; i++) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + 0x5a827999 + w[i]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 20; i < 40; i++) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + w[i]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 40; i < 60; i++) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + e + 0x8f1bbcdc + w[i]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 60; i < 80; i++) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0xca62c1d6 + w[i]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0] = (state[0]! + a) | 0;
  state[1] = (state[1]! + b) | 0;
  state[2] = (state[2]! + c) | 0;
  state[3] = (state[3]! + d) | 0;
  state[4] = (state[4]! + e) | 0;
}
