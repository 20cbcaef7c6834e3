import { formatAddress, ipv6Prefix, type Network, type NetworkFault, parseNetwork } from '@vats/kernel';
import { keysAround } from '../rates/source-key.ts';

/** The network of a ban, in the form in which it is looked up. */
export interface BanNetwork {
  /** What the ban says: a source key is written in one way, any other network as it was given. */
  readonly text: string;
  /** The same for every spelling of the same addresses. */
  readonly identity: string;
  /** Source keys that hold it, the narrowest first; when it is itself a source, it is the first of them. */
  readonly around: readonly string[];
  /** Whether it is a source, which is found without looking at any other network. */
  readonly isSource: boolean;
  readonly network: Network;
}

/** Reads the network of a ban. A single address of IPv6 means that address; the switch itself bans by source key. */
export function readBanNetwork(text: string): BanNetwork | NetworkFault {
  const parsed = parseNetwork(text.trim());
  if (!parsed.ok) return parsed.error.code;
  const network = parsed.value;
  if (network.family === 4) {
    const { first, last } = network;
    if (first === last) {
      const key = formatAddress(first);
      return { text: key, identity: key, around: [key], isSource: true, network };
    }
    return { text: network.text, identity: `${first}-${last}`, around: [], isSource: false, network };
  }
  const { first, last } = network;
  const length = prefixLength(first, last);
  const around = keysAround(first, length);
  const key = ipv6Prefix(first, length);
  const isSource = around[0] === key;
  return { text: isSource ? key : network.text, identity: key, around, isSource, network };
}

/** Networks of IPv6 are written as prefixes only, so the size is a power of two. */
function prefixLength(first: bigint, last: bigint): number {
  return 129 - (last - first + 1n).toString(2).length;
}
