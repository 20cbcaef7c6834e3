import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { type Manifest, manifestFrom, manifestPathOf, manifestText } from '@vats/media';
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

/** What of a bucket's storage is used: `put` resolves when the file lies there, whole. */
export interface Bucket {
  put(...order: Parameters<S3Storage['put']>): Promise<unknown>;
  remove(key: string): Promise<void>;
}

/**
 * Puts a finished recording into a bucket: the sound, then its manifest, so that there is no manifest there without its sound; then it
 * is noted in the manifest here, and only then the sound here may go. Whatever interrupts it, doing it again comes to the same end.
 *
 * @param path of its sound, absolute
 * @throws StorageFault, with the sound in its place
 */
export async function storeRecording(
  storage: Bucket,
  path: string,
  place: StoringPlace,
  now: () => number,
): Promise<void> {
  const { endpoint, bucket, keepLocal } = place;
  const manifestPath = manifestPathOf(path);
  const manifest = await read(manifestPath);
  if (manifest === undefined) {
    const remedy = 'it stays here: vats recordings verify names what is wrong with it';
    throw new StorageFault('changed', `store ${path}: its manifest can not be read`, remedy);
  }
  const sound = join(dirname(path), manifest.file);
  if (manifest.stored === undefined) {
    const key = keyOf(sound, place);
    await storage.put(key, sound, contentTypeOf(sound), manifest);
    await storage.put(keyOf(manifestPath, place), manifestPath, 'application/json');
    if ((await read(manifestPath)) === undefined) {
      // It was deleted meanwhile, because it had been kept long enough.
      await storage.remove(keyOf(manifestPath, place));
      await storage.remove(key);
      return;
    }
    const stored = { endpoint, bucket, key, at: new Date(now()).toISOString() };
    await replace(manifestPath, manifestText({ ...manifest, stored }));
  }
  if (!keepLocal) await rm(sound, { force: true });
}

/** The name of a file's object: its path below the recordings' directory, behind the prefix. */
export function keyOf(path: string, { directory, prefix }: Pick<StoringPlace, 'directory' | 'prefix'>): string {
  return prefix + relative(directory, path).split(sep).join('/');
}

async function read(path: string): Promise<Manifest | undefined> {
  return manifestFrom(await readFile(path, 'utf8').catch(() => ''));
}

/** There is the old one or the new one, whatever happens; a draft that a kill leaves is removed at the next start. */
async function replace(path: string, text: string): Promise<void> {
  const draft = `${path}.part`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
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
