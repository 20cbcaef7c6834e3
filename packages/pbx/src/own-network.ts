import type { Network } from '@vats/kernel';

/** Sources (an IPv4 address, an IPv6 /64) of the widest network that is taken for an operator's own: a /16, a /48. */
const MOST_SOURCES = 65_536;
const SOURCE_OF_IPV6 = 2n ** 64n;

/**
 * Whether a network of a trunk's allow list is small enough to be that operator's own: its addresses are then heard wherever they
 * are. A wider one is half the world, and its sources are strangers like others.
 */
export function isOperatorsOwn({ family, first, last }: Network): boolean {
  if (family === 4) return last - first < MOST_SOURCES;
  return (last - first) / SOURCE_OF_IPV6 < BigInt(MOST_SOURCES);
}
