import { isIPv6 } from 'node:net';

/** An address as a number that can be compared: IPv4 as a number from 0 to 2^32 - 1, IPv6 as a bigint of 128 bits. */
export type IpAddress = number | bigint;

const ZERO = 48;
const DOT = 46;
const COLON = 58;
const SMALL_A = 97;
const MAPPED_PREFIX = 0xffff;

/** The four 32-bit words of the address being read, the last one first; the second view reads them two at a time. */
const words = new Uint32Array(4);
const halves = new BigUint64Array(words.buffer);
const groups = new Uint16Array(8);

/** What was read last, if it was no IPv4: bans, lists and the country table ask of one source in a row. */
let lastText = '';
let lastAddress: IpAddress | undefined;

/**
 * Reads an address as `node:net` accepts it. An IPv4 address written as IPv6 (`::ffff:192.0.2.1`, in any spelling) is that
 * IPv4 address, because dual-stack sockets report it so. A zone (`%eth0`) is dropped: it names an interface of ours.
 *
 * @returns undefined for anything else
 * @example parseAddress('192.0.2.1') === 0xc0000201
 * @example parseAddress('2001:db8::1') === 0x20010db8000000000000000000000001n
 */
export function parseAddress(text: string): IpAddress | undefined {
  // By hand, because this is asked of each new source: node's own check of IPv6 takes longer than this with the number.
  const value = parseIPv4(text, 0, text.length);
  if (value >= 0) return value;
  if (text === lastText) return lastAddress;
  const zone = text.indexOf('%');
  lastAddress = zone < 0 ? parseIPv6(text, text.length) : isIPv6(text) ? parseIPv6(text, zone) : undefined;
  lastText = text;
  return lastAddress;
}

/**
 * Writes an address in the one form that RFC 5952 allows it: lower case, the longest run of zeros left out.
 *
 * @example formatAddress(0x20010db8000000000000000000000001n) === '2001:db8::1'
 */
export function formatAddress(address: IpAddress): string {
  if (typeof address === 'number') {
    return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
  }
  if (address >> 32n === 0xffffn) return `::ffff:${formatAddress(Number(address & 0xffffffffn))}`;
  let high = address >> 64n;
  let low = address & 0xffffffffffffffffn;
  for (let i = 3; i >= 0; i--) {
    groups[i] = Number(high & 0xffffn);
    groups[i + 4] = Number(low & 0xffffn);
    high >>= 16n;
    low >>= 16n;
  }
  return formatGroups();
}

/**
 * The network that an IPv6 address lies in.
 *
 * @param bits length of its prefix, 0 to 128
 * @example ipv6Prefix(parseAddress('2001:db8:0:1::7'), 64) === '2001:db8:0:1::/64'
 */
export function ipv6Prefix(address: bigint, bits: number): string {
  const rest = BigInt(128 - bits);
  return `${formatAddress((address >> rest) << rest)}/${bits}`;
}

/**
 * True for addresses that have no place on the internet, and so no country: RFC 1918, loopback, link-local, shared
 * addresses of providers (100.64.0.0/10) and IPv6's unique local ones.
 */
export function isPrivateAddress(address: IpAddress): boolean {
  if (typeof address === 'bigint') {
    const top = Number(address >> 112n);
    return (top & 0xfe00) === 0xfc00 || (top & 0xffc0) === 0xfe80 || address === 1n;
  }
  const top = address >>> 16;
  const first = top >>> 8;
  return (
    first === 10 ||
    first === 127 ||
    top === 0xc0a8 ||
    (top & 0xfff0) === 0xac10 ||
    top === 0xa9fe ||
    (top & 0xffc0) === 0x6440
  );
}

/** The dotted quad from `start` to `end`; -1 when it is none. As `isIPv4` does, it refuses zeros in front of a number. */
function parseIPv4(text: string, start: number, end: number): number {
  if (end - start < 7 || end - start > 15) return -1;
  let value = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (digits === 0 || ++dots > 3) return -1;
      value = value * 256 + octet;
      octet = 0;
      digits = 0;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return -1;
    octet = octet * 10 + digit;
    if (octet > 255) return -1;
    digits++;
  }
  return dots === 3 && digits > 0 ? value * 256 + octet : -1;
}

/** The first `end` characters as IPv6; undefined when they are not. */
function parseIPv6(text: string, end: number): IpAddress | undefined {
  let count = 0;
  /** How many groups stand before `::`. */
  let gap = -1;
  let i = 0;
  if (end < 2) return undefined;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return undefined;
    gap = 0;
    i = 2;
  }
  while (i < end) {
    const start = i;
    let group = 0;
    let code = 0;
    // Never beyond the end, where charCodeAt is not a number and makes all of this slow.
    for (; i < end; i++) {
      code = text.charCodeAt(i);
      const digit = hexDigit(code);
      if (digit < 0) break;
      group = (group << 4) | digit;
    }
    if (code === DOT) {
      const quad = parseIPv4(text, start, end);
      if (quad < 0 || count > 6 || start === 0) return undefined;
      groups[count++] = quad >>> 16;
      groups[count++] = quad & 0xffff;
      break;
    }
    if (i === start || i - start > 4 || count === 8) return undefined;
    groups[count++] = group;
    if (i === end) break;
    if (code !== COLON || ++i === end) return undefined;
    if (text.charCodeAt(i) !== COLON) continue;
    if (gap >= 0) return undefined;
    gap = count;
    i++;
  }
  if (gap < 0 ? count !== 8 : count === 8) return undefined;
  if (gap >= 0) {
    const tail = 8 - (count - gap);
    for (let from = count, to = 8; from > gap; ) groups[--to] = groups[--from]!;
    groups.fill(0, gap, tail);
  }
  for (let word = 0; word < 4; word++) words[3 - word] = groups[word * 2]! * 0x10000 + groups[word * 2 + 1]!;
  if (words[3] === 0 && words[2] === 0 && words[1] === MAPPED_PREFIX) return words[0]!;
  return (halves[1]! << 64n) | halves[0]!;
}

/** Value of a hexadecimal digit; -1 for any other character. */
function hexDigit(code: number): number {
  const digit = code - ZERO;
  if (digit >= 0 && digit <= 9) return digit;
  const letter = (code | 0x20) - SMALL_A;
  return letter >= 0 && letter <= 5 ? letter + 10 : -1;
}

function formatGroups(): string {
  let longest = 1;
  let from = -1;
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && groups[end] === 0) end++;
    if (end - start > longest) {
      longest = end - start;
      from = start;
    }
    if (end > start) start = end;
  }
  const text = (start: number, end: number): string => {
    let written = '';
    for (let i = start; i < end; i++) written += (i > start ? ':' : '') + groups[i]!.toString(16);
    return written;
  };
  return from < 0 ? text(0, 8) : `${text(0, from)}::${text(from + longest, 8)}`;
}
