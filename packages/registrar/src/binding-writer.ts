import type { Log } from '@vats/kernel';
import type { Binding } from './binding.ts';
import type { BindingChange, BindingStore } from './binding-store.ts';

/** Told once how a change ended: on disk, or nothing of it (`failure`). */
export type Written = (failure?: unknown) => void;

/**
 * Brings changes to the store in their order, one write at a time: what comes while one is under way is gathered into
 * the next, where the newest state of a binding stands for the older ones. So a storm of refreshes after a power cut
 * becomes few large writes, and a slow disk cannot grow a queue longer than there are bindings.
 */
export class BindingWriter {
  readonly #store: BindingStore;
  readonly #log: Log;
  #gathered = new Map<string, Binding | undefined>();
  #waiting: Written[] = [];
  #underWay = false;
  #beingWritten = 0;
  #idle: (() => void)[] = [];

  constructor(store: BindingStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** Changes whose `written` has not been called yet. */
  get pending(): number {
    return this.#beingWritten + this.#waiting.length;
  }

  /** `written` is called in a later turn. */
  write(change: BindingChange, written: Written): void {
    for (const id of change.remove) this.#gathered.set(id, undefined);
    for (const binding of change.save) this.#gathered.set(binding.id, binding);
    this.#waiting.push(written);
    if (!this.#underWay) this.#begin();
  }

  /** Resolves when nothing is under way or gathered any more; never rejects. */
  idle(): Promise<void> {
    return this.#underWay ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  #begin(): void {
    const told = this.#waiting;
    const change = toChange(this.#gathered);
    this.#waiting = [];
    this.#gathered = new Map();
    this.#underWay = true;
    this.#beingWritten = told.length;
    const ended = (failure?: unknown): void => {
      this.#underWay = false;
      this.#beingWritten = 0;
      // Before the owners hear of it: what they write in answer belongs to a write of its own, behind what is gathered.
      if (this.#waiting.length > 0) this.#begin();
      for (const written of told) this.#tell(written, failure);
      if (!this.#underWay) for (const resolve of this.#idle.splice(0)) resolve();
    };
    this.#write(change).then(
      () => ended(),
      (failure: unknown) => ended(failure ?? new Error('the store gave no reason')),
    );
  }

  /** A fault of ours in one owner must not keep the others waiting, nor end the process as an unheard rejection. */
  #tell(written: Written, failure: unknown): void {
    try {
      written(failure);
    } catch (fault) {
      this.#log.error('registrar.fault', { fault });
    }
  }

  /** A store that throws instead of rejecting has failed as well. */
  async #write(change: BindingChange): Promise<void> {
    await this.#store.write(change);
  }
}

function toChange(gathered: ReadonlyMap<string, Binding | undefined>): BindingChange {
  const save: Binding[] = [];
  const remove: string[] = [];
  for (const [id, binding] of gathered) {
    if (binding === undefined) remove.push(id);
    else save.push(binding);
  }
  return { save, remove };
}
