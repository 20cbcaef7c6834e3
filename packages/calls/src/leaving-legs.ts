import type { LegName } from './call-event.ts';

/** Legs outside, of all calls, that are cancelled and whose INVITE has not ended yet, with what they hold until then. */
export class LeavingLegs {
  readonly #byCall = new Map<string, Map<LegName, () => void>>();

  get size(): number {
    let size = 0;
    for (const legs of this.#byCall.values()) size += legs.size;
    return size;
  }

  /** @param giveBack gives back what the leg holds; called once */
  add(call: string, leg: LegName, giveBack: () => void): void {
    const legs = this.#byCall.get(call);
    if (legs === undefined) this.#byCall.set(call, new Map([[leg, giveBack]]));
    else legs.set(leg, giveBack);
  }

  /** Its INVITE has ended. Nothing happens for a leg that holds nothing any more. */
  gone(call: string, leg: LegName): void {
    const legs = this.#byCall.get(call);
    const giveBack = legs?.get(leg);
    if (legs === undefined || giveBack === undefined) return;
    legs.delete(leg);
    if (legs.size === 0) this.#byCall.delete(call);
    giveBack();
  }

  /** Of one call, or of all of them. */
  allGone(only?: string): void {
    const calls = only === undefined ? [...this.#byCall.keys()] : [only];
    for (const call of calls) for (const leg of [...(this.#byCall.get(call)?.keys() ?? [])]) this.gone(call, leg);
  }
}
