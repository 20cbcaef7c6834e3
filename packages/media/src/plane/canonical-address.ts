import { isIP, SocketAddress } from 'node:net';
import type { Endpoint } from '@vats/kernel';

/** Addresses of packets come canonical from the kernel; those of SDP are as people write them. */
export function canonical(address: string): string {
  if (!address.includes(':')) return address;
  return isIP(address) === 6 && !address.includes('%')
    ? new SocketAddress({ address, family: 'ipv6' }).address
    : address;
}

export function canonicalEndpoint(endpoint: Endpoint): Endpoint {
  return { address: canonical(endpoint.address), port: endpoint.port };
}
