import type { Cancel, Clock } from '@vats/kernel';
import { STEP_MS } from './cadence.ts';
import type { ReadingRounds } from './reading-rounds.ts';

/** Distance of the wake-ups while there is much to do: what batching adds to a packet's delay at most. One is one round. */
const BATCH_MS = STEP_MS;
/** A sleep shorter than this costs more than it saves. */
const SHORTEST_SLEEP_MS = 0.2;
/** How often the packet rate is looked at. */
const SAMPLE_MS = 100;
/** Of the turns of a sample: when so many found it behind, no more rounds are made until so few do. */
const BEHIND = { tooMany: 0.5, few: 0.1 } as const;
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
 * With few packets it would only add delay and wake-ups, so it is off then. While it has time to sleep, each awakening is one of the `ReadingRounds`.
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
  /** Turns since the sample began, and those of them in which there was no time to sleep. */
  #turns = 0;
  #behind = 0;
  #rounding = false;

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
    this.#turns = 0;
    this.#behind = 0;
    this.#cancelSample = this.#clock.after(SAMPLE_MS, () => this.#sample());
  }

  #sample(): void {
    const rate = (1_000 * (this.#packets() - this.#sampledPackets)) / (this.#clock.monotonic() - this.#sampledAt);
    const behind = this.#turns === 0 ? 1 : this.#behind / this.#turns;
    this.#startSample();
    if (this.#batching) {
      if (rate < BATCH_UNTIL) this.#endBatches();
      else this.#keepPace(behind);
    } else if (rate >= BATCH_FROM) {
      this.#batching = true;
      this.#deadline = this.#clock.monotonic() + BATCH_MS;
      this.#loop.afterSockets(() => this.#turn());
    }
  }

  // A worker without time to sleep looks for packets that are late again and again, and becomes later itself: then the kernel knows better.
  #keepPace(behind: number): void {
    if (this.#rounding && behind >= BEHIND.tooMany) this.#endRounds();
    else if (!this.#rounding && behind <= BEHIND.few) {
      this.#rounding = true;
      this.#rounds.start(this.#clock.monotonic());
    }
  }

  #endRounds(): void {
    this.#rounding = false;
    this.#rounds.stop();
  }

  #endBatches(): void {
    this.#batching = false;
    this.#endRounds();
  }

  #turn(): void {
    if (!this.#batching) return;
    const now = this.#clock.monotonic();
    const left = this.#deadline - now;
    this.#turns++;
    if (left > SHORTEST_SLEEP_MS) {
      this.#loop.sleep(left);
      this.#deadline += BATCH_MS;
    } else {
      this.#behind++;
      this.#deadline = now + BATCH_MS;
    }
    if (this.#rounding) this.#rounds.make(this.#clock.monotonic());
    this.#loop.afterSockets(() => this.#turn());
  }
}
