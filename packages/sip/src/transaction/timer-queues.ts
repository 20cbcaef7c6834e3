import type { Cancel, Clock } from '@vats/kernel';

/** Who is told when a timer fires. */
export interface TimerOwner {
  onTimer(timer: RunningTimer): void;
}

/** A timer that waits in its queue; whoever started it holds it to be able to stop it. */
export class RunningTimer {
  readonly owner: TimerOwner;
  /** The owner's own word for it. */
  readonly name: string;
  readonly due: number;
  /** Which of two that are due at once was started first. */
  readonly order: number;
  readonly queue: TimerQueue;
  before: RunningTimer | undefined = undefined;
  after: RunningTimer | undefined = undefined;

  constructor(owner: TimerOwner, name: string, due: number, order: number, queue: TimerQueue) {
    this.owner = owner;
    this.name = name;
    this.due = due;
    this.order = order;
    this.queue = queue;
  }
}

/** Timers of the same duration fire in the order in which they were started, so they need no sorting. */
class TimerQueue {
  head: RunningTimer | undefined = undefined;
  #tail: RunningTimer | undefined = undefined;

  push(timer: RunningTimer): void {
    timer.before = this.#tail;
    if (this.#tail === undefined) this.head = timer;
    else this.#tail.after = timer;
    this.#tail = timer;
  }

  /** True when the timer was waiting. */
  remove(timer: RunningTimer): boolean {
    const { before, after } = timer;
    if (before === undefined && after === undefined && this.head !== timer) return false;
    if (before === undefined) this.head = after;
    else before.after = after;
    if (after === undefined) this.#tail = before;
    else after.before = before;
    timer.before = undefined;
    timer.after = undefined;
    return true;
  }
}

/**
 * Many timers of few durations: a list for each duration, and one timer of the clock for the first of all. Starting and
 * stopping one costs an object, no closure, and seldom touches the clock: its timer stays when the one that it was set
 * for is stopped, and finds out when it fires.
 */
export class TimerQueues {
  readonly #clock: Clock;
  readonly #onBug: (error: unknown) => void;
  readonly #byDuration = new Map<number, TimerQueue>();
  readonly #queues: TimerQueue[] = [];
  readonly #wake = (): void => this.#onClock();
  #waiting = 0;
  #started = 0;
  #firing = false;
  #cancel: Cancel | undefined;
  /** When the clock's timer fires. */
  #wakesAt = Number.POSITIVE_INFINITY;

  /** @param onBug is given what a timer's owner threw; the other timers fire nevertheless */
  constructor(clock: Clock, onBug: (error: unknown) => void) {
    this.#clock = clock;
    this.#onBug = onBug;
  }

  /** Timers that were started and neither fired nor were stopped. */
  get waiting(): number {
    return this.#waiting;
  }

  start(owner: TimerOwner, name: string, milliseconds: number): RunningTimer {
    let queue = this.#byDuration.get(milliseconds);
    if (queue === undefined) {
      queue = new TimerQueue();
      this.#byDuration.set(milliseconds, queue);
      this.#queues.push(queue);
    }
    const due = this.#clock.monotonic() + milliseconds;
    const timer = new RunningTimer(owner, name, due, this.#started++, queue);
    queue.push(timer);
    this.#waiting++;
    if (due < this.#wakesAt && !this.#firing) this.#wakeAfter(milliseconds, due);
    return timer;
  }

  /** Stops a timer; one that fired or was stopped already stays as it is. */
  stop(timer: RunningTimer): void {
    if (!timer.queue.remove(timer)) return;
    this.#waiting--;
    if (this.#waiting === 0) this.#sleep();
  }

  #wakeAfter(milliseconds: number, due: number): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(milliseconds, this.#wake);
    this.#wakesAt = due;
  }

  #sleep(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wakesAt = Number.POSITIVE_INFINITY;
  }

  #onClock(): void {
    this.#cancel = undefined;
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.monotonic();
    this.#firing = true;
    let first = this.#first();
    for (; first !== undefined && first.due <= now; first = this.#first()) this.#fire(first);
    this.#firing = false;
    if (first !== undefined) this.#wakeAfter(Math.ceil(first.due - now), first.due);
  }

  /** The timer that is due before all others. */
  #first(): RunningTimer | undefined {
    let first: RunningTimer | undefined;
    for (const { head } of this.#queues) {
      if (head === undefined) continue;
      const isBefore =
        first === undefined || head.due < first.due || (head.due === first.due && head.order < first.order);
      if (isBefore) first = head;
    }
    return first;
  }

  #fire(timer: RunningTimer): void {
    this.stop(timer);
    try {
      timer.owner.onTimer(timer);
    } catch (error) {
      this.#onBug(error);
    }
  }
}
