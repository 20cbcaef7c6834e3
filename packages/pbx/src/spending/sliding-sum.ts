/** What calls use up: how many there were, their talk in milliseconds, their price in parts of a unit. */
export interface Used {
  readonly calls: number;
  readonly talkMs: number;
  readonly money: number;
}

export const NOTHING_USED: Used = { calls: 0, talkMs: 0, money: 0 };

interface Slot {
  readonly start: number;
  calls: number;
  talkMs: number;
  money: number;
}

/**
 * What was used in the last `window` milliseconds. It is kept by slots of time, and a slot counts until all of it is out of the
 * window: never less than what was really used, and at most what a slot more would hold. So it holds window/slot + 1 slots at most,
 * however many calls there are.
 */
export class SlidingSum {
  readonly #window: number;
  readonly #slot: number;
  readonly #slots: Slot[] = [];
  #calls = 0;
  #talkMs = 0;
  #money = 0;

  constructor(window: number, slot: number) {
    this.#window = window;
    this.#slot = slot;
  }

  /** Adds what was used at a time that is not before that of the last `add`. */
  add(at: number, { calls, talkMs, money }: Used): void {
    const start = Math.floor(at / this.#slot) * this.#slot;
    let slot = this.#slots.at(-1);
    if (slot === undefined || slot.start < start) {
      this.#drop(at);
      slot = { start, calls: 0, talkMs: 0, money: 0 };
      this.#slots.push(slot);
    }
    slot.calls += calls;
    slot.talkMs += talkMs;
    slot.money += money;
    this.#calls += calls;
    this.#talkMs += talkMs;
    this.#money += money;
  }

  /** What counts at this time. */
  at(now: number): Used {
    this.#drop(now);
    return { calls: this.#calls, talkMs: this.#talkMs, money: this.#money };
  }

  /** Slots that are held: 0 when nothing counts any more. */
  get slots(): number {
    return this.#slots.length;
  }

  #drop(now: number): void {
    let gone = 0;
    for (const { start, calls, talkMs, money } of this.#slots) {
      if (start + this.#slot + this.#window > now) break;
      gone++;
      this.#calls -= calls;
      this.#talkMs -= talkMs;
      this.#money -= money;
    }
    if (gone > 0) this.#slots.splice(0, gone);
  }
}
