import { isDeepStrictEqual } from 'node:util';
import { commonEnds, type Steps } from '@vats/kernel';
import type { KeyPath } from '../problems/problem.ts';
import type { Change } from './change.ts';
import { differences } from './differences.ts';
import type { Kind } from './kinds.ts';
import type { Managed, ManagedBy } from './model.ts';

/** An object and where the file names it; no path for one that the file does not name. */
export interface Placed<T> {
  readonly object: T;
  readonly path?: KeyPath;
}

/** Whose apply this is, of which domain, and whether what it made before and names no longer goes. */
export interface Merging {
  readonly domain: string;
  readonly realm: string;
  readonly managedBy: ManagedBy;
  readonly prune: boolean;
}

/** Some milliseconds of work. */
const OBJECTS_A_STEP = 500;

/**
 * One list of a domain after an apply: what stood there stays in its place, renewed where the file names it; what is new
 * comes behind. An object that does not change stays the same object.
 */
export function* merge<T extends Managed>(
  kind: Kind<T>,
  current: readonly T[],
  named: readonly Placed<T>[],
  merging: Merging,
): Steps<{ merged: Placed<T>[]; changes: Change[] }> {
  // What is the same object in the same place needs no look: it is where it was, and nobody else has its key.
  const { head, tail } = commonEnds(current, named, isObjectOf);
  const byKey = new Map(named.slice(head, named.length - tail).map((placed) => [kind.key(placed.object), placed]));
  const merged: Placed<T>[] = named.slice(0, head);
  const changes: Change[] = [];
  const note = (action: Change['action'], object: T, details: readonly string[] = []): void => {
    const title = kind.title(object);
    const about = { action, domain: merging.domain, kind: kind.name, key: kind.key(object), details };
    changes.push(title === undefined ? about : { ...about, title });
  };
  for (let index = head; index < current.length - tail; index++) {
    const before = current[index]!;
    if (index % OBJECTS_A_STEP === 0) yield;
    const placed = byKey.get(kind.key(before));
    if (placed === undefined) {
      const ours = before.managedBy === merging.managedBy;
      if (ours) note(merging.prune ? 'remove' : 'leave', before);
      if (!ours || !merging.prune) merged.push({ object: before });
      continue;
    }
    byKey.delete(kind.key(before));
    const after = placed.object;
    if (after === before || isDeepStrictEqual(after, before)) merged.push({ ...placed, object: before });
    else {
      const details = differences(kind.write(before, merging.realm), kind.write(after, merging.realm));
      note(details.length === 0 ? 'adopt' : 'update', after, details);
      merged.push(placed);
    }
  }
  const created = [...byKey.values()];
  for (const { object } of created) note('create', object);
  return { merged: [...merged, ...named.slice(named.length - tail), ...created], changes };
}

function isObjectOf<T>(object: T, placed: Placed<T>): boolean {
  return placed.object === object;
}
