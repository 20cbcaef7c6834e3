import { type IpAddress, type Network, networkOf } from '@vats/kernel';

/** Networks in the order of their first addresses, with how far any of those up to there reaches. */
interface Reach {
  readonly firsts: readonly IpAddress[];
  readonly furthest: readonly IpAddress[];
}

/** Tells whether one network of a list holds the whole of another: lists may be long, and each device's is asked about. */
export class NetworkCover {
  readonly #reaches: Readonly<Record<4 | 6, Reach>>;

  constructor(texts: Iterable<string>) {
    const networks = Array.from(texts, networkOf);
    const ofFamily = (family: 4 | 6): Reach => reachOf(networks.filter((network) => network.family === family));
    this.#reaches = { 4: ofFamily(4), 6: ofFamily(6) };
  }

  holds({ family, first, last }: Network): boolean {
    const { firsts, furthest } = this.#reaches[family];
    let low = 0;
    let high = firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (firsts[middle]! <= first) low = middle + 1;
      else high = middle;
    }
    // Of those that begin no later, one that reaches as far begins no later either.
    return low > 0 && furthest[low - 1]! >= last;
  }
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
