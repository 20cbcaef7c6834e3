/** One record of a capture file: a frame as an interface saw it. */
export interface Frame {
  /** Its place in the file, from 1, as Wireshark counts. */
  readonly number: number;
  /** Where its record begins in the file. */
  readonly offset: number;
  /** When, in microseconds since the Unix epoch. */
  readonly at: number;
  /** LINKTYPE_ value of its interface. */
  readonly linkType: number;
  /** The octets kept. */
  readonly octets: Buffer;
  /** How many there were on the wire: more than `octets` holds when the capture cut frames short. */
  readonly originalLength: number;
}

/** Bounds on what is read: a damaged or hostile file may not make the reader take memory without end. */
export const CAPTURE_LIMITS = {
  /** Octets of a file. */
  file: 64 * 1024 * 1024,
  /** Octets of one frame; libpcap's own limit. */
  frame: 262_144,
  /** Interfaces of one section of a pcapng file. */
  interfaces: 64,
} as const;
