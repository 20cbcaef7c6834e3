import { rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { DISK, manifestPathOf, noteStored, readManifest } from '@vats/media';
import { type S3Storage, StorageFault } from '@vats/store';

/** A bucket as recordings go there. */
export interface StoringPlace {
  readonly endpoint: string;
  readonly bucket: string;
  readonly prefix: string;
  /** Absolute: names of objects are the paths below it. */
  readonly directory: string;
  readonly keepLocal: boolean;
}

/**
 * Puts a finished recording into a bucket: the sound, then its manifest, so that there is no manifest there without its sound; then it
 * is noted in the manifest here, and only then the sound here may go. Whatever interrupts it, doing it again comes to the same end.
 *
 * @param path of its sound, absolute
 * @throws StorageFault, with the sound in its place
 */
export async function storeRecording(
  storage: Pick<S3Storage, 'put' | 'remove'>,
  path: string,
  place: StoringPlace,
  now: () => number,
): Promise<void> {
  const { endpoint, bucket, keepLocal } = place;
  const manifestPath = manifestPathOf(path);
  const manifest = readManifest(DISK, manifestPath);
  if (manifest === undefined) {
    const remedy = 'it stays here: vats recordings verify names what is wrong with it';
    throw new StorageFault('changed', `store ${path}: its manifest can not be read`, remedy);
  }
  const sound = join(dirname(path), manifest.file);
  if (manifest.stored === undefined) {
    const key = keyOf(sound, place);
    await storage.put(key, sound, contentTypeOf(sound), manifest);
    await storage.put(keyOf(manifestPath, place), manifestPath, 'application/json');
    if (!DISK.exists(manifestPath)) {
      // It was deleted meanwhile, because it had been kept long enough.
      await storage.remove(keyOf(manifestPath, place));
      await storage.remove(key);
      return;
    }
    noteStored(path, manifest, { endpoint, bucket, key, at: new Date(now()).toISOString() });
  }
  if (!keepLocal) await rm(sound, { force: true });
}

/** The name of a file's object: its path below the recordings' directory, behind the prefix. */
export function keyOf(path: string, { directory, prefix }: Pick<StoringPlace, 'directory' | 'prefix'>): string {
  return prefix + relative(directory, path).split(sep).join('/');
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
};

function contentTypeOf(path: string): string {
  return CONTENT_TYPES[path.slice(path.lastIndexOf('.'))] ?? 'application/octet-stream';
}
