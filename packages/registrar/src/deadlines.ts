import type { Cancel, Clock } from '@vats/kernel';

/** Items handled in one turn: after a restart thousands may be due at once, and signalling must not wait for them all. */
const DUE_PER_TURN = 256;

interface Slot<T> {
  readonly item: T;
  at: number;
  /** Place in the heap. */
  index: number;
}

/**
 * Deadlines of many items on one timer of the clock: a binary heap, so that setting, moving and dropping one costs
 * O(log n) however many there are. An item has one deadline at most.
 */
export class Deadlines<T> {
  readonly #clock: Clock;
  readonly #due: (item: T) => void;
  readonly #heap: Slot<T>[] = [];
  readonly #slots = new Map<T, Slot<T>>();
  #timer: { readonly at: number; readonly cancel: Cancel } | undefined;

  /** `due` is called once for each item whose time has come; it may set or drop any deadline, its own too. */
  constructor(clock: Clock, due: (item: T) => void) {
    this.#clock = clock;
    this.#due = due;
  }

  /** Items that wait. */
  get size(): number {
    return this.#heap.length;
  }

  /** Gives `item` its deadline, in place of an earlier one. @param at monotonic ms */
  set(item: T, at: number): void {
    const slot = this.#slots.get(item);
    if (slot === undefined) {
      const added = { item, at, index: this.#heap.length };
      this.#slots.set(item, added);
      this.#heap.push(added);
      this.#up(added);
    } else {
      slot.at = at;
      this.#up(slot);
      this.#down(slot);
    }
    this.#arm();
  }

  delete(item: T): void {
    const slot = this.#slots.get(item);
    if (slot === undefined) return;
    this.#remove(slot);
    this.#arm();
  }

  clear(): void {
    this.#heap.length = 0;
    this.#slots.clear();
    this.#arm();
  }

  #remove(slot: Slot<T>): void {
    this.#slots.delete(slot.item);
    const last = this.#heap.pop()!;
    if (last === slot) return;
    last.index = slot.index;
    this.#heap[last.index] = last;
    this.#up(last);
    this.#down(last);
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    for (let handled = 0; handled < DUE_PER_TURN; handled++) {
      const first = this.#heap[0];
      if (first === undefined || first.at > now) break;
      this.#remove(first);
      this.#due(first.item);
    }
    this.#arm();
  }

  /** A timer that is too early is kept: it finds nothing due and arms the right one, which is cheaper than a new one for each refresh. */
  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined) {
      this.#timer?.cancel();
      this.#timer = undefined;
    } else if (this.#timer === undefined || this.#timer.at > first.at) {
      this.#timer?.cancel();
      const cancel = this.#clock.after(first.at - this.#clock.monotonic(), () => this.#fire());
      this.#timer = { at: first.at, cancel };
    }
  }

  #up(slot: Slot<T>): void {
    while (slot.index > 0) {
      const parent = this.#heap[(slot.index - 1) >> 1]!;
      if (parent.at <= slot.at) return;
      this.#swap(parent, slot);
    }
  }

  #down(slot: Slot<T>): void {
    for (;;) {
      const left = this.#heap[2 * slot.index + 1];
      const right = this.#heap[2 * slot.index + 2];
      const sooner = right !== undefined && left !== undefined && right.at < left.at ? right : left;
      if (sooner === undefined || sooner.at >= slot.at) return;
      this.#swap(slot, sooner);
    }
  }

  #swap(upper: Slot<T>, lower: Slot<T>): void {
    const index = upper.index;
    upper.index = lower.index;
    lower.index = index;
    this.#heap[upper.index] = upper;
    this.#heap[lower.index] = lower;
  }
}
