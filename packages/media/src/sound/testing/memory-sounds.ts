import type { FakeClock } from '@vats/kernel/testing';
import type { SoundFiles } from '../sound-library.ts';
import { makeWav, octetsOf } from './make-wav.ts';

/** Sound files without a disk; each answer takes a millisecond of the test's clock. */
export class MemorySounds implements SoundFiles {
  readonly files = new Map<string, { changed: number; octets: Uint8Array }>();
  readonly asked: string[] = [];
  reads = 0;
  #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** A file of that many samples, all of that value too. */
  put(path: string, samples: number, changed = 1): void {
    this.files.set(path, { changed, octets: makeWav({ data: octetsOf(new Int16Array(samples).fill(samples)) }) });
  }

  look(path: string, done: (found: { changed: number; size: number } | Error) => void): void {
    this.asked.push(path);
    const file = this.files.get(path);
    this.#clock.after(1, () =>
      done(file === undefined ? new Error('ENOENT') : { changed: file.changed, size: file.octets.length }),
    );
  }

  read(path: string, done: (octets: Uint8Array | Error) => void): void {
    this.reads++;
    this.#clock.after(1, () => done(this.files.get(path)?.octets ?? new Error('gone')));
  }
}
