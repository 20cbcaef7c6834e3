/** The LINKTYPE_ values that we read (tcpdump.org/linktypes.html). */
export const LINK_TYPE = {
  null: 0,
  ethernet: 1,
  /** BSD's own number for raw IP, which some write into files. */
  rawBsd: 12,
  rawOpenBsd: 14,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd, vlan: 0x8100, serviceVlan: 0x88a8, oldServiceVlan: 0x9100 } as const;
const VLAN_TAGS = 4;

/** What a frame carried: an IP packet; something else that is no concern of ours; or too little to say. */
export type Unwrapped = { readonly ip: Buffer } | { readonly skipped: string };

/** Takes the link layer off a frame. */
export function unwrapLink(linkType: number, frame: Buffer): Unwrapped {
  switch (linkType) {
    case LINK_TYPE.ethernet:
      return frame.length < 14 ? short('an Ethernet') : byEtherType(frame, frame.readUInt16BE(12), 14);
    case LINK_TYPE.linuxCooked:
      return frame.length < 16 ? short('a Linux cooked') : byEtherType(frame, frame.readUInt16BE(14), 16);
    case LINK_TYPE.linuxCooked2:
      return frame.length < 20 ? short('a Linux cooked v2') : byEtherType(frame, frame.readUInt16BE(0), 20);
    case LINK_TYPE.null:
    case LINK_TYPE.loop:
      // The family is in the byte order of whoever captured, and IPv6's number differs between systems: the packet
      // itself tells better.
      return frame.length < 5 ? short('a loopback') : byVersion(frame.subarray(4));
    case LINK_TYPE.raw:
    case LINK_TYPE.rawBsd:
    case LINK_TYPE.rawOpenBsd:
    case LINK_TYPE.ipv4:
    case LINK_TYPE.ipv6:
      return frame.length < 1 ? short('a raw') : byVersion(frame);
    default:
      return { skipped: `link type ${linkType} is not one of ${Object.values(LINK_TYPE).join(', ')}` };
  }
}

function byEtherType(frame: Buffer, type: number, at: number): Unwrapped {
  let tags = 0;
  while (type === ETHERTYPE.vlan || type === ETHERTYPE.serviceVlan || type === ETHERTYPE.oldServiceVlan) {
    if (++tags > VLAN_TAGS || frame.length < at + 4) return short('a VLAN');
    type = frame.readUInt16BE(at + 2);
    at += 4;
  }
  if (type === ETHERTYPE.ipv4 || type === ETHERTYPE.ipv6) return { ip: frame.subarray(at) };
  return { skipped: `no IP: type 0x${type.toString(16).padStart(4, '0')}` };
}

function byVersion(packet: Buffer): Unwrapped {
  const version = packet[0]! >>> 4;
  return version === 4 || version === 6 ? { ip: packet } : { skipped: `no IP: version ${version}` };
}

function short(what: string): Unwrapped {
  return { skipped: `${what} frame is cut short` };
}
