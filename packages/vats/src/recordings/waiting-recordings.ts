import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { journalOf, manifestFrom } from '@vats/media';

/**
 * Walks over the finished recordings whose sound lies in the data directory and is to go elsewhere, folder by folder in the order of
 * their names, which are days. What can't be read is left out.
 *
 * @param keepLocal sound that lies elsewhere already stays here, too
 */
export async function* waitingRecordings(directory: string, keepLocal: boolean): AsyncGenerator<string> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* waitingRecordings(path, keepLocal);
    else if (entry.name.endsWith('.json') && !existsSync(journalOf(path))) {
      const manifest = manifestFrom(await readFile(path, 'utf8').catch(() => ''));
      if (manifest === undefined) continue;
      const sound = join(directory, manifest.file);
      if (existsSync(sound) && (manifest.stored === undefined || !keepLocal)) yield sound;
    }
  }
}
