import { commonEnds } from '@vats/kernel';

/** A list of a domain's objects as it is on disk, where their order is that of their positions. */
export interface KeptList {
  readonly objects: readonly object[];
  /** Rising, with gaps where something was removed: only their order counts, so what stays in order is not written again. */
  readonly positions: readonly number[];
}

export const NOTHING_KEPT: KeptList = { objects: [], positions: [] };

/** What makes of a kept list another one. */
export interface ListDifferences {
  readonly kept: KeptList;
  /** Indexes of `kept` that are to be written. */
  readonly written: readonly number[];
  readonly removed: readonly object[];
}

/** @param keyOf what an object is known by in its list */
export function listDifferences(
  before: KeptList,
  objects: readonly object[],
  keyOf: (object: object) => string,
): ListDifferences {
  if (before.objects === objects) return { kept: before, written: [], removed: [] };
  const { head, tail } = commonEnds(before.objects, objects);
  const stayed = new Map<string, number>();
  for (let at = head; at < before.objects.length - tail; at++) stayed.set(keyOf(before.objects[at]!), at);
  const positions = before.positions.slice(0, head);
  const written: number[] = [];
  let last = positions.at(-1) ?? -1;
  const place = (index: number, oldIndex: number | undefined): void => {
    const old = oldIndex === undefined ? undefined : before.positions[oldIndex];
    last = old !== undefined && old > last ? old : last + 1;
    positions.push(last);
    if (old !== last || before.objects[oldIndex!] !== objects[index]) written.push(index);
  };
  const end = objects.length - tail;
  for (let index = head; index < end; index++) {
    const key = keyOf(objects[index]!);
    place(index, stayed.get(key));
    stayed.delete(key);
  }
  const shift = before.objects.length - objects.length;
  for (let index = end; index < objects.length; index++) place(index, index + shift);
  return { kept: { objects, positions }, written, removed: [...stayed.values()].map((at) => before.objects[at]!) };
}
