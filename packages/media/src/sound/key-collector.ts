import type { Cancel, Clock } from '@vats/kernel';
import type { DtmfKey } from '../rtp/telephone-event.ts';

export interface CollectOptions {
  /** Keys that are waited for at most; the last of them ends it. */
  readonly most: number;
  /** Keys that end it and are not among the digits. */
  readonly terminators?: readonly DtmfKey[];
  /** For the first key, and between two; counted from when the prompt has ended or was interrupted. */
  readonly firstMs: number;
  readonly betweenMs: number;
}

/** How a collection ended. */
export type CollectEnd = 'complete' | 'terminator' | 'nothing' | 'time-out' | 'stopped';

/** The most keys that one collection takes. */
export const MOST_KEYS = 128;

/** Gathers the keys that somebody presses, until there are enough of them, a terminator or a pause. Ends exactly once. */
export class KeyCollector {
  readonly #options: CollectOptions;
  readonly #clock: Clock;
  readonly #ended: (digits: string, why: CollectEnd, terminator: DtmfKey | undefined) => void;
  readonly #most: number;
  #digits = '';
  #cancel: Cancel | undefined;
  #over = false;

  /** Waits without a limit until `startTimer` (a prompt is being played) or a first key. */
  constructor(
    options: CollectOptions,
    clock: Clock,
    ended: (digits: string, why: CollectEnd, terminator: DtmfKey | undefined) => void,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#ended = ended;
    this.#most = Math.max(1, Math.min(MOST_KEYS, options.most));
  }

  /** What was pressed so far. */
  get digits(): string {
    return this.#digits;
  }

  /** The prompt has ended: from now on the first key is waited for. */
  startTimer(): void {
    if (this.#over || this.#digits !== '') return;
    this.#wait(this.#options.firstMs, 'nothing');
  }

  press(key: DtmfKey): void {
    if (this.#over) return;
    if (this.#options.terminators?.includes(key) === true) {
      this.#end('terminator', key);
      return;
    }
    this.#digits += key;
    if (this.#digits.length >= this.#most) this.#end('complete');
    else this.#wait(this.#options.betweenMs, 'time-out');
  }

  stop(): void {
    if (!this.#over) this.#end('stopped');
  }

  #wait(milliseconds: number, why: CollectEnd): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(milliseconds, () => this.#end(why));
  }

  #end(why: CollectEnd, terminator?: DtmfKey): void {
    this.#over = true;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#ended(this.#digits, why, terminator);
  }
}
