import { G711_RATE } from '../rtp/g711.ts';

const MS = G711_RATE / 1000;
/** Sound that its timestamps put further than this from its arrival is anchored anew. */
export const DRIFT_LIMIT = 60 * MS;
/** Late packets must go on being late for this long: until then it may be a stall of the network and a burst behind it. */
export const LATE_PATIENCE = 100 * MS;
/** And for so many times as long as their lateness differs from one to the next: on a poor network many are late one after another. */
const JITTER_PATIENCE = 20;
/** How much one difference counts in their mean (RFC 3550 §6.4.1). */
const SHARE = 1 / 16;
/** No network holds a packet back this long and then delivers it: the timestamps have jumped. */
export const FAR_OFF = 1_000 * MS;

/**
 * Says where on a recording's time line a packet's first sample belongs. Each SSRC and each talkspurt is anchored on its
 * arrival by the recording's one clock; within it timestamps count, so that jitter, loss and reordering leave every
 * sample in its place. Two clocks part slowly (0.36 s an hour at 100 ppm each): beyond 60 ms the anchor is moved.
 *
 * All times are in frames, 8,000 a second, 0 being the start of the recording.
 */
export class TalkspurtAnchor {
  #ssrc = -1;
  /** Where the sample behind the newest packet belongs, and its timestamp. */
  #nextFrame = 0;
  #nextTimestamp = 0;
  #lateSince = -1;
  /** Since then: by how much at least, and the last one. */
  #leastLate = 0;
  #lastLate = 0;
  /** By how much late packets differ from one to the next. */
  #jitter = 0;

  place(ssrc: number, timestamp: number, marker: boolean, frames: number, arrival: number): number {
    if (ssrc !== this.#ssrc) {
      this.#ssrc = ssrc;
      return this.#anchor(arrival, timestamp, frames);
    }
    const step = (timestamp - this.#nextTimestamp) | 0;
    const frame = this.#nextFrame + step;
    const late = arrival - frame;

    // Nothing arrives before it was said: an anchor that puts sound into the future was set by a packet that was late.
    if (late < -DRIFT_LIMIT || late > FAR_OFF) return this.#anchor(arrival, timestamp, frames);
    const startsTalkspurt = marker && step > 0;
    if (late <= DRIFT_LIMIT) {
      this.#lateSince = -1;
      if (startsTalkspurt) return this.#anchor(Math.max(arrival, this.#nextFrame), timestamp, frames);
    } else if (startsTalkspurt) {
      return this.#anchor(arrival, timestamp, frames);
    } else if (this.#isLateForLong(arrival, late)) {
      return this.#anchor(frame + this.#leastLate, timestamp, frames);
    }
    if (step >= 0) this.#expect(frame + frames, timestamp + frames);
    return frame;
  }

  #isLateForLong(arrival: number, late: number): boolean {
    if (this.#lateSince < 0) {
      this.#lateSince = arrival;
      this.#leastLate = late;
    } else {
      this.#jitter += (Math.abs(late - this.#lastLate) - this.#jitter) * SHARE;
    }
    this.#leastLate = Math.min(this.#leastLate, late);
    this.#lastLate = late;
    return arrival - this.#lateSince >= Math.max(LATE_PATIENCE, JITTER_PATIENCE * this.#jitter);
  }

  #anchor(frame: number, timestamp: number, frames: number): number {
    this.#lateSince = -1;
    this.#expect(frame + frames, timestamp + frames);
    return frame;
  }

  #expect(frame: number, timestamp: number): void {
    this.#nextFrame = frame;
    this.#nextTimestamp = timestamp;
  }
}
