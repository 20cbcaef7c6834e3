import type { OutputFile, OutputFiles } from './output-file.ts';

/** A new file on which one operation is under way at a time. Whoever owns it says what comes next each time that it is free. */
export class SerialFile {
  #file: OutputFile | undefined;
  #busy = true;

  /**
   * Makes the file, and tells in a later turn how that went.
   *
   * @param path of a file that does not exist yet
   * @param made it is there and free
   * @param failed it could not be made; it is never free
   */
  constructor(options: { path: string; files: OutputFiles }, made: () => void, failed: (error: Error) => void) {
    options.files.create(options.path, (result) => {
      this.#busy = false;
      if (result instanceof Error) {
        failed(result);
        return;
      }
      this.#file = result;
      made();
    });
  }

  /** Whether an operation may begin: the file is there, open, and nothing is under way. */
  get isFree(): boolean {
    return this.#file !== undefined && !this.#busy;
  }

  /** Writes all of `octets` at `position`; only while it is free. It is free again when `done` is called, in a later turn. */
  write(octets: Uint8Array, position: number, done: (error?: Error) => void): void {
    this.#busy = true;
    this.#file?.write(octets, position, (error) => {
      this.#busy = false;
      done(error);
    });
  }

  /** Closes it; only while it is free. It is never free again. */
  close(done: (error?: Error) => void): void {
    this.#busy = true;
    this.#file?.close((error) => {
      this.#file = undefined;
      done(error);
    });
  }
}
