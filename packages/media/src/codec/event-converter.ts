import type { Clock } from '@vats/kernel';
import { eventCode, eventDuration, holdsEvent, LONGEST_DURATION } from '../rtp/telephone-event.ts';

/** Sends one packet of an event: its timestamp and its payload of four octets. */
export type SendEvent = (timestamp: number, marker: boolean, payload: Uint8Array) => void;

const PAYLOAD_OCTETS = 4;
/** An event that began longer ago than this before the one that is known is of a clock that has jumped back. */
const LATE_SECONDS = 5;
/** Segments that one packet may begin: as many as end unheard when all of eight seconds in G.711's clock comes at once in Opus's. */
const MOST_NEW_SEGMENTS = 7;
/** Which may be begun again one by one: the longest segment of the fastest clock lasts more than a second. */
const SEGMENT_MS = 1_000;

/**
 * Turns the packets of telephone events (RFC 4733) that count in one clock into those that count in another: one for each, and one
 * more where an event that is too long for one packet's duration must end a segment (§2.5.1.3) that it did not end before. Of these
 * there are no more than time has passed for, whatever durations and clocks a stranger chooses.
 */
export class EventConverter {
  readonly #arrivingRate: number;
  readonly #leavingRate: number;
  readonly #clock: Clock;
  readonly #send: SendEvent;
  readonly #payload = new Uint8Array(PAYLOAD_OCTETS);
  #ssrc = -1;
  #code = -1;
  /** Of the segment that is arriving. */
  #arriving = 0;
  /** What the segments before it lasted. */
  #before = 0;
  /** Where the event begins as it leaves, and its segment there. */
  #leaving = 0;
  #segment = 0;
  /** How many segments may still be begun, and since when that is so. */
  #allowance = MOST_NEW_SEGMENTS;
  #allowedAt: number;

  constructor(options: { arrivingRate: number; leavingRate: number; clock: Clock; send: SendEvent }) {
    this.#arrivingRate = options.arrivingRate;
    this.#leavingRate = options.leavingRate;
    this.#clock = options.clock;
    this.#allowedAt = options.clock.monotonic();
    this.#send = options.send;
  }

  /**
   * @param begins where an event that begins with this packet begins as it leaves
   * @returns whether it was an event's packet
   */
  hear(packet: Uint8Array, payloadAt: number, ssrc: number, timestamp: number, begins: number): boolean {
    if (!holdsEvent(packet, payloadAt)) return false;
    const code = eventCode(packet, payloadAt);
    const step = ssrc === this.#ssrc && code === this.#code ? (timestamp - this.#arriving) | 0 : Number.NaN;
    let marker = false;
    if (step === LONGEST_DURATION) {
      this.#before += LONGEST_DURATION;
      this.#arriving = timestamp;
    } else if (step !== 0) {
      // A bit older than the event that is known: what is still to be told of it has been told.
      const age = ssrc === this.#ssrc ? (this.#arriving - timestamp) | 0 : 0;
      if (age > 0 && age < LATE_SECONDS * this.#arrivingRate) return true;
      this.#ssrc = ssrc;
      this.#code = code;
      this.#arriving = timestamp;
      this.#before = 0;
      this.#leaving = begins;
      this.#segment = 0;
      marker = true;
    }
    this.#tell(packet, payloadAt, marker);
    return true;
  }

  #tell(packet: Uint8Array, payloadAt: number, marker: boolean): void {
    const whole = this.#before + eventDuration(packet, payloadAt);
    const lasted = Math.round((whole * this.#leavingRate) / this.#arrivingRate);
    const wanted = Math.max(0, Math.ceil(lasted / LONGEST_DURATION) - 1 - this.#segment);
    const segment = this.#segment + (wanted === 0 ? 0 : this.#allowed(wanted));
    const flags = packet[payloadAt + 1]!;
    for (; this.#segment < segment; this.#segment++) this.#write(flags & 0x7f, LONGEST_DURATION, false);
    this.#write(flags, Math.max(0, Math.min(LONGEST_DURATION, lasted - segment * LONGEST_DURATION)), marker);
  }

  /** How many of the segments that are wanted may begin now. */
  #allowed(wanted: number): number {
    const now = this.#clock.monotonic();
    this.#allowance = Math.min(MOST_NEW_SEGMENTS, this.#allowance + (now - this.#allowedAt) / SEGMENT_MS);
    this.#allowedAt = now;
    const allowed = Math.min(wanted, Math.floor(this.#allowance));
    this.#allowance -= allowed;
    return allowed;
  }

  #write(flags: number, duration: number, marker: boolean): void {
    const payload = this.#payload;
    payload[0] = this.#code;
    payload[1] = flags;
    payload[2] = duration >> 8;
    payload[3] = duration & 0xff;
    this.#send((this.#leaving + this.#segment * LONGEST_DURATION) >>> 0, marker, payload);
  }
}
