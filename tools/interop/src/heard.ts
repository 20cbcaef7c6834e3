import { within } from './deadline.ts';

/**
 * What a process or a connection has said so far, in order. Each thing is handed out once: `next` looks at what is not
 * yet taken first, so that an event which came before anybody waited for it is not lost.
 */
export class Heard<T> {
  readonly #describe: (item: T) => string;
  readonly #open: T[] = [];
  readonly #waiting = new Set<{ wants: (item: T) => boolean; take: (item: T) => void; fail: (why: Error) => void }>();
  #last = '';
  #ended: Error | undefined;

  constructor(describe: (item: T) => string) {
    this.#describe = describe;
  }

  push(item: T): void {
    this.#last = this.#describe(item);
    for (const waiter of this.#waiting) {
      if (!waiter.wants(item)) continue;
      this.#waiting.delete(waiter);
      waiter.take(item);
      return;
    }
    this.#open.push(item);
  }

  /** Nothing more will come: everyone who waits, now or later, is told `why`. */
  end(why: Error): void {
    this.#ended ??= why;
    for (const waiter of this.#waiting) waiter.fail(this.#ended);
    this.#waiting.clear();
  }

  /** The first thing not yet taken for which `wants` holds; rejects with `TooLate` after `milliseconds`. */
  next(what: string, wants: (item: T) => boolean, milliseconds: number): Promise<T> {
    const at = this.#open.findIndex(wants);
    if (at >= 0) return Promise.resolve(this.#open.splice(at, 1)[0] as T);
    if (this.#ended) return Promise.reject(this.#ended);
    let waiter: { wants: (item: T) => boolean; take: (item: T) => void; fail: (why: Error) => void } | undefined;
    const coming = new Promise<T>((take, fail) => {
      waiter = { wants, take, fail };
      this.#waiting.add(waiter);
    });
    return within(coming, milliseconds, what, () => this.#last).finally(() => {
      if (waiter) this.#waiting.delete(waiter);
    });
  }

  /** Things not yet taken for which `wants` holds; they stay. */
  pending(wants: (item: T) => boolean): readonly T[] {
    return this.#open.filter(wants);
  }

  /** Forgets what was said before, so that only news counts. */
  clear(): void {
    this.#open.length = 0;
  }
}
