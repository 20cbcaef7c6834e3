import type { Cancel, Clock } from '@vats/kernel';
import type { ReadingRounds } from './reading-rounds.ts';

/** Distance of the wake-ups while there is much to do: what batching adds to a packet's delay at most. */
const BATCH_MS = 2;
/** A sleep shorter than this costs more than it saves. */
const SHORTEST_SLEEP_MS = 0.2;
/** How often the packet rate is looked at. */
const SAMPLE_MS = 100;
/** Packets a second from which on the worker sleeps in batches; below the second number it stops doing so. */
const BATCH_FROM = 1_500;
const BATCH_UNTIL = 800;

/** How the worker's loop is turned and put to sleep; a test turns it by hand. */
export interface Loop {
  /** Blocks the whole thread, messages and sockets included. */
  sleep(milliseconds: number): void;
  /** Runs `turn` after the sockets that are ready have been served. */
  afterSockets(turn: () => void): void;
}

/** The thread's own event loop. */
export function threadLoop(): Loop {
  const never = new Int32Array(new SharedArrayBuffer(4));
  return {
    sleep: (milliseconds) => void Atomics.wait(never, 0, 0, milliseconds),
    afterSockets: (turn) => void setImmediate(turn),
  };
}

/**
 * Fewer wake-ups. A packet that wakes the thread by itself costs two epoll_pwait and a context switch besides its own
 * system calls; under load the worker therefore sleeps through to the next 2 ms deadline and then serves everything that
 * has come. Sockets keep what arrives meanwhile, commands wait 2 ms at most, and a loop that falls behind does not sleep.
 * With few packets it would only add delay and wake-ups, so it is off then. Each awakening is one of the `ReadingRounds`.
 */
export class WakeUps {
  readonly #clock: Clock;
  readonly #loop: Loop;
  readonly #packets: () => number;
  readonly #rounds: Pick<ReadingRounds, 'start' | 'stop' | 'make'>;
  #cancelSample: Cancel | undefined;
  #batching = false;
  #deadline = 0;
  #sampledAt = 0;
  #sampledPackets = 0;

  /** `packets` counts all that were received since the start; `rounds` are made while the worker sleeps in batches. */
  constructor(options: {
    clock: Clock;
    loop: Loop;
    packets: () => number;
    rounds: Pick<ReadingRounds, 'start' | 'stop' | 'make'>;
  }) {
    this.#clock = options.clock;
    this.#loop = options.loop;
    this.#packets = options.packets;
    this.#rounds = options.rounds;
  }

  /** Whether the worker sleeps in batches now. */
  get batching(): boolean {
    return this.#batching;
  }

  /** To be called when there are calls, `stop` when there are none. Idempotent. */
  start(): void {
    if (this.#cancelSample !== undefined) return;
    this.#startSample();
  }

  stop(): void {
    this.#cancelSample?.();
    this.#cancelSample = undefined;
    this.#endBatches();
  }

  #startSample(): void {
    this.#sampledAt = this.#clock.monotonic();
    this.#sampledPackets = this.#packets();
    this.#cancelSample = this.#clock.after(SAMPLE_MS, () => this.#sample());
  }

  #sample(): void {
    const rate = (1_000 * (this.#packets() - this.#sampledPackets)) / (this.#clock.monotonic() - this.#sampledAt);
    this.#startSample();
    if (this.#batching) {
      if (rate < BATCH_UNTIL) this.#endBatches();
    } else if (rate >= BATCH_FROM) {
      this.#batching = true;
      this.#deadline = this.#clock.monotonic() + BATCH_MS;
      this.#rounds.start(this.#clock.monotonic());
      this.#loop.afterSockets(() => this.#turn());
    }
  }

  #endBatches(): void {
    this.#batching = false;
    this.#rounds.stop();
  }

  #turn(): void {
    if (!this.#batching) return;
    const now = this.#clock.monotonic();
    const left = this.#deadline - now;
    if (left > SHORTEST_SLEEP_MS) {
      this.#loop.sleep(left);
      this.#deadline += BATCH_MS;
    } else {
      this.#deadline = now + BATCH_MS;
    }
    this.#rounds.make(this.#clock.monotonic());
    this.#loop.afterSockets(() => this.#turn());
  }
}
