import { type IpAddress, type Network, networkOf } from '@vats/kernel';

/** Networks in the order of their first addresses, with how far any of those up to there reaches. */
interface Reach {
  readonly firsts: readonly IpAddress[];
  readonly furthest: readonly IpAddress[];
}

/** Tells whether a list holds another network, or meets it: lists may be long, and each device's is asked about. */
export class NetworkCover {
  readonly #reaches: Readonly<Record<4 | 6, Reach>>;

  constructor(texts: Iterable<string>) {
    const networks = Array.from(texts, networkOf);
    const ofFamily = (family: 4 | 6): Reach => reachOf(networks.filter((network) => network.family === family));
    this.#reaches = { 4: ofFamily(4), 6: ofFamily(6) };
  }

  /** Whether one network of the list holds all of this one. */
  holds({ family, first, last }: Network): boolean {
    const { firsts, furthest } = this.#reaches[family];
    const beginning = countUpTo(firsts, first);
    // Of those that begin no later, one that reaches as far begins no later either.
    return beginning > 0 && furthest[beginning - 1]! >= last;
  }

  /** Whether any network of the list has an address in common with this one. */
  touches({ family, first, last }: Network): boolean {
    const { firsts, furthest } = this.#reaches[family];
    const beginning = countUpTo(firsts, last);
    return beginning > 0 && furthest[beginning - 1]! >= first;
  }
}

/** How many of these, which are in order, come no later than `address`. */
function countUpTo(addresses: readonly IpAddress[], address: IpAddress): number {
  let low = 0;
  let high = addresses.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (addresses[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

function reachOf(networks: readonly Network[]): Reach {
  const sorted = networks.toSorted((one, other) => (one.first < other.first ? -1 : one.first > other.first ? 1 : 0));
  const furthest: IpAddress[] = [];
  for (const { last } of sorted) {
    const before = furthest.at(-1);
    furthest.push(before === undefined || last > before ? last : before);
  }
  return { firsts: sorted.map(({ first }) => first), furthest };
}
