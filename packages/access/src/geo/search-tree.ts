import type { IpAddress } from '@vats/kernel';

/** What the tree's form is, from the database's metadata. */
export interface TreeForm {
  readonly nodeCount: number;
  /** Bits of each of a node's two records. */
  readonly recordSize: number;
  readonly ipVersion: number;
}

/** An address cut into words, the last one first: two views of the same octets, because arithmetic of bigints is slow. */
const words = new Uint32Array(4);
const halves = new BigUint64Array(words.buffer);

/** More nodes than this are not looked at to see what a file holds: a broken tree may lead in circles. */
const NODES_SURVEYED = 200_000;

/**
 * The binary tree of an .mmdb file (https://maxmind.github.io/MaxMind-DB/): from the root one node for each bit of the
 * address, down to the number of a record. The `maxmind` package walks it too, but from text into arrays of bits, and takes
 * several times as long.
 */
export class SearchTree {
  readonly #octets: Buffer;
  readonly #form: TreeForm;
  /** Where the addresses of IPv4 begin: below 96 bits of zero in a tree of IPv6. */
  readonly #ipv4Start: number;

  /** @param octets the whole file, which begins with the tree */
  constructor(octets: Buffer, form: TreeForm) {
    this.#octets = octets;
    this.#form = form;
    let node = 0;
    if (form.ipVersion === 6) for (let word = 0; word < 3; word++) node = this.#descend(node, 0);
    this.#ipv4Start = node;
  }

  /** Number of the record for the address; undefined when the tree has none, and for IPv6 in a tree of IPv4. */
  find(address: IpAddress): number | undefined {
    const { nodeCount, ipVersion } = this.#form;
    let node: number;
    if (typeof address === 'number') {
      node = this.#descend(this.#ipv4Start, address);
    } else {
      if (ipVersion !== 6) return undefined;
      halves[1] = address >> 64n;
      halves[0] = address;
      node = 0;
      for (let word = 3; word >= 0 && node < nodeCount; word--) node = this.#descend(node, words[word]!);
    }
    return node > nodeCount ? node : undefined;
  }

  /** How many bits of the address lead to what `find` says of it; undefined for IPv6 in a tree of IPv4. */
  prefixLength(address: IpAddress): number | undefined {
    const { nodeCount, ipVersion } = this.#form;
    const v4 = typeof address === 'number';
    if (!v4 && ipVersion !== 6) return undefined;
    const width = v4 ? 32 : 128;
    const bits = address.toString(2).padStart(width, '0');
    let node = v4 ? this.#ipv4Start : 0;
    let length = 0;
    while (length < width && node < nodeCount) node = this.#child(node, bits[length++] === '1' ? 1 : 0);
    return length;
  }

  /** The numbers of different records, in the order of the addresses that lead to them. */
  *records(): Generator<number> {
    const { nodeCount, ipVersion } = this.#form;
    const depth = ipVersion === 6 ? 128 : 32;
    const seen = new Set<number>();
    const waiting: { node: number; bits: number }[] = [{ node: 0, bits: 0 }];
    for (let nodes = 0; nodes < NODES_SURVEYED; nodes++) {
      const next = waiting.pop();
      if (next === undefined) return;
      const { node, bits } = next;
      if (node >= nodeCount || bits === depth) {
        if (node <= nodeCount || seen.has(node)) continue;
        seen.add(node);
        yield node;
        continue;
      }
      waiting.push({ node: this.#child(node, 1), bits: bits + 1 });
      waiting.push({ node: this.#child(node, 0), bits: bits + 1 });
    }
  }

  /** Goes down by the bits of a word, the highest first, until they or the nodes end. */
  #descend(from: number, word: number): number {
    const octets = this.#octets;
    const { nodeCount, recordSize } = this.#form;
    let node = from;
    if (recordSize !== 24) {
      for (let bit = 31; bit >= 0 && node < nodeCount; bit--) node = this.#child(node, (word >>> bit) & 1);
      return node;
    }
    for (let bit = 31; bit >= 0 && node < nodeCount; bit--) {
      const at = node * 6 + ((word >>> bit) & 1) * 3;
      node = (octets[at]! << 16) | (octets[at + 1]! << 8) | octets[at + 2]!;
    }
    return node;
  }

  #child(node: number, side: number): number {
    const octets = this.#octets;
    switch (this.#form.recordSize) {
      case 24:
        return octets.readUIntBE(node * 6 + side * 3, 3);
      case 28: {
        const at = node * 7;
        const shared = octets[at + 3]!;
        return (side === 0 ? (shared >>> 4) * 2 ** 24 : (shared & 15) * 2 ** 24) + octets.readUIntBE(at + side * 4, 3);
      }
      default:
        return octets.readUInt32BE(node * 8 + side * 4);
    }
  }
}
