/** Sampling rates in which sound is handled here, in Hz: narrow band, wide band, full band. */
export type SamplingRate = 8_000 | 16_000 | 48_000;

/** The longest sound that one packet may hold: Opus ends there (RFC 7587 §4.2), the others' packets are shorter. */
export const LONGEST_PACKET_MS = 120;

/** How many samples a packet may hold at most. */
export function longestPacket(rate: SamplingRate): number {
  return (LONGEST_PACKET_MS * rate) / 1_000;
}

/** Turns the payloads of one stream into samples (16 bits, one channel). It may keep state from packet to packet. */
export interface Decoder {
  readonly rate: SamplingRate;
  /**
   * Decodes octets `at` up to `end` of a packet into `out`, which holds LONGEST_PACKET_MS, from its beginning. Returns how many
   * samples it wrote; 0 for a payload that is none of this codec's, which is never an error.
   */
  decode(packet: Uint8Array, at: number, end: number, out: Int16Array): number;
  /** Makes up `samples` samples for a packet that did not come. */
  conceal(samples: number, out: Int16Array): void;
  /**
   * What this packet tells of the one before it, which did not come: its last `samples` samples, made up where it tells nothing.
   * The packet itself is decoded afterwards. Absent where a codec has no such thing.
   */
  recover?(packet: Uint8Array, at: number, end: number, samples: number, out: Int16Array): void;
  /** It is not used any more; some hold memory that no garbage collector sees. Idempotent. */
  close(): void;
}

/** Turns samples into the payloads of one stream. */
export interface Encoder {
  readonly rate: SamplingRate;
  /**
   * Encodes the first `samples` (one packet's) into `out` from octet `at`; returns the octet behind the last one written, which
   * is `at` when there is nothing to send.
   */
  encode(sound: Int16Array, samples: number, out: Uint8Array, at: number): number;
  /** It is not used any more; some hold memory that no garbage collector sees. Idempotent. */
  close(): void;
}

/** What the one who is to hear a stream asks of its encoder, by its SDP. */
export interface EncoderWishes {
  /** Bits a second at most. */
  readonly bitRate?: number;
  /** Each packet shall tell a bit of the one before, in case that one is lost. */
  readonly forwardErrorCorrection?: boolean;
}

/** A codec that is not only relayed: what is made, mixed, converted or recorded here goes through it. */
export interface SoundCodec {
  /** Name, RTP clock rate and channels as `Codec.encoding` writes them. @example 'g722/8000/1' */
  readonly encoding: string;
  /** Of the RTP timestamps, in Hz: of G.722 8,000, though it samples at 16,000 (RFC 3551 §4.5.2). */
  readonly clockRate: number;
  readonly rate: SamplingRate;
  /** How much sound a packet may hold, in ms, shortest first; whole milliseconds up to LONGEST_PACKET_MS where it is not said. */
  readonly packetTimes?: readonly number[];
  /** By sample, as an unsigned number, its octet: of a codec that makes an octet of each sample by itself. */
  octets?(): Uint8Array;
  decoder(): Decoder;
  encoder(wishes?: EncoderWishes): Encoder;
}
