import { covers, literalBeginning } from '../schema/pattern-cover.ts';

/** Number patterns that are asked together, found by how they begin: lists of them may be long. */
export class PatternSet {
  readonly #byBeginning = new Map<string, Set<string>>();

  constructor(patterns: Iterable<string> = []) {
    for (const pattern of patterns) this.add(pattern);
  }

  add(pattern: string): void {
    const beginning = literalBeginning(pattern);
    const same = this.#byBeginning.get(beginning);
    if (same === undefined) this.#byBeginning.set(beginning, new Set([pattern]));
    else same.add(pattern);
  }

  /** One of the set that matches every number that this pattern matches. */
  covering(pattern: string): string | undefined {
    const beginning = literalBeginning(pattern);
    // What covers a pattern is no more definite than it is, so it begins with a part of the same characters.
    for (let length = 0; length <= beginning.length; length++) {
      for (const outer of this.#byBeginning.get(beginning.slice(0, length)) ?? []) {
        if (covers(outer, pattern)) return outer;
      }
    }
    return undefined;
  }
}
