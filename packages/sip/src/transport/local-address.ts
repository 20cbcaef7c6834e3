import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** One address of this machine with the network that it sits in. */
export interface InterfaceAddress {
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  /** 'address/prefix length', null when the system does not say. */
  readonly cidr: string | null;
  readonly internal: boolean;
}

/**
 * Which of this machine's addresses a packet to `remote` most likely leaves from: the one on the same network with the
 * longest prefix, else the first that faces outside. Undefined when there is none of that family.
 */
export function localAddressTowards(
  remote: string,
  interfaces: readonly InterfaceAddress[] = systemInterfaces(),
): string | undefined {
  const bare = remote.replace(/%.*$/, '');
  const family = isIP(bare) === 6 ? 'IPv6' : 'IPv4';
  const candidates = interfaces.filter((candidate) => candidate.family === family);
  const sameNetwork = candidates
    .filter((candidate) => isOnNetwork(bare, candidate))
    .sort((one, other) => prefixLength(other) - prefixLength(one));
  const outside = candidates.find((candidate) => !candidate.internal && !isLinkLocal(candidate.address));
  return (sameNetwork[0] ?? outside ?? candidates[0])?.address;
}

function systemInterfaces(): InterfaceAddress[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
}

function prefixLength(candidate: InterfaceAddress): number {
  return Number(candidate.cidr?.split('/')[1] ?? 0);
}

function isOnNetwork(address: string, candidate: InterfaceAddress): boolean {
  if (candidate.cidr === null) return false;
  const type = candidate.family === 'IPv6' ? 'ipv6' : 'ipv4';
  const network = new BlockList();
  network.addSubnet(candidate.address, prefixLength(candidate), type);
  return network.check(address, type);
}

function isLinkLocal(address: string): boolean {
  return /^(169\.254\.|fe[89ab])/i.test(address);
}
