import { relative } from 'node:path';
import type { Clock, Log } from '@vats/kernel';
import { type FinishedRecording, type Finisher, type FinishReport, recordedDomain, SEALED } from '@vats/media';
import type { Domain, RecordingEntry } from '@vats/pbx';
import type { Store } from '@vats/store';
import { TriedAgain } from './tried-again.ts';

const CLOSE_MS = 10_000;
/** So often a recording is put into its format; then it stays as it was recorded, and its manifest says why. */
const ENCODED_AT_MOST = 5;

export interface FinishingParts {
  readonly store: Pick<Store, 'recordings' | 'recordingKeys'>;
  /** Absolute; paths of the list are relative to it. */
  readonly data: string;
  readonly finisher: Finisher;
  readonly domains: () => readonly Domain[];
  readonly clock: Clock;
  readonly log: Log;
  /** A recording and its manifest are in their places: the path of its sound. */
  readonly onKept?: (path: string) => void;
}

/**
 * Has recordings finished when they have ended, off the way of calls, and enters in the list what came of each. What fails or is
 * refused is tried again, and whatever is left then is at the next start.
 */
export class Finishing {
  readonly #parts: FinishingParts;
  readonly #again: TriedAgain;
  #closed = false;
  /** Asked for, and not handed on yet. */
  #looked = 0;

  constructor(parts: FinishingParts) {
    this.#parts = parts;
    this.#again = new TriedAgain(parts.clock, (path) => this.finish(path));
  }

  /** Recordings that are being finished or wait for their turn. */
  get size(): number {
    return this.#looked + this.#parts.finisher.size;
  }

  /** Recordings that failed and wait for their next try. */
  get triedAgain(): number {
    return this.#again.size;
  }

  /**
   * A recording has ended, or was left unfinished by a kill.
   *
   * @param path of its sound, absolute
   * @param unconverted why it stays in the format that it was recorded in
   */
  finish(path: string, unconverted?: string): void {
    const { finisher } = this.#parts;
    if (this.#closed) return;
    this.#looked++;
    const asked = this.#entryOf(path).catch(() => undefined);
    void asked.then((entry) => {
      this.#looked--;
      const key = path.endsWith(SEALED) ? this.#keyFor(entry?.domain ?? recordedDomain(path)) : undefined;
      const task = {
        path,
        ...(key !== undefined && { key: key.toString('base64') }),
        ...(unconverted !== undefined && { unconverted }),
      };
      if (finisher.add(task, (report) => void this.#finished(path, report))) return;
      this.#failed(path, `${finisher.size} others wait to be finished`);
    });
  }

  /** Waits, but not for ever, until nothing is left to finish: what remains is at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#again.close();
    await this.#parts.finisher.close(CLOSE_MS);
  }

  #failed(path: string, error: string): void {
    const { log } = this.#parts;
    const before = this.#again.of(path);
    const goesOn = !this.#closed && this.#again.failed(path, error);
    // Once, and again where it is for another reason: it may fail each hour for days.
    if (before?.error === error && goesOn) return;
    const remedy = goesOn
      ? 'nothing is lost: it is tried again, after a minute at first, each hour at last'
      : 'nothing is lost: it is tried again at the next start';
    log.error('recording.not-finished', { path, error, remedy });
  }

  async #finished(path: string, report: FinishReport): Promise<void> {
    const { log } = this.#parts;
    if (!report.ok) {
      const tries = (this.#again.of(path)?.tries ?? 0) + 1;
      if (report.notEncoded === true && tries >= ENCODED_AT_MOST) this.finish(path, report.error);
      else this.#failed(path, report.error);
      return;
    }
    if (this.#again.of(path) !== undefined) log.info('recording.finished-at-last', { path });
    this.#again.done(path);
    const { finished } = report;
    if (finished.what === 'kept') this.#parts.onKept?.(finished.path);
    if (finished.what === 'set-aside') {
      const remedy = 'it is not looked at again; the sound behind the header may be read as G.711, two channels, 8 kHz';
      log.error('recording.set-aside', { path, error: finished.detail, remedy });
    }
    try {
      const entry = await this.#entryOf(path);
      if (entry === undefined) log.warn('recording.not-listed', { path });
      else await this.#list(entry, finished);
    } catch (error) {
      log.error('recordings.not-listed', { path, error: String(error) });
    }
  }

  async #list(entry: RecordingEntry, finished: FinishedRecording): Promise<void> {
    const { recordings } = this.#parts.store;
    switch (finished.what) {
      case 'kept': {
        const { state, durationMs, unconverted, end } = finished.manifest;
        if (unconverted !== undefined)
          this.#parts.log.error('recording.not-encoded', { path: finished.path, error: unconverted });
        const { error: _, ...rest } = entry;
        const error = state === 'failed' ? { error: entry.error ?? end } : {};
        await recordings.put({ ...rest, path: this.#listed(finished.path), state, durationMs, ...error });
        return;
      }
      case 'too-short':
        await recordings.put({ ...entry, state: 'too-short', durationMs: finished.durationMs });
        return;
      case 'set-aside':
        await recordings.put({ ...entry, state: 'failed', error: 'its header is lost: it was set aside' });
        return;
      case 'nothing':
        if (entry.state !== 'failed')
          await recordings.put({ ...entry, state: 'failed', error: 'there is no sound of it' });
    }
  }

  async #entryOf(path: string): Promise<RecordingEntry | undefined> {
    const [entry] = await this.#parts.store.recordings.list({ path: this.#listed(path), limit: 1 });
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
