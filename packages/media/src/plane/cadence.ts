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
/** Looked for so much later than it should have been, more than one may wait as well. */
const LATE_MS = 8;
/** A packet that took so many looks to come may bring others with it, then and for some packets more. */
const BURST_LOOKS = 4;
const CROWDED_FOR = 4;
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
  /** When the packet that is looked for should be there. */
  #beat: number;
  #inVain = 0;
  /** The packet that is looked for should have been there when the one before it came. */
  #overdue = false;
  #foundAt: number;
  /** Packets that were there already, in a row. */
  #met = 0;
  /** How much earlier than its beat the next packet is looked for. */
  #earlierMs = 0;
  #length = 0;
  /** So many more looks are for all that waits. */
  #crowded = 0;

  constructor(now: number, periodMs: number) {
    this.due = now;
    this.#beat = now;
    this.#foundAt = now;
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
    if (this.#overdue && this.#inVain * STEP_MS >= this.#periodMs / 2) {
      // What should have come long before is lost on its way, or was one fewer: the next one is in time.
      this.#inVain = 0;
      while (this.#beat <= now) this.#beat += this.#periodMs;
      this.#expect(now);
    }
    return now - this.#foundAt < LOST_MS;
  }

  /** A look found a packet of so many octets. True: more may wait, so look again now. */
  found(now: number, length: number): boolean {
    const inVain = this.#inVain;
    this.#inVain = 0;
    this.#foundAt = now;
    if (inVain >= BURST_LOOKS || now - this.due > LATE_MS) this.#crowded = CROWDED_FOR;
    if (inVain > 0 && !this.#overdue) {
      // Later than the beat, be it that we came too early or it too late: the beat moves by a step, or by what we were early on purpose.
      const step = Math.floor(this.#beat / STEP_MS) * STEP_MS + ALMOST_A_STEP;
      this.#beat = step + Math.min(inVain * STEP_MS, Math.max(this.#earlierMs, STEP_MS));
      this.#met = 0;
    } else {
      this.#met++;
    }
    this.#earlierMs =
      this.#met === 0 ? 0 : Math.min(EARLIER_MS * 2 ** Math.max(0, this.#met - EARLIER_FOR), MOST_EARLIER_MS);
    this.#beat += this.#periodMs - this.#earlierMs;
    this.#expect(now);
    // Another length is another sort of packet, such as one of a key, which may come beside the sound.
    const other = length !== this.#length;
    this.#length = length;
    return this.#crowded-- > 0 || this.#met > EARLIER_FOR || other;
  }

  /** Another one was there. */
  alsoFound(now: number): void {
    // It is the one that the next beat was to bring, and not one that had waited for long.
    if (this.#beat - now >= this.#periodMs / 2) return;
    this.#beat += this.#periodMs;
    this.#expect(now);
  }

  /** Sets the next look: at the beat, or soon when that is over. */
  #expect(now: number): void {
    this.#overdue = this.#beat <= now;
    this.due = this.#overdue ? now + STEP_MS : this.#beat;
  }
}
