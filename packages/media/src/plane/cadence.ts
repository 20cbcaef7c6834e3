/** Distance of two looks while a packet is awaited: what meeting it late may add to its delay. */
const STEP_MS = 2;
/** After a packet that was there already, the next one is looked for earlier by so much … */
const EARLIER_MS = 1 / 3;
/** … and after so many in a row twice as much each time, as they may all have waited long, but by no more than this. */
const EARLIER_FOR = 9;
const MOST_EARLIER_MS = 8;
const ALMOST_A_STEP = 1.999;
/** So long in vain, and nobody knows any more when the next one comes. */
const LOST_MS = 100;
/** Looked for so much later than it should have been, more than one may wait. */
const LATE_MS = 8;
/** A packet that took so many looks to come may bring others with it. */
const BURST_LOOKS = 4;
/** Frame durations in use, milliseconds. */
const USUAL_MS: readonly number[] = [10, 20, 30, 40, 60];
/** What is counted in one second is off by one packet either way. */
const TOLERANCE = 0.06;

/** The steadiest and the least often that a stream may send for its packets to be foretold, a second. */
const RATES = { least: 14, most: 105 } as const;

/**
 * Foretells when a peer's next packet is there to be read. Senders of sound keep a beat; the beat's end that packets come at latest is followed, because
 * looking in vain costs more than reading. So jitter is waited out rather than met, and nothing is read later than the latest packet came.
 */
export class Cadence {
  /** When to look next; milliseconds of the clock that `now` is from. */
  due: number;
  #periodMs: number;
  #inVain = 0;
  /** Packets that were there already, in a row. */
  #met = 0;
  /** How much earlier than its beat the next packet is looked for. */
  #earlierMs = 0;
  #length = 0;

  constructor(now: number, periodMs: number) {
    this.due = now;
    this.#periodMs = periodMs;
  }

  /** The beat of a stream that sent so many packets in the last second; undefined where it has none to speak of. */
  static periodOf(packetsASecond: number): number | undefined {
    if (packetsASecond < RATES.least || packetsASecond > RATES.most) return undefined;
    const counted = 1_000 / packetsASecond;
    return USUAL_MS.find((usual) => Math.abs(usual - counted) <= TOLERANCE * usual) ?? counted;
  }

  set periodMs(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /** A look found nothing. False when the beat is lost. */
  missed(now: number): boolean {
    this.#inVain++;
    this.due = now + STEP_MS;
    return this.#inVain * STEP_MS < LOST_MS;
  }

  /** A look found a packet of so many octets. True: more may wait, so look again now. */
  found(now: number, length: number): boolean {
    const inVain = this.#inVain;
    const earlierMs = this.#earlierMs;
    const late = now - this.due;
    // Another length is another sort of packet, such as one of a key, which may come beside the sound.
    const more = late > LATE_MS || inVain >= BURST_LOOKS || this.#met > EARLIER_FOR || length !== this.#length;
    this.#length = length;
    this.#inVain = 0;
    this.#earlierMs = 0;
    if (inVain > 0) {
      // It has come within the last step. If it was late itself, the next one is not: come closer to the former beat, all but a step.
      const lateMs = Math.max(0, (inVain - 1) * STEP_MS - earlierMs);
      this.due = Math.max(now + this.#periodMs + ALMOST_A_STEP - lateMs, now + STEP_MS);
      this.#met = 0;
      return more;
    }
    const beats = Math.max(1, Math.ceil((now + STEP_MS - this.due) / this.#periodMs));
    this.#met++;
    this.#earlierMs = Math.min(EARLIER_MS * 2 ** Math.max(0, this.#met - EARLIER_FOR), MOST_EARLIER_MS);
    this.due += beats * this.#periodMs - this.#earlierMs;
    return more;
  }
}
