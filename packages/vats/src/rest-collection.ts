import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Cancel, Clock } from '@vats/kernel';

export interface RestCollectionParts {
  readonly clock: Clock;
  /** Calls that are up. */
  readonly calls: () => number;
  /** Messages that came since the start, read or not: how much happens. */
  readonly messages: () => number;
  readonly collect: () => void;
}

const LOOK_EVERY_MS = 15_000;
/** With fewer messages since the last time there is nothing to collect that is worth the pause. */
const WORTH_IT_MESSAGES = 5_000;
/** With more from one look to the next somebody waits for each pause: it is 200 a second, more than some thousand phones at rest. */
const BUSY_MESSAGES = 3_000;

/**
 * Gives memory back when the switch is at rest. V8 collects its old generation when that has grown enough, not when there is
 * time for it, so after a busy hour the dead objects of its calls would stay resident until the next one. The pause of some
 * 200 ms is taken when no call has been up and few messages have come for two looks in a row.
 */
export class RestCollection {
  readonly #parts: RestCollectionParts;
  #collectedAt = 0;
  #seen = 0;
  #wasAtRest = false;
  #next: Cancel;

  constructor(parts: RestCollectionParts) {
    this.#parts = parts;
    this.#next = this.#lookLater();
  }

  close(): void {
    this.#next();
  }

  #lookLater(): Cancel {
    return this.#parts.clock.after(LOOK_EVERY_MS, () => {
      this.#look();
      this.#next = this.#lookLater();
    });
  }

  #look(): void {
    const { calls, messages, collect } = this.#parts;
    const seen = messages();
    const atRest = calls() === 0 && seen - this.#seen < BUSY_MESSAGES;
    const due = atRest && this.#wasAtRest && seen - this.#collectedAt >= WORTH_IT_MESSAGES;
    this.#wasAtRest = atRest;
    this.#seen = seen;
    if (!due) return;
    this.#collectedAt = seen;
    collect();
  }
}

/**
 * V8's own full collection, which Node keeps out of sight unless it is asked for; of the kind that gives pages back to the
 * system, where the usual one keeps them for later.
 */
export function fullCollection(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function'
    ? () => void gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    : () => {};
}
