/** How long a leg must not have been heard before that is told. */
export const UNHEARD_MS = 3_000;

/** A leg as far as it is listened to. */
export interface WatchedLeg {
  readonly name: string;
  /** When RTP of its peer's arrived last; -Infinity before any did. */
  readonly heardAt: number;
  readonly held: boolean;
  /** Whether anybody is to hear it. */
  readonly speaks: boolean;
  /** Whether it said that it is going to be quiet, by comfort noise (RFC 3389). */
  readonly restsBySaying: boolean;
}

export type HearingFinding<Leg> =
  /** These legs are not heard while others are. */
  | { readonly kind: 'one-way'; readonly legs: readonly Leg[] }
  /** Nobody is heard. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'recovered'; readonly milliseconds: number };

/**
 * Notices within seconds that a call is heard one way only or not at all, and when that has passed. It watches while no leg is on
 * hold, and begins anew with each change of who is joined.
 */
export class HearingWatch<Leg extends WatchedLeg> {
  #from: number;
  #unheard: readonly Leg[] = [];
  #all = false;
  #since = 0;

  constructor(now: number) {
    this.#from = now;
  }

  /** Who hears whom has changed: everybody gets the time to be heard again. */
  restart(now: number): void {
    this.#from = now;
  }

  check(now: number, legs: Iterable<Leg>): HearingFinding<Leg> | undefined {
    const unheard: Leg[] = [];
    let speaking = 0;
    let heard = 0;
    for (const leg of legs) {
      if (leg.held) {
        this.#from = now;
        return undefined;
      }
      if (!leg.speaks) continue;
      speaking++;
      if (now - leg.heardAt < UNHEARD_MS) heard++;
      if (now - Math.max(leg.heardAt, this.#from) >= UNHEARD_MS && !leg.restsBySaying) unheard.push(leg);
    }
    const all = speaking > 0 && unheard.length === speaking;
    const before = this.#unheard;
    if (unheard.length === 0) {
      if (before.length === 0) return undefined;
      // The watch may have begun anew meanwhile: nobody is missed yet, but that is not having been heard.
      if (heard < speaking) return undefined;
      this.#unheard = [];
      this.#all = false;
      return { kind: 'recovered', milliseconds: now - this.#since };
    }
    if (all === this.#all && unheard.length === before.length && unheard.every((leg, i) => leg === before[i])) {
      return undefined;
    }
    if (before.length === 0) this.#since = now - UNHEARD_MS;
    this.#unheard = unheard;
    this.#all = all;
    return all ? { kind: 'silent' } : { kind: 'one-way', legs: unheard };
  }
}
