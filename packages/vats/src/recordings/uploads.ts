import type { Cancel, Clock, Log } from '@vats/kernel';
import { StorageFault } from '@vats/store';
import type { StorageStatus } from './recording-storage.ts';

/** Recordings that are remembered to wait; others are found on the disk when these are done. */
const REMEMBERED = 1_000;
const FIRST_MS = 5_000;
const LONGEST_MS = 900_000;
/** Recordings of this run that can't be stored for a reason of their own. */
const LEFT_AT_MOST = 10_000;

export interface UploadsParts {
  /** Stores one; rejects with a StorageFault. Storing what is stored already does no harm. */
  readonly store: (path: string) => Promise<void>;
  /** Walks over what waits on the disk, the oldest first. */
  readonly waiting: () => AsyncIterator<string>;
  readonly place: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Stores recordings elsewhere, one after the other. What waits is on the disk and needs no other memory, so neither a kill nor a long
 * outage loses anything: a new one is remembered while there is room, and what was not is found by walking over the disk. While the
 * server does not take them it is asked ever more rarely, from 5 s up to a quarter of an hour.
 */
export class Uploads {
  readonly #parts: UploadsParts;
  readonly #queue = new Set<string>();
  /** What can't be stored as it is: not tried again by this process. */
  readonly #left = new Set<string>();
  #walk: AsyncIterator<string> | undefined;
  #walkAgain = false;
  #delay = FIRST_MS;
  #cancel: Cancel | undefined;
  #works = false;
  #closed = false;
  #fault: StorageStatus['fault'];

  constructor(parts: UploadsParts) {
    this.#parts = parts;
  }

  get status(): StorageStatus {
    const { place } = this.#parts;
    const more = this.#walk !== undefined || this.#walkAgain;
    return { place, waiting: this.#queue.size, more, ...(this.#fault !== undefined && { fault: this.#fault }) };
  }

  /** Looks for what was left by an earlier process, or by one without storage elsewhere. */
  start(): void {
    this.#walkAgain = true;
    void this.#work();
  }

  add(path: string): void {
    if (this.#closed) return;
    if (this.#queue.size < REMEMBERED) this.#queue.add(path);
    else this.#walkAgain = true;
    void this.#work();
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }

  async #work(): Promise<void> {
    // While it waits for its time again, what is added waits, too.
    if (this.#works || this.#cancel !== undefined) return;
    this.#works = true;
    for (let goesOn = true; goesOn && !this.#closed; ) {
      const path = await this.#next();
      if (path === undefined) break;
      goesOn = await this.#store(path);
    }
    this.#works = false;
    // Added in the turn in which nothing more was found.
    if (!this.#closed && this.#cancel === undefined && (this.#queue.size > 0 || this.#walkAgain)) void this.#work();
  }

  async #next(): Promise<string | undefined> {
    for (const path of this.#queue) return path;
    for (;;) {
      if (this.#walk === undefined) {
        if (!this.#walkAgain) return undefined;
        this.#walkAgain = false;
        this.#walk = this.#parts.waiting();
      }
      const { done, value } = await this.#walk.next();
      if (done === true) this.#walk = undefined;
      else if (!this.#left.has(value)) {
        this.#queue.add(value);
        return value;
      }
    }
  }

  /** Whether to go on at once. */
  async #store(path: string): Promise<boolean> {
    const { store, log, place } = this.#parts;
    try {
      await store(path);
      this.#queue.delete(path);
    } catch (error) {
      if (!this.#closed) return this.#failed(path, error);
      return false;
    }
    this.#delay = FIRST_MS;
    log.debug('recording.stored', { path, place });
    if (this.#fault !== undefined) {
      log.warn('recordings.storage-well', { place, since: new Date(this.#fault.since).toISOString() });
      this.#fault = undefined;
    }
    return true;
  }

  #failed(path: string, error: unknown): boolean {
    const { clock, log, place } = this.#parts;
    const known = error instanceof StorageFault;
    const message = error instanceof Error ? error.message : String(error);
    const remedy = known ? error.remedy : 'it is tried again';
    this.#queue.delete(path);
    if (known && error.kind === 'changed') {
      if (this.#left.size < LEFT_AT_MOST) this.#left.add(path);
      log.error('recording.not-stored', { path, error: message, remedy });
      return true;
    }
    // Behind the others: if it is this one alone, they go.
    this.#queue.add(path);
    if (this.#fault === undefined || this.#fault.remedy !== remedy) {
      const waits = 'recordings stay here meanwhile, and go there when it does';
      log.error('recordings.storage-away', { place, error: message, remedy, waits });
    }
    this.#fault = { message, remedy, since: this.#fault?.since ?? clock.now() };
    this.#cancel = clock.after(this.#delay, () => {
      this.#cancel = undefined;
      void this.#work();
    });
    this.#delay = Math.min(LONGEST_MS, this.#delay * 2);
    return false;
  }
}
