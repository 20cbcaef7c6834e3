/** A leg of ours that rings at another system, as that system would show it again if it sent the call back to us. */
export interface OutwardLeg {
  readonly call: string;
  /** `Domain.id`. */
  readonly domain: string;
  /** The account of the PBX behind us that it rings; undefined for a leg by a trunk. */
  readonly login?: string;
  /** The caller's number that it shows, as `normaliseNumber` writes it; '' for none. */
  readonly shown: string;
  /** What it calls: the number outside, or the account and the number that it is called by. */
  readonly target: string;
  /** What a call from another system came in by, that rings it: a number of ours. Undefined for a call that began with us. */
  readonly by?: string;
}

/** A call as it comes from another system. */
export interface ReturningCall {
  readonly call: string;
  readonly domain: string;
  readonly login?: string;
  /** As `OutwardLeg.shown`. */
  readonly shown: string;
}

/** Calls that a chain of descent is followed through: no loop takes more turns before it is noticed. */
const LONGEST_CHAIN = 10;

/**
 * Legs that ring at other systems now, to notice a call that goes out by one way and comes in by another. A B2BUA in between leaves
 * no Via, Call-ID or Max-Forwards to know it by, so it is known by descent: a call comes from a system that we are ringing, with the
 * caller's number that we show there, and goes on to where the call that it stems from is ringing already. The same number in two
 * calls alone proves nothing: a company's whole staff may show one.
 */
export class OutwardLegs {
  readonly #byCall = new Map<string, Set<OutwardLeg>>();
  readonly #byLook = new Map<string, Set<OutwardLeg>>();
  /** By what their calls came in by. */
  readonly #byEntry = new Map<string, Set<OutwardLeg>>();
  /** The call that each call stems from. */
  readonly #parents = new Map<string, string>();

  /** What is remembered, whatever it is: for the ledger. */
  get size(): number {
    return this.#byCall.size + this.#byLook.size + this.#byEntry.size + this.#parents.size;
  }

  add(leg: OutwardLeg): void {
    addTo(this.#byCall, leg.call, leg);
    addTo(this.#byLook, lookOf(leg), leg);
    if (leg.by !== undefined) addTo(this.#byEntry, entryOf(leg.domain, leg.by), leg);
  }

  /** It was answered, or rings no more. */
  delete(leg: OutwardLeg): void {
    deleteFrom(this.#byCall, leg.call, leg);
    deleteFrom(this.#byLook, lookOf(leg), leg);
    if (leg.by !== undefined) deleteFrom(this.#byEntry, entryOf(leg.domain, leg.by), leg);
  }

  /** A call has come in: remembers which of ours it may stem from, the latest. To be forgotten when it ends. */
  arrived(returning: ReturningCall): void {
    const parent = [...(this.#byLook.get(lookOf(returning)) ?? [])].at(-1);
    if (parent !== undefined) this.#parents.set(returning.call, parent.call);
  }

  forget(call: string): void {
    this.#parents.delete(call);
  }

  /** Legs that ring for calls from other systems that came in by this: all of them, and those that ring there. */
  ringingFor(domain: string, by: string, target: string): { readonly all: number; readonly there: number } {
    const legs = this.#byEntry.get(entryOf(domain, by)) ?? new Set();
    let there = 0;
    for (const leg of legs) if (leg.target === target) there++;
    return { all: legs.size, there };
  }

  /** Whether a call that wants to go there stems from one that rings there. */
  isLoop(call: string, target: string): boolean {
    let ancestor = this.#parents.get(call);
    for (let turn = 0; turn < LONGEST_CHAIN && ancestor !== undefined; turn++) {
      for (const leg of this.#byCall.get(ancestor) ?? []) if (leg.target === target) return true;
      ancestor = this.#parents.get(ancestor);
    }
    return false;
  }
}

function entryOf(domain: string, by: string): string {
  return `${domain}\n${by}`;
}

function lookOf({ domain, login = '', shown }: ReturningCall): string {
  return `${domain}\n${login}\n${shown}`;
}

function addTo(sets: Map<string, Set<OutwardLeg>>, key: string, leg: OutwardLeg): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([leg]));
  else set.add(leg);
}

function deleteFrom(sets: Map<string, Set<OutwardLeg>>, key: string, leg: OutwardLeg): void {
  const set = sets.get(key);
  if (set?.delete(leg) === true && set.size === 0) sets.delete(key);
}
