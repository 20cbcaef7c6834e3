import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '@vats/kernel';
import { DISK, type Disk } from '../recording/disk.ts';
import type { OutputFiles } from '../recording/output-file.ts';

/**
 * The machine's disk under a process that is killed at its n-th operation: that one is done in part, if it is a write, and
 * nothing is done or answered from then on.
 */
export class KilledFiles implements OutputFiles {
  operations = 0;
  readonly #clock: Clock;
  readonly #killAt: number;
  readonly #share: number;

  /** @param share how much of its last write is done, 0 to 1 */
  constructor(clock: Clock, killAt: number, share: number) {
    this.#clock = clock;
    this.#killAt = killAt;
    this.#share = share;
  }

  create(...[path, done]: Parameters<OutputFiles['create']>): void {
    this.#operate(() => {
      mkdirSync(dirname(path), { recursive: true });
      const file = openSync(path, 'wx');
      done({
        write: (octets, position, written) =>
          this.#operate(
            () => {
              if (octets.length > 0) writeSync(file, octets, 0, octets.length, position);
              written();
            },
            () => void writeSync(file, octets, 0, Math.floor(octets.length * this.#share), position),
          ),
        close: (closed) =>
          this.#operate(() => {
            closeSync(file);
            closed();
          }),
      });
    });
  }

  #operate(operation: () => void, inPart: () => void = () => {}): void {
    this.#clock.after(0, () => {
      this.operations++;
      if (this.operations < this.#killAt) operation();
      else if (this.operations === this.#killAt) inPart();
    });
  }
}

/** The disk, whose n-th change fails with this code; `changes` counts them. */
export function failingDisk(at: number, code = 'EIO'): { readonly disk: Disk; readonly changes: () => number } {
  let changes = 0;
  const failing = <A extends unknown[], R>(operation: (...given: A) => R): ((...given: A) => R) => {
    return (...given) => {
      if (++changes === at) throw Object.assign(new Error(`${code}: as the test asked`), { code });
      return operation(...given);
    };
  };
  const disk: Disk = {
    ...DISK,
    open: failing(DISK.open),
    write: failing(DISK.write),
    truncate: failing(DISK.truncate),
    sync: failing(DISK.sync),
    rename: failing(DISK.rename),
    remove: failing(DISK.remove),
  };
  return { disk, changes: () => changes };
}
