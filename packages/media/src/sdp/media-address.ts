import { BlockList, isIP } from 'node:net';
import { ipv4Number } from './ipv4-number.ts';

/**
 * What is done with an address that a peer claims for its media.
 *
 * - dial: sound is sent there, and expected from there
 * - learn: nothing is sent before sound has come from a believed address
 * - hold: `0.0.0.0` or `::`, RFC 2543's way to say "send me nothing"
 * - refuse: no phone is there
 */
export type AddressVerdict = 'dial' | 'learn' | 'hold' | 'refuse';

type Scope = 'unspecified' | 'loopback' | 'private' | 'nowhere' | 'public';

/** The first of these that an address lies in gives it its scope; outside of all it is public. */
const NETWORKS: readonly (readonly [scope: Scope, networks: readonly string[]])[] = [
  // Multicast, broadcast, reserved, "this network", link-local, and where clouds answer questions about a machine.
  ['nowhere', ['0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '100.100.100.200/32']],
  ['nowhere', ['fe80::/10', 'ff00::/8', 'fd00:ec2::254/128']],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']],
];

const BLOCKS: { readonly scope: Scope; readonly block: BlockList }[] = [];
// A question to a BlockList costs a microsecond, and every call asks several: for IPv4 the same networks are numbers.
const RANGES: { readonly scope: Scope; readonly from: number; readonly to: number }[] = [];
for (const [scope, networks] of NETWORKS) {
  const block = new BlockList();
  for (const network of networks) {
    const [address, prefix] = network.split('/') as [string, string];
    const from = ipv4Number(address);
    block.addSubnet(address, Number(prefix), from === undefined ? 'ipv6' : 'ipv4');
    if (from !== undefined) RANGES.push({ scope, from, to: from + 2 ** (32 - Number(prefix)) - 1 });
  }
  BLOCKS.push({ scope, block });
}

/** `0.0.0.0` or `::`, however written. */
export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || (address.includes(':') && /^[0:]+$/.test(address) && isIP(address) === 6);
}

/** Undefined for a host name. */
function scopeOf(address: string): Scope | undefined {
  if (isUnspecified(address)) return 'unspecified';
  const number = ipv4Number(address);
  if (number !== undefined) {
    for (const { scope, from, to } of RANGES) if (number >= from && number <= to) return scope;
    return 'public';
  }
  if (isIP(address) === 0) return undefined;
  // BlockList judges an IPv4-mapped IPv6 address by the IPv4 rules, which is what the kernel does with it.
  for (const { scope, block } of BLOCKS) if (block.check(address, 'ipv6')) return scope;
  return 'public';
}

/**
 * Judges an address of a `c=` or `a=rtcp` line. A peer may name addresses of its own surroundings: the loopback when its
 * signalling comes from there, private ones when its signalling does; from the public they would make the switch send to
 * its own neighbours, so it waits for the phone (which is behind a NAT then) to speak first.
 *
 * @param signalling observed address of the peer's signalling
 * @param allowed further addresses that this peer may name
 */
export function judgeMediaAddress(
  address: string,
  signalling: string,
  allowed: (address: string) => boolean = () => false,
): AddressVerdict {
  const scope = scopeOf(address);
  if (scope === undefined) return 'learn'; // a host name: nobody waits for DNS on the way to the ear
  if (scope === 'unspecified') return 'hold';
  if (scope === 'nowhere') return 'refuse';
  if (scope === 'public' || address === signalling || allowed(address)) return 'dial';
  const peer = scopeOf(signalling);
  if (scope === 'loopback') return peer === 'loopback' ? 'dial' : 'learn';
  return peer === 'private' || peer === 'loopback' ? 'dial' : 'learn';
}
