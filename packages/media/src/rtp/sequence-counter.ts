/** A step forward larger than this is a restart, not loss (RFC 3550 §A.1). */
const MAX_DROPOUT = 3000;
/** A step back up to this is reordering (RFC 3550 §A.1). */
const MAX_MISORDER = 100;

/**
 * Counts what is missing by sequence number, per SSRC and summed over all that spoke. Duplicates hide losses, as they do
 * in RTCP's own reckoning.
 */
export class SequenceCounter {
  #ssrc = -1;
  #highest = 0;
  #expected = 0;
  #received = 0;
  #lostBefore = 0;

  saw(ssrc: number, sequence: number): void {
    if (ssrc !== this.#ssrc) {
      this.#restart(ssrc, sequence);
      return;
    }
    const step = (sequence - this.#highest) & 0xffff;
    if (step !== 0 && step < MAX_DROPOUT) {
      this.#highest = sequence;
      this.#expected += step;
    } else if (step !== 0 && step <= 0x10000 - MAX_MISORDER) {
      this.#restart(ssrc, sequence);
      return;
    }
    this.#received++;
  }

  /** Packets missing so far. */
  get lost(): number {
    return this.#lostBefore + Math.max(0, this.#expected - this.#received);
  }

  #restart(ssrc: number, sequence: number): void {
    this.#lostBefore = this.lost;
    this.#ssrc = ssrc;
    this.#highest = sequence;
    this.#expected = 1;
    this.#received = 1;
  }
}
