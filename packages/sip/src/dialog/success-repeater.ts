import type { RunningTimer, TimerOwner, TimerQueues } from '../transaction/index.ts';
import type { DialogTimers } from './timers.ts';

export interface RepeatedSuccess {
  /** Sends the 2xx once more. */
  readonly repeat: () => void;
  /** No ACK came within 64*T1. */
  readonly giveUp: () => void;
}

/**
 * Repeats a 2xx to an INVITE, from T1 doubling up to T2, until its ACK stops it; over every transport, as a proxy on the
 * way may change from TCP to UDP (RFC 3261 §13.3.1.4). It counts from its making, when the 2xx was sent first.
 */
export class SuccessRepeater implements TimerOwner {
  readonly #queues: TimerQueues;
  readonly #timers: DialogTimers;
  readonly #success: RepeatedSuccess;
  readonly #deadline: RunningTimer;
  #repetition: RunningTimer;
  #interval: number;

  constructor(queues: TimerQueues, timers: DialogTimers, success: RepeatedSuccess) {
    this.#queues = queues;
    this.#timers = timers;
    this.#success = success;
    this.#interval = timers.t1;
    // First in line when both fall due at once: nothing is repeated at the very end.
    this.#deadline = queues.start(this, 'deadline', 64 * timers.t1);
    this.#repetition = queues.start(this, 'repetition', timers.t1);
  }

  /** The ACK came, or nobody waits for it any more. */
  stop(): void {
    this.#queues.stop(this.#repetition);
    this.#queues.stop(this.#deadline);
  }

  onTimer(timer: RunningTimer): void {
    if (timer === this.#deadline) {
      this.stop();
      this.#success.giveUp();
      return;
    }
    this.#interval = Math.min(2 * this.#interval, this.#timers.t2);
    this.#repetition = this.#queues.start(this, 'repetition', this.#interval);
    this.#success.repeat();
  }
}
