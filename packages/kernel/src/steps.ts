import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work that may pause after each of its steps: what it yields says nothing. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Does all of it now. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Does a step in each turn of the event loop, so that whoever else has something to do need not wait for all of it. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await nextTurn();
  }
}
