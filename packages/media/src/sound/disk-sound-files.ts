import { readFile, stat } from 'node:fs';
import type { SoundFiles } from './sound-library.ts';

/** The machine's disk, through the thread pool: nobody waits for it. */
export class DiskSoundFiles implements SoundFiles {
  look(path: string, done: (found: { readonly changed: number; readonly size: number } | Error) => void): void {
    stat(path, (error, found) => {
      if (error !== null) done(error);
      else if (!found.isFile()) done(new Error('it is no file'));
      else done({ changed: found.mtimeMs, size: found.size });
    });
  }

  read(path: string, done: (octets: Uint8Array | Error) => void): void {
    readFile(path, (error, octets) => done(error ?? octets));
  }
}
