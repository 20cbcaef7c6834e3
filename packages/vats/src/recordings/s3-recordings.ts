import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock, Log } from '@vats/kernel';
import { manifestPathOf } from '@vats/media';
import { type PutThread, type S3Storage, StorageFault } from '@vats/store';
import { LocalFolder } from './local-folder.ts';
import type { FoundRecording, RecordingStorage, StorageStatus } from './recording-storage.ts';
import { type Bucket, keyOf, type StoringPlace, storeRecording } from './store-recording.ts';
import { Uploads } from './uploads.ts';
import { waitingRecordings } from './waiting-recordings.ts';

/** So long a URL holds. */
const URL_SECONDS = 900;

export interface S3RecordingsParts {
  readonly storage: Pick<S3Storage, 'place' | 'head' | 'beginning' | 'remove' | 'urlOf' | 'close'>;
  readonly at: StoringPlace;
  /** Stores a file, off this thread. */
  readonly thread: Pick<PutThread, 'put' | 'close'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Recordings go into a bucket when they are finished. Until one is there, it is found and deleted where it was made. */
export class S3Recordings implements RecordingStorage {
  readonly #parts: S3RecordingsParts;
  readonly #uploads: Uploads;
  readonly #local = new LocalFolder();

  constructor(parts: S3RecordingsParts) {
    this.#parts = parts;
    const { storage, at, thread, clock, log } = parts;
    const bucket: Bucket = {
      put: (...order) => thread.put(...order),
      remove: (key) => storage.remove(key),
    };
    this.#uploads = new Uploads({
      ...{ place: storage.place, clock, log },
      store: (path) => storeRecording(bucket, path, at, () => clock.now()),
      waiting: () => waitingRecordings(at.directory, at.keepLocal),
    });
  }

  get status(): StorageStatus {
    return this.#uploads.status;
  }

  start(): void {
    this.#uploads.start();
  }

  take(path: string): void {
    this.#uploads.add(path);
  }

  async find(path: string): Promise<FoundRecording> {
    const { storage } = this.#parts;
    if (existsSync(path)) return { file: path };
    const stored = (await this.#local.manifestOf(path))?.stored;
    if (stored === undefined) return { file: path };
    return {
      url: await storage.urlOf(stored.key, URL_SECONDS),
      place: `${stored.endpoint} bucket ${stored.bucket}: ${stored.key}`,
      beginning: (octets) => storage.beginning(stored.key, octets),
    };
  }

  async remove(path: string): Promise<void> {
    const { storage, at } = this.#parts;
    const manifest = await this.#local.manifestOf(path);
    const stored = manifest?.stored;
    if (stored !== undefined) {
      if (stored.endpoint !== at.endpoint || stored.bucket !== at.bucket) await this.#mustBeHere(stored);
      // First, so that nothing there says that there is sound when there is none.
      await storage.remove(manifestPathOf(stored.key));
      await storage.remove(stored.key);
    } else if (manifest !== undefined) {
      // It may be there since a moment, or lie there without a note of it here: a kill came between.
      await storage.remove(keyOf(manifestPathOf(path), at));
      await storage.remove(keyOf(join(dirname(path), manifest.file), at));
    }
    await this.#local.removeFiles(path, manifest);
  }

  async close(): Promise<void> {
    this.#uploads.close();
    this.#parts.thread.close();
    this.#parts.storage.close();
  }

  /** A server says of any object that it is deleted: one that lies in another bucket must not count as that. */
  async #mustBeHere(stored: {
    readonly endpoint: string;
    readonly bucket: string;
    readonly key: string;
  }): Promise<void> {
    const { storage } = this.#parts;
    try {
      await storage.head(stored.key);
    } catch (error) {
      if (!(error instanceof StorageFault) || error.kind !== 'missing') throw error;
      throw new StorageFault(
        'missing',
        `delete ${stored.key}: it was stored at ${stored.endpoint} bucket ${stored.bucket}, and is not at ${storage.place}`,
        'move it there, or name its bucket at recordings.storage.s3 of vats.yaml again',
      );
    }
  }
}
