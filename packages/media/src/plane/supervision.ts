/** What a call may be told about its own quiet. */
export type SupervisionFinding = 'silence' | 'hold-expired';

/**
 * Times silence and hold of an answered call. Silence counts only while no leg is held, and from the end of a hold on;
 * each silence and each hold is told once.
 */
export class Supervision {
  readonly #silenceMs: number;
  readonly #holdMs: number;
  #silentSince: number;
  #heldSince: number | undefined;
  #silenceTold = false;
  #holdTold = false;

  /** Limits in milliseconds; 0 switches one off. */
  constructor(limits: { silenceMs: number; holdMs: number }, now: number) {
    this.#silenceMs = limits.silenceMs;
    this.#holdMs = limits.holdMs;
    this.#silentSince = now;
  }

  /**
   * @param heardAt when any leg was heard last
   * @param held whether any leg is held now
   */
  check(now: number, heardAt: number, held: boolean): SupervisionFinding | undefined {
    if (heardAt > this.#silentSince) {
      this.#silentSince = heardAt;
      this.#silenceTold = false;
    }
    if (held) {
      this.#heldSince ??= now;
      if (this.#holdTold || this.#holdMs === 0 || now - this.#heldSince < this.#holdMs) return undefined;
      this.#holdTold = true;
      return 'hold-expired';
    }
    if (this.#heldSince !== undefined) {
      this.#heldSince = undefined;
      this.#holdTold = false;
      this.#silentSince = now;
      this.#silenceTold = false;
    }
    if (this.#silenceTold || this.#silenceMs === 0 || now - this.#silentSince < this.#silenceMs) return undefined;
    this.#silenceTold = true;
    return 'silence';
  }
}
