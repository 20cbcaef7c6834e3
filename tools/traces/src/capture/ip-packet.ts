export const PROTOCOL = { tcp: 6, udp: 17 } as const;

/** A fragment's part of its datagram (RFC 791 §3.2, RFC 8200 §4.5). */
export interface Fragment {
  /** What the fragments of one datagram share. */
  readonly id: number;
  /** Where this one's octets belong. */
  readonly start: number;
  readonly last: boolean;
}

/** An IP packet of either version, its header taken off. */
export interface IpPacket {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly payload: Buffer;
  readonly fragment: Fragment | undefined;
}

/** Reads an IP packet; undefined when it is damaged or cut short. */
export function readIp(packet: Buffer): IpPacket | undefined {
  if (packet.length < 20) return undefined;
  return packet[0]! >>> 4 === 4 ? readIPv4(packet) : readIPv6(packet);
}

function readIPv4(packet: Buffer): IpPacket | undefined {
  const headerLength = (packet[0]! & 0x0f) * 4;
  // A length of 0 is what a capture sees when the network card does the segmentation.
  const total = packet.readUInt16BE(2) || packet.length;
  if (headerLength < 20 || total < headerLength || total > packet.length) return undefined;
  const flags = packet.readUInt16BE(6);
  const start = (flags & 0x1fff) * 8;
  const more = (flags & 0x2000) !== 0;
  return {
    source: packet.subarray(12, 16).join('.'),
    destination: packet.subarray(16, 20).join('.'),
    protocol: packet[9]!,
    payload: packet.subarray(headerLength, total),
    fragment: more || start > 0 ? { id: packet.readUInt16BE(4), start, last: !more } : undefined,
  };
}

const EXTENSION = { hopByHop: 0, routing: 43, fragment: 44, authentication: 51, destination: 60 } as const;
const MOST_EXTENSIONS = 8;

function readIPv6(packet: Buffer): IpPacket | undefined {
  if (packet.length < 40) return undefined;
  const end = 40 + packet.readUInt16BE(4);
  if (end > packet.length) return undefined;
  let protocol = packet[6]!;
  let at = 40;
  let fragment: Fragment | undefined;
  for (let extensions = 0; isExtension(protocol); extensions++) {
    if (extensions === MOST_EXTENSIONS || end - at < 8) return undefined;
    const next = packet[at]!;
    let length = (packet[at + 1]! + 1) * 8;
    if (protocol === EXTENSION.fragment) {
      length = 8;
      const offset = packet.readUInt16BE(at + 2);
      const start = offset & 0xfff8;
      const last = (offset & 1) === 0;
      // A whole datagram in one "atomic" fragment (RFC 6946) needs no reassembly.
      if (start > 0 || !last) fragment = { id: packet.readUInt32BE(at + 4), start, last };
    } else if (protocol === EXTENSION.authentication) {
      length = (packet[at + 1]! + 2) * 4;
    }
    protocol = next;
    at += length;
    if (at > end) return undefined;
    // What follows the header of a fragment other than the first is the middle of something.
    if (fragment !== undefined) break;
  }
  return {
    source: addressOf(packet.subarray(8, 24)),
    destination: addressOf(packet.subarray(24, 40)),
    protocol,
    payload: packet.subarray(at, end),
    fragment,
  };
}

function isExtension(protocol: number): boolean {
  return Object.values<number>(EXTENSION).includes(protocol);
}

/** An IPv6 address as RFC 5952 wants it written. */
function addressOf(octets: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => octets.readUInt16BE(i * 2));
  let best = { at: -1, length: 1 }; // one zero group alone is not shortened
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const text = (some: readonly number[]): string => some.map((group) => group.toString(16)).join(':');
  if (best.at < 0) return text(groups);
  return `${text(groups.slice(0, best.at))}::${text(groups.slice(best.at + best.length))}`;
}
