import type { Clock, Random } from '@vats/kernel';
import { rtpMarker, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from './packet.ts';
import { MAX_MISORDER } from './sequence-bounds.ts';

/** Late packets are told apart by as many inserted ones: longer than any jitter buffer waits. */
const BOUNDARIES_KEPT = 64;
/** One larger than this is not even a very late one: the source numbers its packets anew, and is another one to who hears the stream. */
const RENUMBERED = 1_000;
/**
 * It becomes another one only so often. Beyond, sources of another clock go on in the last one: a source that flips between clocks
 * would else use up the streams that may be sent under one SRTP key, and its hearer be mute.
 */
const MOST_RENEWALS = 32;
/** What a new source's first packet is put behind the last one at least: a packet's usual length. */
const USUAL_STEP_MS = 20;

/** How a source's packets were renumbered, for the reports that speak of them. */
export interface Renumbering {
  readonly sourceSsrc: number;
  readonly ownSsrc: number;
  /** What was added to its sequence numbers, modulo 2^16, and to its timestamps, modulo 2^32. */
  readonly sequence: number;
  readonly timestamp: number;
}

/**
 * The one RTP stream that a leg hears, whoever speaks in it: the other leg, another after a transfer, music, a prompt, keys. Its
 * first source is passed as it comes; the next ones go on under the first one's SSRC, with the next sequence number, a timestamp
 * that has gone on with the clock, and a marker, so that the receiver's jitter buffer never starts anew. Only when the clock
 * rate changes is the stream another one (RFC 7160 §4.1).
 *
 * Packets are rewritten in place; nothing is allocated for one.
 */
export class OutgoingStream {
  readonly #clock: Clock;
  readonly #random: Random;
  /** By payload type, in Hz; 8,000 unless listed. */
  #clockRates: ReadonlyMap<number, number> = NO_CLOCK_RATES;
  #began = false;
  #ssrc = 0;
  #clockRate = 8_000;
  /** How often it became another one. */
  #renewals = 0;
  #lastBeforeRenewal = 0;

  #sourceSsrc = -1;
  /** What comes next is another source's, whatever its SSRC. */
  #interrupted = false;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  /** Highest sequence number of the source, as it came. */
  #highest = 0;
  /** After which of the source's packets each of the last ones of others was put in. */
  readonly #boundaries: number[] = [];

  /** Of the newest packet, as it left, and when that was. */
  #timestamp = 0;
  #at = 0;

  constructor(options: { clock: Clock; random: Random }) {
    this.#clock = options.clock;
    this.#random = options.random;
  }

  set clockRates(rates: readonly (readonly [payloadType: number, clockRate: number])[]) {
    this.#clockRates = rates.length === 0 ? NO_CLOCK_RATES : new Map(rates);
  }

  /** Undefined before anything was sent. */
  get ssrc(): number | undefined {
    return this.#began ? this.#ssrc : undefined;
  }

  /** Of its timestamps, in Hz. */
  get clockRate(): number {
    return this.#clockRate;
  }

  /** Counts the times that it had to become another stream. */
  get renewals(): number {
    return this.#renewals;
  }

  /** The last sequence number of the stream before this one. */
  get lastBeforeRenewal(): number {
    return this.#lastBeforeRenewal;
  }

  /** How the present source is renumbered; undefined while it passes as it comes. */
  get renumbering(): Renumbering | undefined {
    if (this.#sourceSsrc === this.#ssrc && this.#sequenceOffset === 0 && this.#timestampOffset === 0) return undefined;
    if (this.#sourceSsrc < 0) return undefined;
    return {
      sourceSsrc: this.#sourceSsrc,
      ownSsrc: this.#ssrc,
      sequence: this.#sequenceOffset,
      timestamp: this.#timestampOffset,
    };
  }

  /** A source's packet is about to be sent: it is numbered as the stream's next one, or as the late one that it is. */
  pass(packet: Buffer): void {
    const ssrc = rtpSsrc(packet);
    const sequence = rtpSequence(packet);
    if (this.#interrupted || ssrc !== this.#sourceSsrc || this.#isRenumbered(sequence))
      this.#turnTo(ssrc, sequence, packet);
    const back = (this.#highest - sequence) & 0xffff;
    let offset = this.#sequenceOffset;
    if (back > 0 && back < MAX_MISORDER) {
      for (const boundary of this.#boundaries) if (((boundary - sequence) & 0xffff) < 0x8000) offset--;
    } else {
      if (back >= MAX_MISORDER && back < 0x8000) this.#boundaries.length = 0;
      this.#highest = sequence;
      this.#timestamp = (rtpTimestamp(packet) + this.#timestampOffset) >>> 0;
      this.#at = this.#clock.monotonic();
    }
    if (offset !== 0) packet.writeUInt16BE((sequence + offset) & 0xffff, 2);
    if (this.#timestampOffset !== 0) {
      packet.writeUInt32BE((rtpTimestamp(packet) + this.#timestampOffset) >>> 0, 4);
    }
    if (ssrc !== this.#ssrc) packet.writeUInt32BE(this.#ssrc, 8);
  }

  // Under SRTP numbers that were sent already can't be sent again: the stream would be mute until the source has caught up.
  #isRenumbered(sequence: number): boolean {
    const back = (this.#highest - sequence) & 0xffff;
    return back >= RENUMBERED && back < 0x8000;
  }

  /**
   * Nobody hears the stream for a while: whatever is passed next follows what was passed last, as another source's packet would. Reports speak
   * of the source that was heard last until then.
   */
  interrupt(): void {
    this.#interrupted = true;
  }

  /** A sequence number for a packet that no source sent: whatever the source sends next is numbered on from it. */
  insert(): number {
    this.#begin();
    this.#sequenceOffset = (this.#sequenceOffset + 1) & 0xffff;
    this.#boundaries.push(this.#highest);
    if (this.#boundaries.length > BOUNDARIES_KEPT) this.#boundaries.shift();
    return (this.#highest + this.#sequenceOffset) & 0xffff;
  }

  /** The stream's timestamp of this moment. */
  timestampNow(clockRate: number): number {
    this.#begin();
    const passed = Math.round(((this.#clock.monotonic() - this.#at) * clockRate) / 1_000);
    return (this.#timestamp + passed) >>> 0;
  }

  // Somebody needs a number before any source spoke: the stream begins with random ones (RFC 3550 §5.1).
  #begin(): void {
    if (this.#began) return;
    this.#began = true;
    this.#ssrc = this.#random.below(2 ** 32);
    this.#highest = this.#random.below(2 ** 16);
    this.#timestamp = this.#random.below(2 ** 32);
    this.#at = this.#clock.monotonic();
  }

  #turnTo(ssrc: number, sequence: number, packet: Buffer): void {
    const clockRate = this.#clockRates.get(rtpPayloadType(packet)) ?? 8_000;
    this.#boundaries.length = 0;
    const goesOn = clockRate === this.#clockRate || this.#renewals >= MOST_RENEWALS;
    this.#interrupted = false;
    if (this.#began && goesOn) {
      const next = (this.#highest + this.#sequenceOffset + 1) & 0xffff;
      const passed = Math.max(USUAL_STEP_MS, this.#clock.monotonic() - this.#at);
      const timestamp = this.#timestamp + Math.round((passed * clockRate) / 1_000);
      this.#sequenceOffset = (next - sequence) & 0xffff;
      this.#timestampOffset = (timestamp - rtpTimestamp(packet)) >>> 0;
      if (!rtpMarker(packet)) packet[1] = packet[1]! | 0x80;
    } else {
      if (this.#began) {
        this.#renewals++;
        this.#lastBeforeRenewal = (this.#highest + this.#sequenceOffset) & 0xffff;
      }
      this.#began = true;
      this.#ssrc = ssrc;
      this.#sequenceOffset = 0;
      this.#timestampOffset = 0;
    }
    this.#clockRate = clockRate;
    this.#sourceSsrc = ssrc;
    this.#highest = sequence;
  }
}

const NO_CLOCK_RATES: ReadonlyMap<number, number> = new Map();
