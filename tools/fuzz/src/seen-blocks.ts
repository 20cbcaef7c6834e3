import type { CoveredFunction, CoveredScript } from './coverage.ts';

/** What is known of one function. */
interface Seen {
  /** A one for each character of the source that ran. */
  readonly ran: Uint8Array;
  /** Which of its blocks ran together, as text: a pattern that was seen shows nothing new. */
  readonly patterns: Set<string>;
}

/** No function has more of them in memory; further ones are looked at anew each time. */
const PATTERNS_LIMIT = 2_000;

/** Which characters of the watched source have ever run. */
export class SeenBlocks {
  readonly #functions = new Map<string, Seen>();
  /** How many characters have run, which grows exactly when something new does. */
  size = 0;

  /** Notes what ran; true when some of it never did before. */
  note(scripts: readonly CoveredScript[]): boolean {
    const before = this.size;
    for (const { url, functions } of scripts) for (const one of functions) this.#note(url, one);
    return this.size > before;
  }

  /** How many characters of this never ran before; notes nothing. */
  additions(scripts: readonly CoveredScript[]): number {
    let count = 0;
    for (const { url, functions } of scripts) for (const one of functions) count += this.#additions(url, one);
    return count;
  }

  #additions(url: string, one: CoveredFunction): number {
    const { patterns, ran } = this.#seenOf(url, one);
    if (patterns.has(patternOf(one))) return 0;
    let count = 0;
    painted(one).forEach((runs, at) => {
      if (runs > ran[at]!) count++;
    });
    return count;
  }

  #note(url: string, one: CoveredFunction): void {
    const seen = this.#seenOf(url, one);
    const pattern = patternOf(one);
    if (seen.patterns.has(pattern)) return;
    if (seen.patterns.size < PATTERNS_LIMIT) seen.patterns.add(pattern);
    painted(one).forEach((runs, at) => {
      if (runs === 0 || seen.ran[at] === 1) return;
      seen.ran[at] = 1;
      this.size++;
    });
  }

  #seenOf(url: string, { ranges }: CoveredFunction): Seen {
    const { startOffset, endOffset } = ranges[0]!;
    const key = `${url}:${startOffset}`;
    let seen = this.#functions.get(key);
    if (seen === undefined) {
      seen = { ran: new Uint8Array(endOffset - startOffset), patterns: new Set() };
      this.#functions.set(key, seen);
    }
    return seen;
  }
}

/** Which blocks ran, however often. */
function patternOf({ ranges }: CoveredFunction): string {
  let pattern = '';
  for (const { startOffset, endOffset, count } of ranges)
    pattern += `${startOffset}${count > 0 ? '+' : '-'}${endOffset} `;
  return pattern;
}

/** A one for each character that ran. An inner block stands behind the one around it, and has the last word. */
function painted({ ranges }: CoveredFunction): Uint8Array {
  const { startOffset: origin, endOffset: end } = ranges[0]!;
  const characters = new Uint8Array(end - origin);
  for (const { startOffset, endOffset, count } of ranges) {
    characters.fill(count > 0 ? 1 : 0, startOffset - origin, endOffset - origin);
  }
  return characters;
}
