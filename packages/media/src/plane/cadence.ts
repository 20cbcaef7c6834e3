/** Distance of two looks while a packet is awaited, and of two rounds of looks: what meeting it late may add to its delay. */
export const STEP_MS = 2;
/** After a packet that was there already, the next one is looked for earlier by so much … */
const EARLIER_MS = 1 / 3;
/** … and after so many in a row twice as much each time, as they may all have waited long, but by no more than this. */
const EARLIER_FOR = 9;
const MOST_EARLIER_MS = 8;
/** A beat stands at the end of a step, so that it takes several packets to get into the one before. */
const ALMOST_A_STEP = 1.999;
/** So long without a packet, and nobody knows any more when the next one comes. */
const LOST_MS = 100;
/** Looks in vain from which on there is more time between them. */
const PATIENT_FROM = 3;
/** If it came so late, others may wait behind it, now and at the next looks; so they may if it was looked for half a beat late. */
const LATE_MS = 6;
const CROWDED_FOR = 3;
/** A telephone event's packet, encrypted or not, is no longer; its last one is sent three times, by many at once. */
const KEY_OCTETS = 28;
/** Frame durations in use, milliseconds. */
const USUAL_MS: readonly number[] = [10, 20, 30, 40, 60];
/** What is counted in one second is off by one packet either way. */
const TOLERANCE = 0.06;

/** The steadiest and the least often that a stream may send for its packets to be foretold, a second. */
const RATES = { least: 14, most: 105 } as const;

/**
 * Foretells when a peer's next packet is there to be read. Senders of sound keep a beat. Looking in vain costs more than reading, so what is followed is
 * not the moment when the soonest packets come, but one at which nearly all have come: it goes back a little with each packet that is met, and forward
 * with each that is not there yet.
 */
export class Cadence {
  /** When to look next; milliseconds of the clock that `now` is from. */
  due: number;
  #periodMs: number;
  /** When the packet that is looked for should be there. */
  #beat: number;
  /** Looks in vain for the packet that is looked for, and when the first of them was. */
  #inVain = 0;
  #soughtFrom = 0;
  /** The packet that is looked for should have been there when the one before it came. */
  #overdue = false;
  #foundAt: number;
  /** The last packet took half a beat to come. */
  #wasFarOff = true;
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
    if (this.#inVain++ === 0) this.#soughtFrom = now;
    // The longer it takes, the less does it matter how soon it is met.
    this.due = now + (this.#inVain < PATIENT_FROM ? STEP_MS : 2 * STEP_MS);
    if (this.#overdue && now - this.#soughtFrom >= this.#periodMs / 2) {
      // It is lost on its way, or it was counted once too often: the next one is in time.
      this.#inVain = 0;
      while (this.#beat <= now) this.#beat += this.#periodMs;
      this.#expect(now);
    }
    return now - this.#foundAt < LOST_MS;
  }

  /** A look found a packet of so many octets. True: more may wait, so look again now. */
  found(now: number, length: number): boolean {
    const soughtMs = this.#inVain === 0 ? 0 : now - this.#soughtFrom;
    const isFarOff = soughtMs >= this.#periodMs / 2;
    const isOther = length !== this.#length || length <= KEY_OCTETS;
    this.#crowded =
      soughtMs > LATE_MS || now - this.due > this.#periodMs / 2 ? CROWDED_FOR : Math.max(0, this.#crowded - 1);
    this.#inVain = 0;
    this.#foundAt = now;
    this.#length = length;
    if (isFarOff && this.#wasFarOff) this.#restart(now);
    else if (soughtMs > 0 && !isFarOff && !this.#overdue) this.#delay(soughtMs);
    else this.#hasten();
    this.#beat += this.#periodMs;
    this.#expect(now);
    // Either this one was late, or one is lost and this is the next one already; or the beat is another one, if it happens again.
    if (isFarOff && !this.#wasFarOff) this.#overdue = true;
    this.#wasFarOff = isFarOff;
    return isOther || this.#crowded > 0 || this.#earlierMs >= STEP_MS;
  }

  /** Another one was there. */
  alsoFound(now: number): void {
    // It is the one that the next beat was to bring, and not one that had waited for long.
    if (this.#beat - now >= this.#periodMs / 2) return;
    this.#beat += this.#periodMs;
    this.#expect(now);
  }

  // A packet that is late does not make the next ones so. The beat moves by a step, or back to where it was before we came earlier.
  #delay(soughtMs: number): void {
    const roundBegan = Math.floor(this.#beat / STEP_MS) * STEP_MS;
    this.#beat = roundBegan + Math.min(soughtMs + STEP_MS, Math.max(this.#earlierMs, STEP_MS)) + ALMOST_A_STEP;
    this.#met = 0;
    this.#earlierMs = 0;
  }

  #restart(now: number): void {
    this.#beat = now + ALMOST_A_STEP;
    this.#met = 0;
    this.#earlierMs = 0;
  }

  #hasten(): void {
    this.#met++;
    this.#earlierMs = Math.min(EARLIER_MS * 2 ** Math.max(0, this.#met - EARLIER_FOR), MOST_EARLIER_MS);
    this.#beat -= this.#earlierMs;
  }

  /** Sets the next look: at the beat, or soon when that is over. */
  #expect(now: number): void {
    this.#overdue = this.#beat <= now;
    this.due = this.#overdue ? now + STEP_MS : this.#beat;
  }
}
