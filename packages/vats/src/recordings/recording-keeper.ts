import { readFile, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { RecordingTerms } from '@vats/calls';
import type { Cancel, Clock, Log } from '@vats/kernel';
import {
  type Finisher,
  type FinishReport,
  manifestFrom,
  manifestPathOf,
  newSeal,
  recordedDomain,
  SEALED,
} from '@vats/media';
import { type Domain, type RecordingEntry, setting } from '@vats/pbx';
import type { Store } from '@vats/store';
import type { DiskWatch } from './disk-watch.ts';

/** How often it is looked whether something has become too old. */
const LOOK_EVERY_MS = 3_600_000;
const FIRST_LOOK_MS = 1_000;
/** Recordings deleted between two pauses, in which the disk is others'. */
const HANDFUL = 50;
const PAUSE_MS = 100;
const CLOSE_MS = 10_000;

export interface RecordingKeeperParts {
  readonly store: Pick<Store, 'recordings' | 'recordingKeys'>;
  /** Absolute; paths of the list are relative to it. */
  readonly data: string;
  /** Absolute, within `data`: nothing outside it is ever deleted. */
  readonly directory: string;
  readonly finisher: Finisher;
  readonly disk: Pick<DiskWatch, 'isLow'>;
  readonly domains: () => readonly Domain[];
  readonly clock: Clock;
  readonly log: Log;
  /** Deletes a file, which may be gone already. */
  readonly remove?: (path: string) => Promise<void>;
  /** Reads a text; fails where there is none. */
  readonly read?: (path: string) => Promise<string>;
}

/** What becomes of recordings: on what terms they begin, that they are finished, and that they go when they are too old. */
export class RecordingKeeper {
  readonly #parts: RecordingKeeperParts;
  #timer: Cancel | undefined;
  #closed = false;
  /** Asked for, and not handed on yet. */
  #looked = 0;
  /** What could not be deleted since the last look that found nothing more. */
  #stuck = new Stuck();

  constructor(parts: RecordingKeeperParts) {
    this.#parts = parts;
  }

  /** Recordings that are not finished yet. */
  get size(): number {
    return this.#looked + this.#parts.finisher.size;
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

  /** A recording has ended: does what is left to do with it, off the way of calls, and enters in the list what came of it. */
  finish(path: string): void {
    const { finisher, log } = this.#parts;
    this.#looked++;
    const asked = this.#entryOf(path).catch(() => undefined);
    void asked.then((entry) => {
      this.#looked--;
      const key = path.endsWith(SEALED) ? this.#keyFor(entry?.domain ?? recordedDomain(path)) : undefined;
      const task = { path, ...(key !== undefined && { key: key.toString('base64') }) };
      if (!finisher.add(task, (report) => void this.#finished(path, report))) {
        log.warn('recording.left-to-next-start', { path });
      }
    });
  }

  /** Begins to look for what is too old. */
  start(): void {
    this.#timer = this.#parts.clock.after(FIRST_LOOK_MS, () => void this.#look());
  }

  /** Waits, but not for ever, until nothing is left to finish: what remains is at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.();
    await this.#parts.finisher.close(CLOSE_MS);
  }

  async #finished(path: string, report: FinishReport): Promise<void> {
    const { log, store } = this.#parts;
    if (!report.ok) {
      log.error('recording.not-finished', { path, error: report.error, remedy: 'it is tried again at the next start' });
      return;
    }
    const { finished } = report;
    try {
      const entry = await this.#entryOf(path);
      if (entry === undefined) {
        log.warn('recording.not-listed', { path });
        return;
      }
      if (finished.what === 'kept') {
        const { manifest } = finished;
        const { state, durationMs, unconverted } = manifest;
        if (unconverted !== undefined) log.error('recording.not-encoded', { path, error: unconverted });
        const { error: _, ...rest } = entry;
        const error = state === 'failed' ? { error: entry.error ?? manifest.end } : {};
        await store.recordings.put({ ...rest, path: this.#listed(finished.path), state, durationMs, ...error });
      } else if (finished.what === 'too-short') {
        await store.recordings.put({ ...entry, state: 'too-short', durationMs: finished.durationMs });
      } else if (entry.state !== 'failed') {
        await store.recordings.put({ ...entry, state: 'failed', error: 'there is no sound of it' });
      }
    } catch (error) {
      log.error('recordings.not-listed', { path, error: String(error) });
    }
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
    const { data, directory, log, store, remove = removeFile, read = readText } = this.#parts;
    const path = join(data, entry.path);
    if (!path.startsWith(directory + sep)) {
      log.error('recording.elsewhere', { path, remedy: 'delete it yourself: nothing outside the recordings is' });
    } else {
      try {
        // The list may know it by the name that it had before it was encoded: the switch was killed then.
        const named = await fileNamedBeside(path, read);
        await remove(path);
        if (named !== undefined && named !== path) await remove(named);
        await remove(manifestPathOf(path));
      } catch (error) {
        this.#stuck.add(path, error);
        return false;
      }
    }
    await store.recordings.put({ ...entry, state: 'expired' });
    return true;
  }

  async #entryOf(path: string): Promise<RecordingEntry | undefined> {
    const listed = this.#listed(path);
    const [entry] = await this.#parts.store.recordings.list({ path: listed, limit: 1 });
    return entry;
  }

  #keyFor(domain: string | undefined): Buffer | undefined {
    if (domain === undefined) return undefined;
    const id = this.#parts.domains().find(({ name }) => name === domain)?.id ?? domain;
    return this.#parts.store.recordingKeys.of(id);
  }

  #listed(path: string): string {
    return relative(this.#parts.data, path);
  }
}

/** Recordings that could not be deleted, which others are waiting behind. */
class Stuck {
  recordings = 0;
  first: { readonly path: string; readonly error: string } | undefined;
  /** For each list where it is to be read on. */
  readonly before = new Map<string, number>();
  /** There may be more behind them. */
  moved = false;

  add(path: string, error: unknown): void {
    this.recordings++;
    this.first ??= { path, error: String(error) };
  }

  goBehind(list: string, before: number): void {
    this.before.set(list, before);
    this.moved = true;
  }
}

/** The sound file that the manifest of this one names; it lies in the same folder. */
async function fileNamedBeside(path: string, read: (path: string) => Promise<string>): Promise<string | undefined> {
  const text = await read(manifestPathOf(path)).catch(() => undefined);
  const file = text === undefined ? undefined : manifestFrom(text)?.file;
  return file === undefined || file === '.' || file === '..' ? undefined : join(dirname(path), file);
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8');
}

function removeFile(path: string): Promise<void> {
  return rm(path, { force: true });
}
