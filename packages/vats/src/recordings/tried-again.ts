import type { Cancel, Clock } from '@vats/kernel';

/** How often something failed that is tried again, and with what last. */
export interface Tried {
  readonly tries: number;
  readonly error: string;
}

const FIRST_MS = 60_000;
const LONGEST_MS = 3_600_000;
/** Others are left to the next start. */
const AT_MOST = 10_000;

/** What failed, by its path, and is tried again: after a minute, then after twice as long each time, up to an hour. */
export class TriedAgain {
  readonly #clock: Clock;
  readonly #again: (path: string) => void;
  readonly #tried = new Map<string, Tried & { readonly cancel?: Cancel }>();
  #waiting = 0;

  /** @param again called when the time has come; it is to end in `failed` or `done` */
  constructor(clock: Clock, again: (path: string) => void) {
    this.#clock = clock;
    this.#again = again;
  }

  /** What waits for its time. */
  get size(): number {
    return this.#waiting;
  }

  of(path: string): Tried | undefined {
    return this.#tried.get(path);
  }

  /** It failed: says whether it will be tried again; false where too much waits already. */
  failed(path: string, error: string): boolean {
    const tries = this.#forget(path) + 1;
    if (this.#tried.size >= AT_MOST) return false;
    const cancel = this.#clock.after(Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 20)), () => {
      this.#tried.set(path, { tries, error });
      this.#waiting--;
      this.#again(path);
    });
    this.#tried.set(path, { tries, error, cancel });
    this.#waiting++;
    return true;
  }

  /** It needs no further try. */
  done(path: string): void {
    this.#forget(path);
  }

  close(): void {
    for (const path of [...this.#tried.keys()]) this.#forget(path);
  }

  #forget(path: string): number {
    const { tries = 0, cancel } = this.#tried.get(path) ?? {};
    this.#tried.delete(path);
    if (cancel !== undefined) this.#waiting--;
    cancel?.();
    return tries;
  }
}
