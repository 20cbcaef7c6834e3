import { atOnce } from '@vats/kernel';
import { type Document, isMap, isSeq, LineCounter } from 'yaml';
import { formatKeyPath, type KeyPath, type Problem } from '../problems/problem.ts';
import { documentIn } from './document-in.ts';
import type { Outline, Section, Stretch } from './outline.ts';
import { NOT_PLAIN, readPlain } from './plain-yaml.ts';
import { offsetOf, type Places, type Pointing, type ProblemOptions, sourceOf } from './yaml-source.ts';

/** Says that a part can't be read by itself: it is at fault, or what it means depends on others. */
export const NOT_APART = Symbol('not apart');

/** An anchor or an alias, or what looks like one. */
export const ANCHORED = /(?:^|[\s[{,:])[&*]\S/;

/** The value of a section that is read as one. */
export function valueOfSection(text: string, section: Section): unknown {
  const read = valueOfPart(text, section);
  return read === NOT_APART ? read : (read as Record<string, unknown>)[section.key];
}

/** The value of an entry of a list. */
export function valueOfItem(text: string, item: Stretch): unknown {
  const read = valueOfPart(text, item);
  return read === NOT_APART ? read : (read as unknown[])[0];
}

/** Whether a part is good YAML by itself. */
export function isWholeApart(text: string, part: Stretch): boolean {
  return valueOfPart(text, part) !== NOT_APART;
}

function valueOfPart(text: string, part: Stretch): unknown {
  const plain = readPlain(text, part.from, part.to);
  if (plain !== NOT_PLAIN) return plain;
  const own = text.slice(part.from, part.to);
  if (ANCHORED.test(own)) return NOT_APART;
  const document = parsed(own);
  const { contents, errors, warnings } = document;
  const isWhole = (isMap(contents) || isSeq(contents)) && contents.items.length === 1;
  return isWhole && errors.length === 0 && warnings.length === 0 ? document.toJS() : NOT_APART;
}

function parsed(text: string): Document {
  return atOnce(documentIn(text, new LineCounter()));
}

/** Where the values of a text stand that was read in parts. Trees are made of those parts alone that are asked about. */
export class PlacesInParts implements Places {
  readonly #file: string;
  readonly #text: string;
  readonly #outline: Outline;
  readonly #lines = new LineCounter();
  readonly #documents = new Map<Stretch, Document>();

  constructor(file: string, text: string, outline: Outline) {
    this.#file = file;
    this.#text = text;
    this.#outline = outline;
    this.#lines.lineStarts = [...outline.lineStarts];
  }

  problem(path: KeyPath, message: string, remedy?: string, options: ProblemOptions = {}): Problem {
    const { line, col } = this.#lines.linePos(this.#offset(path, options.pointing ?? 'value'));
    return {
      severity: options.severity ?? 'error',
      file: this.#file,
      line,
      column: col,
      path: formatKeyPath(path),
      message,
      ...(remedy === undefined ? {} : { remedy }),
    };
  }

  written(path: KeyPath): string | undefined {
    const [key, index, ...below] = path;
    const section = this.#outline.sections.find((section) => section.key === String(key));
    if (section === undefined) return undefined;
    const item = typeof index === 'number' ? section.items[index] : undefined;
    const [part, inPart] = item === undefined ? [section, path] : [item, [0, ...below]];
    const document = this.#documentOf(part);
    return sourceOf(inPart, document.contents, document);
  }

  /** What `offsetOf` says of the text as a whole. */
  #offset(path: KeyPath, pointing: Pointing): number {
    const [key, index, ...below] = path;
    const section = this.#outline.sections.find((section) => section.key === String(key));
    if (key === undefined || section === undefined) return this.#outline.sections[0]!.from;
    if (section.items.length === 0) return this.#offsetIn(section, path, pointing);
    if (index === undefined) return pointing === 'key' ? section.from : section.listAt;
    const item = typeof index === 'number' ? section.items[index] : undefined;
    return item === undefined ? section.listAt : this.#offsetIn(item, [0, ...below], pointing);
  }

  #offsetIn(part: Stretch, path: KeyPath, pointing: Pointing): number {
    const document = this.#documentOf(part);
    return part.from + offsetOf(path, document.contents, document, pointing);
  }

  #documentOf(part: Stretch): Document {
    let document = this.#documents.get(part);
    if (document === undefined) {
      document = parsed(this.#text.slice(part.from, part.to));
      this.#documents.set(part, document);
    }
    return document;
  }
}
