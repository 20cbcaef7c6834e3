import { close, mkdir, open, write } from 'node:fs';
import { dirname } from 'node:path';

/** A file being written; every call ends in exactly one `done`, in a later turn. */
export interface OutputFile {
  /** Writes all of `octets` at `position`. They must not change before `done`. */
  write(octets: Uint8Array, position: number, done: (error?: Error) => void): void;
  close(done: (error?: Error) => void): void;
}

/** The rim to the disk; a test puts a full or a slow one in its place. */
export interface OutputFiles {
  /** Makes a file that did not exist, and the directories above it. */
  create(path: string, done: (made: OutputFile | Error) => void): void;
}

/** For recordings: nobody but the switch's own user reads them. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** The machine's disk, through the thread pool: nobody waits for it. */
export class DiskFiles implements OutputFiles {
  create(path: string, done: (made: OutputFile | Error) => void): void {
    open(path, 'wx', FILE_MODE, (error, descriptor) => {
      if (error === null) done(new DiskFile(descriptor));
      else if (error.code !== 'ENOENT') done(error);
      else {
        makeDirectory(dirname(path), (failed) => {
          if (failed !== undefined) done(failed);
          else open(path, 'wx', FILE_MODE, (again, made) => done(again ?? new DiskFile(made)));
        });
      }
    });
  }
}

// Not mkdir's own `recursive`: on file systems where nothing can be made (/proc) it tries again for ever.
function makeDirectory(path: string, done: (error?: Error) => void): void {
  mkdir(path, DIRECTORY_MODE, (error) => {
    if (error === null || error.code === 'EEXIST') done();
    else if (error.code !== 'ENOENT' || dirname(path) === path) done(error);
    else {
      makeDirectory(dirname(path), (failed) => {
        if (failed !== undefined) done(failed);
        else mkdir(path, DIRECTORY_MODE, (again) => (again === null || again.code === 'EEXIST' ? done() : done(again)));
      });
    }
  });
}

class DiskFile implements OutputFile {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(octets: Uint8Array, position: number, done: (error?: Error) => void): void {
    write(this.#descriptor, octets, 0, octets.length, position, (error, written) => {
      if (error !== null) done(error);
      else if (written === octets.length) done();
      // A disk that fills up takes a part first; the rest then says why.
      else this.write(octets.subarray(written), position + written, done);
    });
  }

  close(done: (error?: Error) => void): void {
    close(this.#descriptor, (error) => (error === null || error === undefined ? done() : done(error)));
  }
}
