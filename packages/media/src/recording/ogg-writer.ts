/** Lacing values in a page (RFC 3533 §6). */
const SEGMENTS_AT_MOST = 255;
const HEAD_OCTETS = 27;
const FIRST_PAGE = 0x02;
const LAST_PAGE = 0x04;
const CRC_AT = 22;

/**
 * Makes pages of one logical bitstream (RFC 3533), packets whole in a page: for streams whose packets are small, as those of speech
 * are.
 */
export class OggWriter {
  readonly #serial: number;
  #sequence = 0;
  readonly #segments = Buffer.alloc(SEGMENTS_AT_MOST);
  #count = 0;
  #packets: Uint8Array[] = [];

  /** @param serial 32 bits, another for each stream that may come behind this one in a file */
  constructor(serial: number) {
    this.#serial = serial >>> 0;
  }

  /** Packets that the page so far holds. */
  get packets(): number {
    return this.#packets.length;
  }

  /** Whether a packet of so many octets still goes into this page. */
  hasRoomFor(octets: number): boolean {
    return this.#count + lacingOf(octets) <= SEGMENTS_AT_MOST;
  }

  /** Puts a packet, which must have room there, into the page. It must not change until that is made. */
  add(packet: Uint8Array): void {
    for (let left = packet.length; ; left -= 255) {
      this.#segments[this.#count++] = Math.min(left, 255);
      if (left < 255) break;
    }
    this.#packets.push(packet);
  }

  /**
   * Ends the page.
   *
   * @param granule the position that it ends at, in the units of what the stream holds
   */
  page(granule: number, isLast = false): Buffer {
    const head = Buffer.alloc(HEAD_OCTETS);
    head.write('OggS', 0, 'latin1'); // version 0 behind it
    head[5] = (this.#sequence === 0 ? FIRST_PAGE : 0) | (isLast ? LAST_PAGE : 0);
    head.writeBigUInt64LE(BigInt(granule), 6);
    head.writeUInt32LE(this.#serial, 14);
    head.writeUInt32LE(this.#sequence++, 18);
    head[26] = this.#count;
    const page = Buffer.concat([head, this.#segments.subarray(0, this.#count), ...this.#packets]);
    page.writeUInt32LE(oggChecksum(page), CRC_AT);
    this.#count = 0;
    this.#packets = [];
    return page;
  }
}

/** The checksum of a page whose own four octets of it are zero: polynomial 0x04c11db7, highest bit first, from zero. */
export function oggChecksum(page: Uint8Array): number {
  let crc = 0;
  for (const octet of page) crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ octet]!;
  return crc >>> 0;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, octet) => {
  let crc = octet << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc;
});

/** A packet whose length is a multiple of 255 is followed by an empty segment, which tells that it ends there. */
function lacingOf(octets: number): number {
  return Math.floor(octets / 255) + 1;
}
