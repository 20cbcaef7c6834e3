import type { Cancel, Clock } from '@vats/kernel';
import type { TimerName } from './timers.ts';

/** Who is told when a timer fires. */
export interface TimerOwner {
  onTimer(timer: RunningTimer): void;
}

/** A timer that waits in its queue; whoever started it holds it to be able to stop it. */
export class RunningTimer {
  readonly owner: TimerOwner;
  readonly name: TimerName;
  readonly due: number;
  readonly queue: TimerQueue;
  before: RunningTimer | undefined;
  after: RunningTimer | undefined;

  constructor(owner: TimerOwner, name: TimerName, due: number, queue: TimerQueue) {
    this.owner = owner;
    this.name = name;
    this.due = due;
    this.queue = queue;
  }
}

/**
 * Timers of the same duration fire in the order in which they were started, so they need no sorting: a list for each
 * duration and one timer of the clock for its head. A transaction's timers are few durations and many: starting and
 * stopping one costs an object and no closure.
 */
class TimerQueue {
  readonly milliseconds: number;
  readonly #clock: Clock;
  readonly #fire: (timer: RunningTimer) => void;
  #head: RunningTimer | undefined;
  #tail: RunningTimer | undefined;
  #cancel: Cancel | undefined;

  constructor(milliseconds: number, clock: Clock, fire: (timer: RunningTimer) => void) {
    this.milliseconds = milliseconds;
    this.#clock = clock;
    this.#fire = fire;
  }

  push(timer: RunningTimer): void {
    timer.before = this.#tail;
    if (this.#tail === undefined) this.#head = timer;
    else this.#tail.after = timer;
    this.#tail = timer;
    if (this.#cancel === undefined) this.#arm(this.milliseconds);
  }

  /** True when the timer was waiting. */
  remove(timer: RunningTimer): boolean {
    const { before, after } = timer;
    if (before === undefined && after === undefined && this.#head !== timer) return false;
    if (before === undefined) this.#head = after;
    else before.after = after;
    if (after === undefined) this.#tail = before;
    else after.before = before;
    timer.before = undefined;
    timer.after = undefined;
    // The clock's timer of a head that was stopped runs on, and finds out when it fires; but an empty queue keeps none.
    if (this.#head === undefined) {
      this.#cancel?.();
      this.#cancel = undefined;
    }
    return true;
  }

  #arm(milliseconds: number): void {
    this.#cancel = this.#clock.after(milliseconds, () => this.#onClock());
  }

  #onClock(): void {
    this.#cancel = undefined;
    const now = this.#clock.monotonic();
    for (let head = this.#head; head !== undefined && head.due <= now; head = this.#head) this.#fire(head);
    // Firing may have started the first timer of an emptied queue, and armed it.
    if (this.#head === undefined || this.#cancel !== undefined) return;
    this.#arm(Math.ceil(this.#head.due - now));
  }
}

/** The timers of all transactions. */
export class TimerQueues {
  readonly #clock: Clock;
  readonly #onBug: (error: unknown) => void;
  readonly #queues = new Map<number, TimerQueue>();
  #waiting = 0;

  /** @param onBug is given what a timer's owner threw; the other timers fire nevertheless */
  constructor(clock: Clock, onBug: (error: unknown) => void) {
    this.#clock = clock;
    this.#onBug = onBug;
  }

  /** Timers that were started and neither fired nor were stopped. */
  get waiting(): number {
    return this.#waiting;
  }

  start(owner: TimerOwner, name: TimerName, milliseconds: number): RunningTimer {
    let queue = this.#queues.get(milliseconds);
    if (queue === undefined) {
      queue = new TimerQueue(milliseconds, this.#clock, (timer) => this.#fire(timer));
      this.#queues.set(milliseconds, queue);
    }
    const timer = new RunningTimer(owner, name, this.#clock.monotonic() + milliseconds, queue);
    queue.push(timer);
    this.#waiting++;
    return timer;
  }

  /** Stops a timer; one that fired or was stopped already stays as it is. */
  stop(timer: RunningTimer): void {
    if (timer.queue.remove(timer)) this.#waiting--;
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
