import type SQLite from 'better-sqlite3';
import { type Failure, failureOf, isOfTheMachine } from '../store-error.ts';
import type { Write, WriteGroup } from './messages.ts';

/**
 * What makes groups durable in one transaction. Where one of them cannot be written, the others still are, each in a
 * transaction of its own; where nothing can be written at all, nothing is.
 */
export function committing(
  sqlite: SQLite.Database,
  carryOut: (write: Write) => void,
): (groups: readonly WriteGroup[]) => (Failure | null)[] {
  const attempt = sqlite.transaction((some: readonly WriteGroup[]) => {
    for (const group of some) for (const write of group) carryOut(write);
  }).immediate;
  const outcomeOf = (some: readonly WriteGroup[]): Failure | null => {
    try {
      attempt(some);
      return null;
    } catch (error) {
      return failureOf(error);
    }
  };
  return (groups) => {
    const together = outcomeOf(groups);
    if (together === null || groups.length === 1 || isOfTheMachine(together)) return groups.map(() => together);
    return groups.map((group) => outcomeOf([group]));
  };
}
