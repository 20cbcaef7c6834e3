import { join, sep } from 'node:path';
import type { RecordingTerms } from '@vats/calls';
import type { Cancel, Clock, Log } from '@vats/kernel';
import { newSeal } from '@vats/media';
import { type Domain, type RecordingEntry, setting } from '@vats/pbx';
import { StorageFault, type Store } from '@vats/store';
import type { DiskWatch } from './disk-watch.ts';
import type { RecordingStorage } from './recording-storage.ts';

/** How often it is looked whether something has become too old. */
const LOOK_EVERY_MS = 3_600_000;
const FIRST_LOOK_MS = 1_000;
/** Recordings deleted between two pauses, in which the disk is others'. */
const HANDFUL = 50;
const PAUSE_MS = 100;

export interface RecordingKeeperParts {
  readonly store: Pick<Store, 'recordings' | 'recordingKeys'>;
  /** Absolute; paths of the list are relative to it. */
  readonly data: string;
  /** Absolute, within `data`: nothing outside it is ever deleted. */
  readonly directory: string;
  readonly storage: Pick<RecordingStorage, 'remove'>;
  readonly disk: Pick<DiskWatch, 'isLow'>;
  readonly domains: () => readonly Domain[];
  readonly clock: Clock;
  readonly log: Log;
}

/** On what terms recordings begin, and that they go when they are too old. */
export class RecordingKeeper {
  readonly #parts: RecordingKeeperParts;
  #timer: Cancel | undefined;
  #closed = false;
  /** What could not be deleted since the last look that found nothing more. */
  #stuck = new Stuck();

  constructor(parts: RecordingKeeperParts) {
    this.#parts = parts;
  }

  /** For calls: the terms of a recording that is to begin now. */
  terms(domain: Domain): RecordingTerms | { readonly refused: 'low-disk' | 'no-key' } {
    const { store, disk } = this.#parts;
    if (disk.isLow) return { refused: 'low-disk' };
    const {
      sides = 'both',
      format = 'wav',
      minimum = 0,
      encrypt = false,
      announce = false,
    } = setting(domain, 'recording');
    const heard = announce === false ? {} : { announce: announce === 'beep' ? announce : ('announcement' as const) };
    const terms = { sides, format, minimumMs: minimum, ...heard };
    if (!encrypt) return terms;
    const key = store.recordingKeys.of(domain.id);
    if (key !== undefined) return { ...terms, seal: newSeal(key) };
    this.makeKeys([domain]);
    return { refused: 'no-key' };
  }

  /** Domains whose recordings are to be encrypted get their keys: a call can't wait until one is on disk. */
  makeKeys(domains: readonly Domain[]): void {
    const { store, log } = this.#parts;
    for (const domain of domains) {
      if (setting(domain, 'recording').encrypt !== true || store.recordingKeys.of(domain.id) !== undefined) continue;
      store.recordingKeys.make(domain.id).catch((error: unknown) => {
        log.error('recordings.no-key', { domain: domain.name, error: String(error) });
      });
    }
  }

  /** Begins to look for what is too old. */
  start(): void {
    this.#timer = this.#parts.clock.after(FIRST_LOOK_MS, () => void this.#look());
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
  }

  /** Deletes what its domain keeps no longer, a handful at a time. */
  async #look(): Promise<void> {
    const { clock, domains, log } = this.#parts;
    let deleted = 0;
    try {
      for (const domain of domains()) {
        const { keep } = setting(domain, 'recording');
        if (keep !== undefined) deleted += await this.#deleteOf(domain, clock.now() - keep);
      }
    } catch (error) {
      log.error('recordings.not-deleted', { error: error instanceof Error ? error.message : String(error) });
    }
    if (deleted > 0) log.info('recordings.expired', { recordings: deleted });
    const goesOn = deleted > 0 || this.#stuck.moved;
    this.#stuck.moved = false;
    if (!goesOn) {
      const { recordings, first } = this.#stuck;
      if (first !== undefined) log.error('recording.not-deleted', { recordings, ...first });
      this.#stuck = new Stuck();
    }
    if (this.#closed) return;
    this.#timer = clock.after(goesOn ? PAUSE_MS : LOOK_EVERY_MS, () => void this.#look());
  }

  async #deleteOf(domain: Domain, before: number): Promise<number> {
    const { store } = this.#parts;
    let deleted = 0;
    for (const state of ['complete', 'repaired', 'failed'] as const) {
      // The domain's name is in the list of older ones.
      for (const named of [domain.id, domain.name]) {
        const list = `${state} ${named}`;
        const filter = { domain: named, state, before: this.#stuck.before.get(list) ?? before, limit: HANDFUL };
        let failed = 0;
        let oldest = 0;
        for (const entry of await store.recordings.list(filter)) {
          oldest = entry.startedAt;
          if (await this.#delete(entry)) deleted++;
          else failed++;
        }
        // The newest come first: the next handful is behind those that stay.
        if (failed > 0) this.#stuck.goBehind(list, oldest);
      }
    }
    return deleted;
  }

  async #delete(entry: RecordingEntry): Promise<boolean> {
    const { data, directory, log, store, storage } = this.#parts;
    const path = join(data, entry.path);
    if (!path.startsWith(directory + sep)) {
      log.error('recording.elsewhere', { path, remedy: 'delete it yourself: nothing outside the recordings is' });
    } else {
      try {
        await storage.remove(path);
      } catch (error) {
        this.#stuck.add(path, error);
        return false;
      }
    }
    await store.recordings.put({ ...entry, state: 'expired' });
    return true;
  }
}

/** Recordings that could not be deleted, which others are waiting behind. */
class Stuck {
  recordings = 0;
  first: { readonly path: string; readonly error: string; readonly remedy?: string } | undefined;
  /** For each list where it is to be read on. */
  readonly before = new Map<string, number>();
  /** There may be more behind them. */
  moved = false;

  add(path: string, error: unknown): void {
    this.recordings++;
    const remedy = error instanceof StorageFault ? { remedy: error.remedy } : {};
    this.first ??= { path, error: error instanceof Error ? error.message : String(error), ...remedy };
  }

  goBehind(list: string, before: number): void {
    this.before.set(list, before);
    this.moved = true;
  }
}
