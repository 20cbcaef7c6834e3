import type { LegName } from './call-event.ts';

/** What is held for the legs of one call, each to be given back when its leg is gone: places, channels, reservations. */
export class LegHoldings {
  readonly #held = new Map<LegName, (() => void)[]>();

  hold(leg: LegName, giveBack: () => void): void {
    const held = this.#held.get(leg);
    if (held === undefined) this.#held.set(leg, [giveBack]);
    else held.push(giveBack);
  }

  /** A leg is gone. Nothing happens for one that holds nothing. */
  giveBack(leg: LegName): void {
    const held = this.#held.get(leg) ?? [];
    this.#held.delete(leg);
    for (const each of held) each();
  }

  /** Takes what a leg holds out of the call's hands. @returns gives it back */
  takeOut(leg: LegName): () => void {
    const held = this.#held.get(leg) ?? [];
    this.#held.delete(leg);
    return () => {
      for (const each of held) each();
    };
  }

  /** The call is over. */
  giveAllBack(): void {
    for (const leg of [...this.#held.keys()]) this.giveBack(leg);
  }
}
