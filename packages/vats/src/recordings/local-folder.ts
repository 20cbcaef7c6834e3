import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Manifest, manifestFrom, manifestPathOf } from '@vats/media';
import { StorageFault } from '@vats/store';
import type { FoundRecording, RecordingStorage } from './recording-storage.ts';

export interface LocalFiles {
  /** Deletes a file, which may be gone already. */
  readonly remove?: (path: string) => Promise<void>;
  /** Reads a text; fails where there is none. */
  readonly read?: (path: string) => Promise<string>;
}

/** Recordings stay where they were made: in the data directory. */
export class LocalFolder implements RecordingStorage {
  readonly status = undefined;
  readonly #remove: (path: string) => Promise<void>;
  readonly #read: (path: string) => Promise<string>;

  constructor({
    remove = (path) => rm(path, { force: true }),
    read = (path) => readFile(path, 'utf8'),
  }: LocalFiles = {}) {
    this.#remove = remove;
    this.#read = read;
  }

  take(): void {}

  async find(path: string): Promise<FoundRecording> {
    if (!existsSync(path)) refuseElsewhere(await this.manifestOf(path), `read ${path}`);
    return { file: path };
  }

  async remove(path: string): Promise<void> {
    const manifest = await this.manifestOf(path);
    refuseElsewhere(manifest, `delete ${path}`);
    await this.removeFiles(path, manifest);
  }

  /** The files that lie here, of which the manifest goes last. */
  async removeFiles(path: string, manifest: Manifest | undefined): Promise<void> {
    await this.#remove(path);
    // The list may know it by the name that it had before it was encoded: the switch was killed then.
    const named = manifest === undefined ? path : join(dirname(path), manifest.file);
    if (named !== path) await this.#remove(named);
    await this.#remove(manifestPathOf(path));
  }

  async manifestOf(path: string): Promise<Manifest | undefined> {
    const text = await this.#read(manifestPathOf(path)).catch(() => undefined);
    const manifest = text === undefined ? undefined : manifestFrom(text);
    return manifest?.file === '.' || manifest?.file === '..' ? undefined : manifest;
  }

  start(): void {}

  async close(): Promise<void> {}
}

function refuseElsewhere(manifest: Manifest | undefined, what: string): void {
  const stored = manifest?.stored;
  if (stored === undefined) return;
  throw new StorageFault(
    'refused',
    `${what}: it lies at ${stored.endpoint} bucket ${stored.bucket}, as ${stored.key}`,
    'name that bucket at recordings.storage.s3 of vats.yaml again',
  );
}
