import { formatAddress, parseAddress } from '@vats/kernel';

/**
 * How many times the allowance of one source each of its keys has, in their order: whoever owns a whole /48, which is
 * 65,536 sources, gains sixteen times what one address of IPv4 may do.
 */
export const SHARES = [1, 4, 16] as const;

const LENGTHS = [64, 56, 48] as const;
const REMEMBERED = 4096;
const COLON = 58;
const SLASH = 47;
const ZERO = 48;

const remembered = new Map<string, readonly string[]>();

/**
 * What an address counts under, the narrowest first. IPv4 (also written as ::ffff:192.0.2.1) counts by itself. An IPv6
 * host picks its last 64 bits as it likes, and a subscriber owns a /56 or a /48, so it counts under all three networks.
 * Text that is no address counts by itself.
 *
 * @example sourceKeys('192.0.2.1') // ['192.0.2.1']
 * @example sourceKeys('2001:db8:1:2::5') // ['2001:db8:1:2::/64', '2001:db8:1::/56', '2001:db8:1::/48']
 */
export function sourceKeys(address: string): readonly string[] {
  const known = remembered.get(address);
  if (known !== undefined) return known;
  const keys = keysOf(address);
  // Emptied as a whole: that costs nothing while it fills, and what is asked often is back at once.
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(address, keys);
  return keys;
}

/** The narrowest of `sourceKeys`: the one that bans are made on first. */
export function sourceKey(address: string): string {
  // Most sources are IPv4 and their own key; this answers without a look-up.
  return address.includes(':') ? sourceKeys(address)[0]! : address;
}

/** The keys among which a network of IPv6 lies, itself included, the narrowest first; none when it is wider than a /48. */
export function keysAround(first: bigint, length: number): readonly string[] {
  // Numbers from here on: a flood may bring a new address with each packet, and bigints are ten times as slow.
  const upper = Number(first >> 96n);
  const lower = Number((first >> 64n) & 0xffffffffn);
  return LENGTHS.filter((bits) => bits <= length).map((bits) => keyOf(upper, lower & (-1 << (64 - bits)), bits));
}

function keysOf(address: string): readonly string[] {
  const value = parseAddress(address);
  if (value === undefined) return [address];
  return typeof value === 'number' ? [formatAddress(value)] : keysAround(value, 128);
}

const scratch = Buffer.alloc('ffff:ffff:ffff:ffff::/64'.length);
const HEX = Buffer.from('0123456789abcdef', 'latin1');

/**
 * Writes the network in the one form of RFC 5952: at least its last four groups are zero, and no longer run precedes them.
 *
 * @param upper the first 32 bits
 * @param lower the second 32 bits
 */
function keyOf(upper: number, lower: number, bits: number): string {
  const count = lower & 0xffff ? 4 : lower ? 3 : upper & 0xffff ? 2 : upper ? 1 : 0;
  let end = 0;
  for (let i = 0; i < count; i++) {
    const group = ((i < 2 ? upper : lower) >>> (i & 1 ? 0 : 16)) & 0xffff;
    if (i > 0) scratch[end++] = COLON;
    if (group >= 0x1000) scratch[end++] = HEX[group >> 12]!;
    if (group >= 0x100) scratch[end++] = HEX[(group >> 8) & 15]!;
    if (group >= 0x10) scratch[end++] = HEX[(group >> 4) & 15]!;
    scratch[end++] = HEX[group & 15]!;
  }
  scratch[end++] = COLON;
  scratch[end++] = COLON;
  scratch[end++] = SLASH;
  scratch[end++] = ZERO + Math.floor(bits / 10);
  scratch[end++] = ZERO + (bits % 10);
  // One piece of text: what is put together of several is taken apart again at each look-up.
  return scratch.toString('latin1', 0, end);
}
