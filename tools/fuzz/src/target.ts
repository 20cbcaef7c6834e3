/** What is fuzzed: something that takes octets of strangers. */
export interface Target {
  /**
   * Does with these octets all that the switch would do with them.
   * @throws when something that must hold does not; any throw is a finding
   */
  readonly run: (octets: Buffer) => void;
  /** Whole inputs to begin with, beside those on disk. */
  readonly seeds: readonly (string | Buffer)[];
  /** Pieces that the grammar gives a meaning. */
  readonly words: readonly string[];
  /** No input is longer. */
  readonly longest?: number;
}

/** @throws Error(`what`) unless `holds` */
export function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
