import { BlockList, isIP } from 'node:net';

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

function networks(...list: readonly string[]): BlockList {
  const block = new BlockList();
  for (const network of list) {
    const [address, prefix] = network.split('/') as [string, string];
    block.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return block;
}

const LOOPBACK = networks('127.0.0.0/8', '::1/128');
const PRIVATE = networks('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7');
/** Multicast, broadcast, reserved, "this network", link-local, and where clouds answer questions about a machine. */
const NOWHERE = networks(
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '100.100.100.200/32',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
);

/** `0.0.0.0` or `::`, however written. */
export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || (isIP(address) === 6 && /^[0:]+$/.test(address));
}

function scopeOf(address: string): Scope {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isUnspecified(address)) return 'unspecified';
  // BlockList judges an IPv4-mapped IPv6 address by the IPv4 rules, which is what the kernel does with it.
  if (NOWHERE.check(address, family)) return 'nowhere';
  if (LOOPBACK.check(address, family)) return 'loopback';
  return PRIVATE.check(address, family) ? 'private' : 'public';
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
  if (isIP(address) === 0) return 'learn'; // a host name: nobody waits for DNS on the way to the ear
  const scope = scopeOf(address);
  if (scope === 'unspecified') return 'hold';
  if (scope === 'nowhere') return 'refuse';
  if (scope === 'public' || address === signalling || allowed(address)) return 'dial';
  const peer = scopeOf(signalling);
  if (scope === 'loopback') return peer === 'loopback' ? 'dial' : 'learn';
  return peer === 'private' || peer === 'loopback' ? 'dial' : 'learn';
}
