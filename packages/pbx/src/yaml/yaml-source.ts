import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';
import { formatKeyPath, type KeyPath, type Problem } from '../problems/problem.ts';

/** Which end of a pair a problem points at: the key where the key itself is wrong, else the value. */
export type Pointing = 'key' | 'value';

export interface ProblemOptions {
  readonly severity?: Problem['severity'];
  readonly pointing?: Pointing;
}

/** Makes problems with what stands at a path of some source. */
export interface Places {
  problem(path: KeyPath, message: string, remedy?: string, options?: ProblemOptions): Problem;
  /** The value at `path` as it is written there, where a text can lose something on being read: 012345, +7495. */
  written?(path: KeyPath): string | undefined;
}

/** For values that no file holds: flags, environment, an edit by hand. */
export const NO_PLACES: Places = {
  problem: (path, message, remedy, options = {}) => ({
    severity: options.severity ?? 'error',
    file: '',
    line: 0,
    column: 0,
    path: formatKeyPath(path),
    message,
    ...(remedy === undefined ? {} : { remedy }),
  }),
};

/** Where the values of a parsed document stand in its text. */
export class YamlPlaces implements Places {
  readonly #file: string;
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(file: string, document: Document, lines: LineCounter) {
    this.#file = file;
    this.#document = document;
    this.#lines = lines;
  }

  /** A problem with what stands at `path`; where that is missing, it points at the nearest thing around it. */
  problem(path: KeyPath, message: string, remedy?: string, options: ProblemOptions = {}): Problem {
    return {
      severity: options.severity ?? 'error',
      file: this.#file,
      ...this.at(offsetOf(path, this.#document.contents, this.#document, options.pointing ?? 'value')),
      path: formatKeyPath(path),
      message,
      ...(remedy === undefined ? {} : { remedy }),
    };
  }

  written(path: KeyPath): string | undefined {
    return sourceOf(path, this.#document.contents, this.#document);
  }

  /** Line and column, 1-based, of an offset in the text. */
  at(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** Where what stands at `path` below `top` begins in the document's text. */
export function offsetOf(path: KeyPath, top: unknown, document: Document, pointing: Pointing): number {
  let node = top;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    const inside = isAlias(node) ? node.resolve(document) : node;
    const last = index === path.length - 1;
    if (isMap(inside)) {
      const pair = inside.items.find((item) => keyOf(item) === String(step));
      if (pair === undefined) return startOf(inside) ?? offset;
      const keyAt = startOf(pair.key) ?? offset;
      offset = last && pointing === 'key' ? keyAt : (startOf(pair.value) ?? keyAt);
      node = pair.value;
    } else if (isSeq(inside) && typeof step === 'number') {
      node = inside.items[step];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

/** How the single value at `path` below `top` is written; undefined where there is none, or something with more inside. */
export function sourceOf(path: KeyPath, top: unknown, document: Document): string | undefined {
  let node = top;
  for (const step of path) {
    const inside = isAlias(node) ? node.resolve(document) : node;
    if (isMap(inside)) node = inside.items.find((item) => keyOf(item) === String(step))?.value;
    else if (isSeq(inside) && typeof step === 'number') node = inside.items[step];
    else return undefined;
  }
  const value = isAlias(node) ? node.resolve(document) : node;
  return isScalar(value) ? value.source : undefined;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function keyOf(pair: Pair): string {
  return String(isScalar(pair.key) ? pair.key.value : pair.key);
}
