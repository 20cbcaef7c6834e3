import type { Cancel, Clock } from '@vats/kernel';
import { StoreError } from './store-error.ts';
import type { WriteGroup } from './worker/messages.ts';

/** How long a write waits for company, in milliseconds; with the commit itself it stays below 20 ms on any usual disk. */
export const GATHER_MS = 15;

/** Groups in one transaction at most, so that one commit stays short. */
export const LARGEST_COMMIT = 1_000;

/** Groups that wait at most: some seconds of a storm. A disk that stands still must not cost all memory. */
export const MOST_WAITING = 20_000;

interface Waiting {
  readonly writes: WriteGroup;
  resolve(): void;
  reject(error: unknown): void;
}

/** What makes groups durable together, and says for each whether it is. */
export type Commit = (groups: readonly WriteGroup[]) => Promise<(StoreError | undefined)[]>;

/**
 * Gathers writes into few commits, which cost more than what is in them: the first waits a moment for others, whether or
 * not a commit is under way when it comes. Writes become durable in the order in which they came.
 */
export class GroupCommit {
  readonly #commit: Commit;
  readonly #clock: Clock;
  #waiting: Waiting[] = [];
  #underWay: Promise<void> | undefined;
  #timer: Cancel | undefined;
  #closed = false;
  #inCommit = 0;
  #commits = 0;
  #writes = 0;
  /** Groups taken since the start, and those of them whose end is known. */
  #accepted = 0;
  #settled = 0;
  #failure: StoreError | undefined;

  constructor(commit: Commit, clock: Clock) {
    this.#commit = commit;
    this.#clock = clock;
  }

  get pending(): number {
    return this.#waiting.length + this.#inCommit;
  }

  /** Commits that succeeded in part or whole, and the groups in them. */
  get commits(): number {
    return this.#commits;
  }

  get writes(): number {
    return this.#writes;
  }

  /** Why the last commit failed; undefined since the last that succeeded. */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** Resolves when all of the group is durable; rejects with a StoreError when nothing of it is, at once where too many wait. */
  write(writes: WriteGroup): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'the store is closed', 'start the switch again'));
    if (this.#waiting.length >= MOST_WAITING) {
      const message = `${MOST_WAITING} writes wait for the disk already`;
      return Promise.reject(
        new StoreError('failed', message, 'see whether the disk stands still, or take a faster one'),
      );
    }
    return new Promise((resolve, reject) => {
      this.#accepted++;
      this.#waiting.push({ writes, resolve, reject });
      if (this.#waiting.length === 1) this.#timer = this.#clock.after(GATHER_MS, () => this.#gathered());
      else if (this.#waiting.length === LARGEST_COMMIT) this.#gathered();
    });
  }

  /** Resolves when what came before does not wait any more, whether it succeeded or not. What comes meanwhile is not waited for. */
  async flush(): Promise<void> {
    const last = this.#accepted;
    while (this.#settled < last) {
      if (this.#waiting.length > 0) this.#gathered();
      await this.#underWay;
    }
  }

  /** Takes no further writes, and ends those that wait. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  // No timer and something that waits: its time has come, and it is committed as soon as no other commit is under way.
  #gathered(): void {
    this.#timer?.();
    this.#timer = undefined;
    if (this.#underWay === undefined) this.#begin();
  }

  #begin(): void {
    const batch = this.#waiting.splice(0, LARGEST_COMMIT);
    this.#inCommit = batch.length;
    this.#underWay = this.#carryOut(batch).then(() => {
      this.#underWay = undefined;
      if (this.#waiting.length > 0 && this.#timer === undefined) this.#begin();
    });
  }

  async #carryOut(batch: readonly Waiting[]): Promise<void> {
    let outcomes: readonly (StoreError | undefined)[];
    try {
      outcomes = await this.#commit(batch.map(({ writes }) => writes));
    } catch (error) {
      const failure = error instanceof StoreError ? error : new StoreError('failed', String(error), 'see the message');
      outcomes = batch.map(() => failure);
    }
    const failed = outcomes.filter((outcome) => outcome !== undefined);
    this.#failure = failed.at(-1);
    if (failed.length < batch.length) this.#commits++;
    this.#writes += batch.length - failed.length;
    this.#inCommit = 0;
    this.#settled += batch.length;
    for (const [index, waiting] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) waiting.resolve();
      else waiting.reject(outcome);
    }
  }
}
