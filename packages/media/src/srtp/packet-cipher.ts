/** The flag in an SRTCP packet's index word that says that it is encrypted (RFC 3711 §3.4). */
export const ENCRYPTED = 0x80000000;
/** Octets of that word. */
export const INDEX_WORD = 4;

/**
 * Protects packets under one master key, one direction's. An `index` is the packet's number with its roll-over counter, 48 bits; of SRTCP
 * 31 bits. Packets are sealed and opened in place; what does not open is left as it was.
 */
export interface PacketCipher {
  /** Octets that sealing adds to an RTP packet. */
  readonly rtpTag: number;
  /** Octets of the tag that sealing adds to an RTCP packet, beside INDEX_WORD. */
  readonly rtcpTag: number;
  /** Whether the tag stands behind all else, or before a master key identifier and the index word (RFC 7714 §8.2, §9.2). */
  readonly tagIsLast: boolean;
  /** `end` is where the tag is written. */
  sealRtp(packet: Buffer, payloadAt: number, end: number, ssrc: number, index: number): void;
  /** @returns false when the tag at `tagAt` is not right */
  openRtp(packet: Buffer, payloadAt: number, end: number, tagAt: number, ssrc: number, index: number): boolean;
  /** `end` is where what is added begins. */
  sealRtcp(packet: Buffer, end: number, ssrc: number, index: number): void;
  /** @param word the index word as it came, its flag set */
  openRtcp(packet: Buffer, end: number, tagAt: number, ssrc: number, word: number): boolean;
}
