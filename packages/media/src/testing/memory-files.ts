import type { Clock } from '@vats/kernel';
import type { OutputFile, OutputFiles } from '../recording/output-file.ts';

/** A disk in memory, for tests: it can be full, refuse, or answer late. Every answer comes by the clock's timers. */
export class MemoryFiles implements OutputFiles {
  /** What is in each file. */
  readonly contents = new Map<string, Buffer>();
  /** Files that were made and not closed yet. */
  open = 0;
  /** How long each operation takes, in milliseconds. */
  latency = 0;
  /** Octets the disk holds: a write beyond gets ENOSPC. */
  capacity = Number.POSITIVE_INFINITY;
  /** Error code that the next `create` ends in. */
  refusal: string | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  create(path: string, done: (made: OutputFile | Error) => void): void {
    this.#later(() => {
      const refusal = this.refusal ?? (this.contents.has(path) ? 'EEXIST' : undefined);
      this.refusal = undefined;
      if (refusal !== undefined) return done(failure(refusal));
      this.contents.set(path, Buffer.alloc(0));
      this.open++;
      done({
        write: (octets, position, written) => this.#write(path, octets, position, written),
        close: (closed) =>
          this.#later(() => {
            this.open--;
            closed();
          }),
      });
    });
  }

  #write(path: string, octets: Uint8Array, position: number, done: (error?: Error) => void): void {
    this.#later(() => {
      const before = this.contents.get(path)!;
      const after = Buffer.alloc(Math.max(before.length, position + octets.length));
      if (after.length > this.capacity) return done(failure('ENOSPC'));
      before.copy(after);
      after.set(octets, position);
      this.contents.set(path, after);
      done();
    });
  }

  #later(then: () => void): void {
    this.#clock.after(this.latency, then);
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: as the test asked`), { code });
}
