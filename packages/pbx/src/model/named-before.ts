import { commonEnds, type Steps } from '@vats/kernel';
import type { Placed } from './merge.ts';
import type { DomainNumber, Group, Scheme, User } from './model.ts';

/** A list of a file's entries, and what became of each. */
export interface NamedList<T> {
  readonly entries: readonly (object | undefined)[];
  readonly placed: readonly Placed<T>[];
  /** Where the entries stand that the apply before had not, or elsewhere. */
  readonly newFrom: number;
  readonly newEnd: number;
}

/** What an apply named, kept for the next one: where the same entries stand, the same objects do. */
export interface NamedBefore {
  /** Undefined where accounts have to be judged again, whatever they say. */
  readonly users: NamedList<User> | undefined;
  readonly groups: NamedList<Group>;
  readonly numbers: NamedList<DomainNumber>;
  readonly schemes: NamedList<Scheme>;
}

/** Some milliseconds of work. */
const ENTRIES_A_STEP = 100;

/** Makes a list's objects, but for those at either end that `before` has of the same entries. */
export function* namingList<Entry extends object, T>(
  list: string,
  entries: readonly Entry[] = [],
  make: (entry: Entry, path: readonly [string, number]) => T,
  before?: NamedList<T>,
): Steps<NamedList<T>> {
  const { head, tail } = before === undefined ? { head: 0, tail: 0 } : commonEnds(before.entries, entries);
  const newEnd = entries.length - tail;
  if (before !== undefined && head === before.entries.length && head === entries.length) return before;
  const placed = before?.placed.slice(0, head) ?? [];
  for (let index = head; index < newEnd; index++) {
    const path = [list, index] as const;
    placed.push({ object: make(entries[index]!, path), path });
    if (index % ENTRIES_A_STEP === 0) yield;
  }
  const shift = entries.length - (before?.entries.length ?? 0);
  for (let index = newEnd; index < entries.length; index++) {
    const old = before!.placed[index - shift]!;
    placed.push(shift === 0 ? old : { object: old.object, path: [list, index] });
  }
  return { entries, placed, newFrom: head, newEnd };
}

/** The same without what must not be kept: `bare` gives the form of an entry in which it is kept, if it is. */
export function settledList<T>(
  list: NamedList<T>,
  bare: (entry: object | undefined) => object | undefined,
): NamedList<T> {
  const { entries, placed, newFrom, newEnd } = list;
  if (newFrom === newEnd) return list;
  const kept = [...entries.slice(0, newFrom), ...entries.slice(newFrom, newEnd).map(bare), ...entries.slice(newEnd)];
  return { entries: kept, placed, newFrom: newEnd, newEnd };
}

/**
 * The same with the objects that a merger left in the model, where they are equal to what became of the entries: those of a store
 * that was opened anew are, and are not told apart from then on.
 *
 * @param adopt told each entry whose object is another one now
 */
export function adoptedList<T>(
  list: NamedList<T>,
  merged: readonly Placed<T>[],
  adopt: (entry: object, object: T) => void,
): NamedList<T> {
  const placed = [...list.placed];
  for (const each of merged) {
    const index = each.path?.[1];
    if (typeof index !== 'number' || placed[index]?.object === each.object) continue;
    placed[index] = each;
    const entry = list.entries[index];
    if (entry !== undefined) adopt(entry, each.object);
  }
  return { ...list, placed };
}
