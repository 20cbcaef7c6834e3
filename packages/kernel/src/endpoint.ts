import { isIP } from 'node:net';
import { bad, good, type Parsed } from './parsed.ts';

/** An IP literal (no brackets, no name) and a port: one end of a socket. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export function isIPv6(address: string): boolean {
  return address.includes(':');
}

/** @example formatEndpoint({ address: '::1', port: 5060 }) === '[::1]:5060' */
export function formatEndpoint(endpoint: Endpoint): string {
  return isIPv6(endpoint.address) ? `[${endpoint.address}]:${endpoint.port}` : `${endpoint.address}:${endpoint.port}`;
}

/** True when both name the same socket; addresses are compared as written, so pass canonical ones. */
export function sameEndpoint(one: Endpoint, other: Endpoint): boolean {
  return one.port === other.port && one.address === other.address;
}

/** Reads '127.0.0.1:5060' or '[::1]:5060'. @example parseEndpoint('[::1]:5060') */
export function parseEndpoint(text: string): Parsed<Endpoint, 'no-port' | 'not-an-address' | 'bad-port'> {
  const colon = text.lastIndexOf(':');
  if (colon < 1) return bad('no-port', text.length);
  const host = text.slice(0, colon);
  const bracketed = host.startsWith('[') && host.endsWith(']');
  const address = bracketed ? host.slice(1, -1) : host;
  const family = isIP(address);
  if (family === 0 || (family === 6) !== bracketed) return bad('not-an-address', 0);
  const digits = text.slice(colon + 1);
  const port = Number(digits);
  if (!/^\d{1,5}$/.test(digits) || port > 65535) return bad('bad-port', colon + 1);
  return good({ address, port });
}
