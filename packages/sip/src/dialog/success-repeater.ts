import type { Cancel, Clock } from '@vats/kernel';
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
export class SuccessRepeater {
  readonly #clock: Clock;
  readonly #timers: DialogTimers;
  readonly #success: RepeatedSuccess;
  #cancelRepeat: Cancel;
  readonly #cancelDeadline: Cancel;

  constructor(clock: Clock, timers: DialogTimers, success: RepeatedSuccess) {
    this.#clock = clock;
    this.#timers = timers;
    this.#success = success;
    // First in line when both fall due at once: nothing is repeated at the very end.
    this.#cancelDeadline = clock.after(64 * timers.t1, () => {
      this.stop();
      success.giveUp();
    });
    this.#cancelRepeat = this.#repeatAfter(timers.t1);
  }

  /** The ACK came, or nobody waits for it any more. */
  stop(): void {
    this.#cancelRepeat();
    this.#cancelDeadline();
  }

  #repeatAfter(interval: number): Cancel {
    return this.#clock.after(interval, () => {
      this.#cancelRepeat = this.#repeatAfter(Math.min(2 * interval, this.#timers.t2));
      this.#success.repeat();
    });
  }
}
