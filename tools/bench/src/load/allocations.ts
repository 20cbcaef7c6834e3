import type { ThreadAllocations } from './threads.ts';

/** One collection: octets of objects just before and after it, dead ones that nobody has collected yet among them. */
export interface Collection {
  readonly before: number;
  readonly after: number;
}

/** Octets that were allocated between two moments: a heap grows by what is made, and shrinks in collections alone, which are left out. */
export function allocatedBetween(first: number, collections: readonly Collection[], last: number): number {
  let from = first;
  let allocated = 0;
  for (const { before, after } of [...collections, { before: last, after: last }]) {
    allocated += before - from;
    from = after;
  }
  return allocated;
}

/** The thread that relays: of all threads the one that allocated most. */
export function busiest(threads: readonly ThreadAllocations[]): ThreadAllocations {
  const [first, ...others] = threads;
  if (first === undefined) throw new Error('no thread was measured');
  return others.reduce((most, thread) => (thread.allocated > most.allocated ? thread : most), first);
}
