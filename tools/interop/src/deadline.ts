import { setTimeout as sleep } from 'node:timers/promises';

/** What was awaited did not happen in time. The message says what, how long, and the last thing that was seen instead. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/** Resolves as `promise` does, or rejects with `TooLate` after `milliseconds`; `seen` adds what is known to the message. */
export async function within<T>(
  promise: Promise<T>,
  milliseconds: number,
  what: string,
  seen?: () => string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const last = seen?.();
      reject(new TooLate(`no ${what} within ${milliseconds} ms${last ? `; last seen: ${last}` : ''}`));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks `probe` again and again until it gives something other than undefined or false. For states that nobody
 * announces (a bound port, a file's length); where there is an event, wait for the event.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  { milliseconds = 5_000, every = 25 }: { milliseconds?: number; every?: number } = {},
): Promise<T> {
  const end = performance.now() + milliseconds;
  let last: unknown;
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
      last = found;
    } catch (fault) {
      last = fault;
    }
    if (performance.now() >= end) {
      throw new TooLate(`no ${what} within ${milliseconds} ms; last seen: ${String(last)}`);
    }
    await sleep(every);
  }
}
