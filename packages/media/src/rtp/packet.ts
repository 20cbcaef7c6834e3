/**
 * RTP and RTCP fields at their fixed offsets (RFC 3550 §5.1, §6.4.1), read from the datagram without making an object of
 * it. Callers check `rtpPayloadAt` or `isRtcp` first; the readers trust them.
 */

const VERSION_2 = 2;
const RTP_HEADER = 12;
const RTCP_HEADER = 8;

/** What `rtpPayloadAt` says of a datagram that is no RTP packet. */
export const NOT_RTP = -1;

/** Offset of the payload behind CSRCs and header extension, or NOT_RTP. The packet's own padding must fit as well. */
export function rtpPayloadAt(packet: Uint8Array): number {
  const { length } = packet;
  const at = rtpHeaderEnd(packet, length);
  if (at !== NOT_RTP && (packet[0]! & 0x20) !== 0) {
    const padding = packet[length - 1]!;
    if (padding === 0 || at + padding > length) return NOT_RTP;
  }
  return at;
}

/** The same of a packet that ends at `end`, and whose padding can't be read yet: what follows its header is encrypted. */
export function rtpHeaderEnd(packet: Uint8Array, end: number): number {
  if (end < RTP_HEADER) return NOT_RTP;
  const first = packet[0]!;
  if (first >>> 6 !== VERSION_2) return NOT_RTP;
  let at = RTP_HEADER + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (at + 4 > end) return NOT_RTP;
    at += 4 + 4 * ((packet[at + 2]! << 8) | packet[at + 3]!);
  }
  return at > end ? NOT_RTP : at;
}

/** Offset behind the payload's last octet, padding left out. */
export function rtpPayloadEnd(packet: Uint8Array): number {
  return (packet[0]! & 0x20) === 0 ? packet.length : packet.length - packet[packet.length - 1]!;
}

export function rtpPayloadType(packet: Uint8Array): number {
  return packet[1]! & 0x7f;
}

/** Writes another payload type in place; the marker stays. */
export function setRtpPayloadType(packet: Uint8Array, payloadType: number): void {
  packet[1] = (packet[1]! & 0x80) | payloadType;
}

export function rtpMarker(packet: Uint8Array): boolean {
  return packet[1]! >= 0x80;
}

export function rtpSequence(packet: Uint8Array): number {
  return (packet[2]! << 8) | packet[3]!;
}

/** In the codec's clock, modulo 2^32. */
export function rtpTimestamp(packet: Uint8Array): number {
  return ((packet[4]! << 24) | (packet[5]! << 16) | (packet[6]! << 8) | packet[7]!) >>> 0;
}

export function rtpSsrc(packet: Uint8Array): number {
  return ((packet[8]! << 24) | (packet[9]! << 16) | (packet[10]! << 8) | packet[11]!) >>> 0;
}

/** Whether a datagram on an RTP port is RTCP, told apart by its second octet (RFC 5761 §4). */
export function looksLikeRtcp(packet: Uint8Array): boolean {
  return packet.length >= 2 && packet[1]! >= 192 && packet[1]! <= 223;
}

/** A well-formed RTCP compound packet (RFC 3550 §A.2, RFC 5506): every length right, to the last octet. */
export function isRtcp(packet: Uint8Array): boolean {
  const length = packet.length;
  if (length < RTCP_HEADER || length % 4 !== 0) return false;
  let at = 0;
  while (at < length) {
    if (at + 4 > length || packet[at]! >>> 6 !== VERSION_2) return false;
    const type = packet[at + 1]!;
    if (type < 192 || type > 223) return false;
    const end = at + 4 * (((packet[at + 2]! << 8) | packet[at + 3]!) + 1);
    // Only the last part of a compound may be padded, and the padding lies inside it.
    const padded = (packet[at]! & 0x20) !== 0;
    if (
      end > length ||
      (padded && (end !== length || packet[length - 1]! === 0 || packet[length - 1]! > end - at - 4))
    ) {
      return false;
    }
    at = end;
  }
  return true;
}
