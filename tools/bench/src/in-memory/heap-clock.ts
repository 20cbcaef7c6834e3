import type { Cancel, Clock } from '@vats/kernel';

interface Timer {
  readonly at: number;
  readonly order: number;
  fire: (() => void) | undefined;
}

/** A clock that a bench turns itself, cheap with tens of thousands of timers: they wait in a binary heap. */
export class HeapClock implements Clock {
  readonly #epoch = Date.now();
  #heap: Timer[] = [];
  #cancelled = 0;
  #elapsed = 0;
  #order = 0;

  now(): number {
    return this.#epoch + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(milliseconds: number, fire: () => void): Cancel {
    const timer: Timer = { at: this.#elapsed + Math.max(0, milliseconds), order: this.#order++, fire };
    this.#rise(timer);
    return () => {
      if (timer.fire === undefined) return;
      timer.fire = undefined;
      this.#cancelled++;
      this.#tidy();
    };
  }

  // Most are cancelled long before they are due: they would be what a bench of memory measures.
  #tidy(): void {
    if (this.#cancelled < 1_000 || this.#cancelled < this.#heap.length / 2) return;
    // In their order an array is a heap.
    this.#heap = this.#heap.filter(({ fire }) => fire !== undefined).sort((a, b) => (before(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }

  /** Lets time pass and fires what falls due. */
  advance(milliseconds: number): void {
    const target = this.#elapsed + milliseconds;
    for (let first = this.#heap[0]; first !== undefined && first.at <= target; first = this.#heap[0]) {
      this.#removeFirst();
      this.#elapsed = first.at;
      const { fire } = first;
      // It can't be cancelled any more.
      first.fire = undefined;
      if (fire === undefined) this.#cancelled--;
      else fire();
    }
    this.#elapsed = target;
  }

  #rise(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (before(heap[above] as Timer, timer)) break;
      heap[at] = heap[above] as Timer;
      at = above;
    }
    heap[at] = timer;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && before(heap[below + 1] as Timer, heap[below] as Timer)) below++;
      if (before(last, heap[below] as Timer)) break;
      heap[at] = heap[below] as Timer;
      at = below;
    }
    heap[at] = last;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
