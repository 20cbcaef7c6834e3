/**
 * What one message may cost at most. RFC 3261 sets no bounds of its own; these hold everything that real phones and
 * trunks send with a wide margin, and keep the work for a hostile message proportional to its octets.
 */
export const LIMITS = {
  /** Octets of a whole message, which is also what fits into one UDP datagram. */
  messageOctets: 65_536,
  /** Octets of the start line and all header lines together, with the empty line that ends them. */
  headOctets: 65_536,
  /** Header lines of a message; a folded line counts once. */
  headers: 256,
  /** Octets of one header line (or of the start line), its folded continuations included. */
  lineOctets: 8_192,
  /** Parameters of one value: a Via, a URI, an address, a challenge. */
  paramsPerValue: 64,
  /** Header fields inside one URI (`?name=value&…`). */
  headersPerUri: 32,
  /** Values that all lines of one header may hold together: Vias, Routes, Contacts. */
  valuesPerHeader: 256,
} as const;

/** The largest number that a delta-seconds, CSeq or Content-Length field may carry (RFC 3261 §8.1.1.5, §20.19). */
export const UINT32_MAX = 0xffff_ffff;
