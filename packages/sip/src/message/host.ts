import { isIPv6 } from 'node:net';
import { BRACKET_CLOSE, BRACKET_OPEN, COLON, HOST, isAllOf } from './chars.ts';
import type { Cursor } from './cursor.ts';
import { printable, UnsafeValue } from './wire-text.ts';

/**
 * Reads `host` (RFC 3261 §25.1): a name, an IPv4 address or an IPv6 reference. The brackets of a reference are notation
 * and not part of what is answered, as in an `Endpoint`; {@link formatHost} puts them back.
 */
export function readHost(cursor: Cursor): string | undefined {
  if (cursor.peek() !== BRACKET_OPEN) {
    const name = cursor.run(HOST);
    return name === '' ? cursor.fail('bad-host') : name;
  }
  const start = ++cursor.at;
  for (let code = cursor.peek(); code !== BRACKET_CLOSE; code = cursor.peek()) {
    if (code < 0) return cursor.fail('bad-host');
    cursor.at++;
  }
  const address = cursor.since(start);
  if (!isIPv6(address) || address.includes('%')) return cursor.fail('bad-host');
  cursor.at++;
  return address;
}

/** Reads `:port` when a colon is here: -1 when not. Zero and what exceeds 65535 is a fault. */
export function readPort(cursor: Cursor, spaced = false): number | undefined {
  if (spaced) cursor.skipSpace();
  if (!cursor.take(COLON)) return -1;
  if (spaced) cursor.skipSpace();
  const { octets, end } = cursor;
  let port = 0;
  let at = cursor.at;
  for (; at < end; at++) {
    const digit = octets[at]! - 0x30;
    if (digit < 0 || digit > 9) break;
    port = port * 10 + digit;
    if (port > 65_535) return cursor.fail('bad-port');
  }
  if (port === 0) return cursor.fail('bad-port');
  cursor.at = at;
  return port;
}

/** @throws UnsafeValue when host and port cannot stand in a URI or a Via: brackets belong to the notation */
export function assertHostPort(host: string, port: number | undefined): void {
  if (!isAllOf(host, HOST) && (!isIPv6(host) || host.includes('%')))
    throw new UnsafeValue(`host: ${printable(host)} is no host`);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new UnsafeValue(`port: ${port} is no port`);
  }
}

/** @example formatHost('::1') === '[::1]' */
export function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** @example formatHostPort('::1', 5060) === '[::1]:5060' */
export function formatHostPort(host: string, port: number | undefined): string {
  return port === undefined ? formatHost(host) : `${formatHost(host)}:${port}`;
}

/** Compares hosts: names without regard to case, IPv6 addresses by value (RFC 5118 §4.1). */
export function sameHost(one: string, other: string): boolean {
  if (one === other) return true;
  const lower = one.toLowerCase();
  const otherLower = other.toLowerCase();
  if (lower === otherLower) return true;
  return lower.includes(':') && otherLower.includes(':') && canonicalIPv6(lower) === canonicalIPv6(otherLower);
}

/** The eight groups of an IPv6 address without leading zeros; the text itself when it is none. */
function canonicalIPv6(address: string): string {
  if (!isIPv6(address)) return address;
  const [left = '', right] = withoutDottedEnd(address).split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const middle = right === undefined ? [] : new Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...middle, ...after].map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

/** ::ffff:192.0.2.1 -> ::ffff:c000:201 */
function withoutDottedEnd(address: string): string {
  const colon = address.lastIndexOf(':');
  if (!address.includes('.', colon)) return address;
  const [a = 0, b = 0, c = 0, d = 0] = address
    .slice(colon + 1)
    .split('.')
    .map(Number);
  return `${address.slice(0, colon + 1)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
