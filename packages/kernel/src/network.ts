import { type IpAddress, parseAddress } from './ip-address.ts';
import { bad, good, type Parsed } from './parsed.ts';

/** Addresses that follow one another, with the text that a person wrote for them. */
export type Network = RangeOf<4, number> | RangeOf<6, bigint>;

interface RangeOf<Family, Address extends IpAddress> {
  /** As it was written, for messages. */
  readonly text: string;
  readonly family: Family;
  readonly first: Address;
  /** The last one that belongs to it. */
  readonly last: Address;
}

export type NetworkFault = 'not-a-network' | 'bad-prefix-length' | 'bad-range' | 'bad-wildcard';

const IPV4_MAPPED = 0xffff00000000n;

/**
 * Reads a network in the ways a person writes one: an address, `203.0.113.0/24`, `2001:db8::/32`, `192.168.1.16-32` (a
 * range in the last octet), `10.20.*`. Bits beyond a prefix are let pass: `203.0.113.5/24` is the whole /24. What lies in
 * ::ffff:0:0/96 is IPv4; `::/0` on the other hand holds no IPv4 address.
 *
 * @example parseNetwork('10.20.*') // { text: '10.20.*', family: 4, first: 0x0a140000, last: 0x0a14ffff }
 */
export function parseNetwork(text: string): Parsed<Network, NetworkFault> {
  const slash = text.lastIndexOf('/');
  if (slash > 0) return parsePrefix(text, slash);
  const address = parseAddress(text);
  if (address !== undefined) return good(between(text, address, address));
  const range = /^((?:\d{1,3}\.){3})(\d{1,3})-(\d{1,3})$/.exec(text);
  if (range !== null) {
    const [, prefix, low, high] = range;
    const first = parseAddress(`${prefix}${low}`);
    const last = parseAddress(`${prefix}${high}`);
    if (typeof first !== 'number' || typeof last !== 'number') return bad('bad-range');
    return first <= last ? good({ text, family: 4, first, last }) : bad('bad-range', text.lastIndexOf('-') + 1);
  }
  const wildcard = /^((?:\d{1,3}\.){1,3})\*$/.exec(text);
  if (wildcard === null) return bad('not-a-network');
  const octets = wildcard[1]!.split('.').length - 1;
  const first = parseAddress(`${wildcard[1]}${'0.'.repeat(3 - octets)}0`);
  if (typeof first !== 'number') return bad('bad-wildcard');
  return good({ text, family: 4, first, last: first + 2 ** (32 - 8 * octets) - 1 });
}

function parsePrefix(text: string, slash: number): Parsed<Network, NetworkFault> {
  const written = text.slice(0, slash);
  const address = parseAddress(written);
  if (address === undefined) return bad('not-a-network');
  const digits = text.slice(slash + 1);
  const length = Number(digits);
  const isV6 = written.includes(':');
  if (!/^\d{1,3}$/.test(digits) || length > (isV6 ? 128 : 32)) return bad('bad-prefix-length', slash + 1);
  if (typeof address === 'number' && (!isV6 || length >= 96)) {
    const size = 2 ** (32 - (isV6 ? length - 96 : length));
    const first = address - (address % size);
    return good({ text, family: 4, first, last: first + size - 1 });
  }
  const rest = BigInt(128 - length);
  const first = ((typeof address === 'bigint' ? address : IPV4_MAPPED | BigInt(address)) >> rest) << rest;
  return good({ text, family: 6, first, last: first + (1n << rest) - 1n });
}

function between(text: string, first: IpAddress, last: IpAddress): Network {
  return (typeof first === 'number' ? { text, family: 4, first, last } : { text, family: 6, first, last }) as Network;
}

/** What is said of networks, asked by address: the smallest network that holds the address decides. */
export class NetworkMap<V> {
  /** How many networks were given. */
  readonly size: number;
  readonly #v4: Pieces<number, V>;
  readonly #v6: Pieces<bigint, V>;

  /** @param entries networks and their values; of two networks of one size that share addresses the first counts */
  constructor(entries: Iterable<readonly [network: Network, value: V]>) {
    const v4: Entry<number, V>[] = [];
    const v6: Entry<bigint, V>[] = [];
    for (const [network, value] of entries) {
      if (network.family === 4) v4.push({ first: network.first, end: network.last + 1, value });
      else v6.push({ first: network.first, end: network.last + 1n, value });
    }
    this.size = v4.length + v6.length;
    this.#v4 = piecesOf(v4);
    this.#v6 = piecesOf(v6);
  }

  /** @param address also as text; text that is no address is in no network */
  find(address: IpAddress | string): V | undefined {
    if (this.size === 0) return undefined;
    const value = typeof address === 'string' ? parseAddress(address) : address;
    if (value === undefined) return undefined;
    return typeof value === 'number' ? valueAt(this.#v4, value) : valueAt(this.#v6, value);
  }
}

/** Networks, asked whether and by which of them an address is held. */
export class NetworkSet {
  readonly #texts: NetworkMap<string>;

  constructor(networks: Iterable<Network>) {
    this.#texts = new NetworkMap(Array.from(networks, (network) => [network, network.text] as const));
  }

  /** @throws RangeError for a text that is no network: whoever reads texts from people checks them first */
  static of(texts: Iterable<string>): NetworkSet {
    return new NetworkSet(Array.from(texts, networkOf));
  }

  /** How many networks were given. */
  get size(): number {
    return this.#texts.size;
  }

  /**
   * The smallest network that holds the address, as it was written.
   *
   * @param address also as text; text that is no address is in no network
   */
  find(address: IpAddress | string): string | undefined {
    return this.#texts.find(address);
  }
}

/** @throws RangeError for a text that is no network: for texts that were checked before */
export function networkOf(text: string): Network {
  const parsed = parseNetwork(text);
  if (!parsed.ok) throw new RangeError(`${JSON.stringify(text)} is no network (${parsed.error.code})`);
  return parsed.value;
}

interface Entry<A extends IpAddress, V> {
  readonly first: A;
  readonly end: A;
  readonly value: V;
}

/** Addresses cut where any network begins or ends: from `starts[i]` up to the next start, `values[i]` holds. */
interface Pieces<A extends IpAddress, V> {
  readonly starts: readonly A[];
  /** `roughly` each start. */
  readonly roughs: Float64Array;
  readonly values: readonly (V | undefined)[];
}

/**
 * Cuts networks that may overlap into pieces that do not, so that one binary search answers. The smallest network takes
 * its pieces first, and whatever comes later takes what is left.
 */
function piecesOf<A extends IpAddress, V>(entries: readonly Entry<A, V>[]): Pieces<A, V> {
  const starts = [...new Set(entries.flatMap(({ first, end }) => [first, end]))].sort(ascending);
  const index = new Map(starts.map((start, i) => [start, i]));
  const values = new Array<V | undefined>(starts.length).fill(undefined);
  // The next piece that nobody has taken, for each piece; it is looked up along a path that gets shorter by use.
  const free = starts.map((_, i) => i);
  const nextFree = (from: number): number => {
    let found = from;
    while (free[found] !== found) found = free[found]!;
    for (let at = from; at !== found; ) {
      const next = free[at]!;
      free[at] = found;
      at = next;
    }
    return found;
  };
  // Both ends are of one type, which the compiler cannot know of a type parameter.
  const sizeOf = ({ first, end }: Entry<A, V>) => (end as number) - (first as number);
  for (const entry of entries.toSorted((one, other) => ascending(sizeOf(one), sizeOf(other)))) {
    const end = index.get(entry.end)!;
    // The piece that begins where the last network ends is nobody's, so there is always a next one.
    for (let piece = nextFree(index.get(entry.first)!); piece < end; piece = nextFree(piece)) {
      values[piece] = entry.value;
      free[piece] = piece + 1;
    }
  }
  return { starts, roughs: Float64Array.from(starts, roughly), values };
}

function valueAt<A extends IpAddress, V>({ starts, roughs, values }: Pieces<A, V>, address: A): V | undefined {
  const rough = roughly(address);
  let low = 0;
  let high = roughs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = roughs[middle]!;
    if (there < rough || (there === rough && starts[middle]! <= address)) low = middle + 1;
    else high = middle;
  }
  return values[low - 1];
}

/** As much of an address as a number holds for certain: comparing bigints at each step would cost a microsecond. */
function roughly(address: IpAddress): number {
  return typeof address === 'number' ? address : Number(address >> 76n);
}

function ascending(one: IpAddress, other: IpAddress): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
