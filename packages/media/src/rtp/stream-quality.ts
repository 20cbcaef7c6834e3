import { MAX_DROPOUT, MAX_MISORDER } from './sequence-bounds.ts';

/** How far back a packet that came twice is known: as many bits as a word has. */
const REMEMBERED = 32;
/** A clock that is off by more than this was set anew: that is no jitter. */
const CLOCK_JUMP_MS = 2_000;
/** The estimate's gain (RFC 3550 §6.4.1). */
const GAIN = 1 / 16;

/** What a receiver reports of a stream (RFC 3550 §6.4.1). */
export interface ReceptionReport {
  readonly ssrc: number;
  /** Of the packets expected since the last report, in 256ths. */
  readonly fractionLost: number;
  readonly lost: number;
  /** Highest sequence number with the count of its turns above it. */
  readonly highest: number;
  /** In the stream's clock. */
  readonly jitter: number;
}

/**
 * How well a stream arrives: what is missing by its sequence numbers, what came twice or late, and the interarrival jitter; summed
 * over all SSRCs that spoke. Nothing is allocated per packet.
 */
export class StreamQuality {
  /** Packets that came a second time. */
  duplicates = 0;
  /** Packets that came behind one that was sent after them. */
  reordered = 0;
  #ssrc = -1;
  #highest = 0;
  #turns = 0;
  #expected = 0;
  #received = 0;
  #lostBefore = 0;
  /** Which of the last ones came: bit n is the n-th before the highest. */
  #came = 0;

  #clockRate = 0;
  #timestamp = 0;
  #arrival = 0;
  #jitterMs = 0;
  #greatestJitterMs = 0;

  #reportedExpected = 0;
  #reportedLost = 0;

  /** A packet of the stream came at `now`; its timestamp counts `clockRate` a second. */
  saw(ssrc: number, sequence: number, timestamp: number, clockRate: number, now: number): void {
    if (ssrc !== this.#ssrc) {
      this.#restart(ssrc, sequence);
      this.#setClock(timestamp, clockRate, now);
      return;
    }
    const step = (sequence - this.#highest) & 0xffff;
    if (step !== 0 && step < MAX_DROPOUT) {
      if (sequence < this.#highest) this.#turns++;
      this.#highest = sequence;
      this.#expected += step;
      this.#came = step < REMEMBERED ? (this.#came << step) | 1 : 1;
    } else if (step !== 0 && step <= 0x10000 - MAX_MISORDER) {
      this.#restart(ssrc, sequence);
      this.#setClock(timestamp, clockRate, now);
      return;
    } else if (this.#cameBefore(step)) {
      this.duplicates++;
      return;
    } else {
      this.reordered++;
    }
    this.#received++;
    this.#time(timestamp, clockRate, now);
  }

  /** Undefined before anything came. */
  get ssrc(): number | undefined {
    return this.#ssrc < 0 ? undefined : this.#ssrc;
  }

  /** Packets missing so far. */
  get lost(): number {
    return this.#lostBefore + Math.max(0, this.#expected - this.#received);
  }

  /** The estimate of this moment, in milliseconds. */
  get jitterMs(): number {
    return this.#jitterMs;
  }

  get greatestJitterMs(): number {
    return this.#greatestJitterMs;
  }

  /** For the next report to the stream's sender: what happened since the last one. Undefined before anything came. */
  report(): ReceptionReport | undefined {
    if (this.#ssrc < 0) return undefined;
    const lost = Math.max(0, this.#expected - this.#received);
    const expected = this.#expected - this.#reportedExpected;
    const missed = Math.max(0, lost - this.#reportedLost);
    this.#reportedExpected = this.#expected;
    this.#reportedLost = lost;
    return {
      ssrc: this.#ssrc,
      fractionLost: expected <= 0 ? 0 : Math.min(255, Math.floor((256 * missed) / expected)),
      lost: Math.min(lost, 0x7f_ffff),
      highest: ((this.#turns & 0xffff) * 0x1_0000 + this.#highest) >>> 0,
      jitter: Math.round((this.#jitterMs * this.#clockRate) / 1_000),
    };
  }

  #cameBefore(step: number): boolean {
    const back = step === 0 ? 0 : 0x1_0000 - step;
    if (back >= REMEMBERED) return false;
    const bit = 1 << back;
    if ((this.#came & bit) !== 0) return true;
    this.#came |= bit;
    return false;
  }

  // Packets of one moment (an event's updates, a picture's parts) say nothing about time but in the first.
  #time(timestamp: number, clockRate: number, now: number): void {
    if (clockRate !== this.#clockRate) {
      this.#setClock(timestamp, clockRate, now);
      return;
    }
    if (timestamp === this.#timestamp) return;
    const sentMs = (1_000 * ((timestamp - this.#timestamp) | 0)) / clockRate;
    const late = Math.abs(now - this.#arrival - sentMs);
    this.#timestamp = timestamp;
    this.#arrival = now;
    if (late > CLOCK_JUMP_MS) return;
    this.#jitterMs += (late - this.#jitterMs) * GAIN;
    if (this.#jitterMs > this.#greatestJitterMs) this.#greatestJitterMs = this.#jitterMs;
  }

  #setClock(timestamp: number, clockRate: number, now: number): void {
    this.#clockRate = clockRate;
    this.#timestamp = timestamp;
    this.#arrival = now;
  }

  #restart(ssrc: number, sequence: number): void {
    this.#lostBefore = this.lost;
    this.#ssrc = ssrc;
    this.#highest = sequence;
    this.#turns = 0;
    this.#expected = 1;
    this.#received = 1;
    this.#came = 1;
    this.#reportedExpected = 0;
    this.#reportedLost = 0;
  }
}
