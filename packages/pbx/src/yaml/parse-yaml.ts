import type { Steps } from '@vats/kernel';
import { type Document, isAlias, isCollection, isMap, LineCounter, type Node, visit, type YAMLError } from 'yaml';
import type { Problem } from '../problems/problem.ts';
import { documentIn } from './document-in.ts';
import { YamlPlaces } from './yaml-source.ts';

/** Bounds of what is read: far beyond any real file, and near enough that a hostile one costs little. */
export const YAML_LIMITS = { octets: 4 * 1024 * 1024, depth: 500, nodes: 1_000_000 } as const;

export type ParsedYaml =
  | { readonly ok: true; readonly data: unknown; readonly places: YamlPlaces; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type DecodedYaml =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The text of a file that is within the bounds of what is read. */
export function decodedYaml(text: string | Uint8Array, file: string): DecodedYaml {
  const failed = (message: string, remedy: string, line = 1, column = 1): DecodedYaml => ({
    ok: false,
    problems: [{ severity: 'error', file, path: '', line, column, message, remedy }],
  });
  const octets = typeof text === 'string' ? Buffer.byteLength(text) : text.length;
  if (octets > YAML_LIMITS.octets) {
    return failed(
      `the file has ${octets} octets; ${YAML_LIMITS.octets} is the most that is read`,
      'split it by domain',
      0,
      0,
    );
  }
  const decoded = typeof text === 'string' ? text : decode(text);
  if (typeof decoded === 'number') return failed('the text is not UTF-8', 'save the file as UTF-8', decoded);
  const steep = tooDeepAt(decoded);
  if (steep !== undefined) return failed('brackets or dashes nest too deeply', 'close what is open', steep);
  return { ok: true, text: decoded };
}

/** Parses YAML 1.2 into plain data; every fault of the text becomes a problem with its place. Never throws. */
export function* parseYaml(text: string | Uint8Array, file: string): Steps<ParsedYaml> {
  const whole = { severity: 'error', file, path: '' } as const;
  const decoded = decodedYaml(text, file);
  if (!decoded.ok) return decoded;
  const lines = new LineCounter();
  const document = yield* documentIn(decoded.text, lines);
  yield;
  const places = new YamlPlaces(file, document, lines);
  const faults = document.errors.map((error) => {
    const open = unclosed(document, error);
    return { ...whole, ...places.at(open?.at ?? error.pos[0]), ...(open?.told ?? explained(error)) };
  });
  if (faults.length > 0) return { ok: false, problems: onePerLine(faults) };
  if (document.contents === null) {
    const empty = { message: 'the file is empty', remedy: 'write at least one key' };
    return { ok: false, problems: [{ ...whole, line: 1, column: 1, ...empty }] };
  }

  const alias = aliasFault(document);
  if (alias !== undefined) {
    return {
      ok: false,
      problems: [{ ...whole, ...places.at(alias.node.range?.[0] ?? 0), message: alias.message, remedy: alias.remedy }],
    };
  }
  const warnings = document.warnings.map(
    (warning): Problem => ({ ...whole, severity: 'warning', ...places.at(warning.pos[0]), message: warning.message }),
  );
  // aliasFault has bounded what aliases may unfold to, by a count of nodes rather than the library's by anchors.
  return { ok: true, data: document.toJS({ maxAliasCount: -1 }), places, warnings };
}

/** The text, or the line of the first octets that are not UTF-8. */
function decode(octets: Uint8Array): string | number {
  const strict = new TextDecoder('utf-8', { fatal: true });
  try {
    return strict.decode(octets);
  } catch {
    let line = 1;
    for (let start = 0; start < octets.length; line++) {
      const newline = octets.indexOf(0x0a, start);
      const end = newline < 0 ? octets.length : newline;
      try {
        strict.decode(octets.subarray(start, end));
      } catch {
        return line;
      }
      start = end + 1;
    }
    return line;
  }
}

/**
 * The line where nesting passes the limit, brackets and '- - -' counted as they stand. The parser recurses: it would
 * survive a deeper text, but only after a time that grows with the square of its length.
 */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  let line = 1;
  let dashes = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Most characters are letters, digits and spaces.
    const kind = code < KINDS.length ? KINDS[code] : OTHER;
    if (kind === OTHER) continue;
    if (kind === NEWLINE) {
      line++;
      dashes = 0;
    } else if (kind === OPENING) depth++;
    else if (kind === CLOSING) depth = Math.max(0, depth - 1);
    else if (text.charCodeAt(at + 1) === 0x20) dashes++;
    if (depth > YAML_LIMITS.depth || dashes > YAML_LIMITS.depth) return line;
  }
  return undefined;
}

const OTHER = 0;
const NEWLINE = 1;
const OPENING = 2;
const CLOSING = 3;
const INDENTING = 4;
/** What a character is to the depth of a text. */
const KINDS = new Uint8Array(0x80);
KINDS[0x0a] = NEWLINE;
for (const opening of '[{') KINDS[opening.charCodeAt(0)] = OPENING;
for (const closing of ']}') KINDS[closing.charCodeAt(0)] = CLOSING;
for (const indenting of '-?') KINDS[indenting.charCodeAt(0)] = INDENTING;

const EXPLANATIONS: Partial<Record<YAMLError['code'], { message: string; remedy: string }>> = {
  TAB_AS_INDENT: { message: 'a tab is used as indentation', remedy: 'indent with spaces' },
  DUPLICATE_KEY: { message: 'this key is there already', remedy: 'keep one of them' },
  MULTIPLE_DOCS: { message: 'a second document begins', remedy: 'keep one document in a file' },
  BAD_INDENT: {
    message: 'the indentation does not fit what stands above',
    remedy: 'align keys of one mapping, and items of one list',
  },
  BLOCK_AS_IMPLICIT_KEY: { message: 'a value that holds ": " is not in quotes', remedy: 'put the value in quotes' },
  MISSING_CHAR: { message: 'a character is missing', remedy: 'close quotes and brackets' },
  BAD_ALIAS: { message: 'a value that begins with * is not in quotes', remedy: 'put the value in quotes, such as "*"' },
  RESOURCE_EXHAUSTION: { message: 'the file nests too deeply', remedy: 'make it flatter' },
};

function explained(error: YAMLError): { message: string; remedy?: string } {
  const known = EXPLANATIONS[error.code];
  if (known === undefined) return { message: shortened(error.message) };
  return error.code === 'MISSING_CHAR' ? { message: shortened(error.message), remedy: known.remedy } : known;
}

/** The bracket that nothing closes, where that is what the library calls bad indentation. */
function unclosed(document: Document, { code, pos: [end] }: YAMLError): Unclosed | undefined {
  if (code !== 'BAD_INDENT') return undefined;
  let found: Unclosed | undefined;
  visit(document, {
    Collection: (_, node) => {
      if (node.flow !== true || node.range?.[1] !== end) return undefined;
      const [open, close] = isMap(node) ? ['{', '}'] : ['[', ']'];
      const remedy = `close it with ${close}, and indent all of its lines deeper than the line that it begins on`;
      found = { at: node.range[0], told: { message: `this ${open} is not closed`, remedy } };
      return visit.BREAK;
    },
  });
  return found;
}

interface Unclosed {
  /** Offset of the bracket. */
  readonly at: number;
  readonly told: { readonly message: string; readonly remedy: string };
}

const LONGEST_MESSAGE = 120;

/** The library repeats the text that it can't read, which may be the whole file. */
function shortened(message: string): string {
  const oneLine = message.replace(/\s+/g, ' ');
  return oneLine.length > LONGEST_MESSAGE ? `${oneLine.slice(0, LONGEST_MESSAGE)}…` : oneLine;
}

/** One slip often makes several faults on its line; the first says enough. */
function onePerLine<T extends { line: number }>(faults: readonly T[]): T[] {
  const seen = new Set<number>();
  return faults.filter(({ line }) => !seen.has(line) && seen.add(line));
}

interface AliasFault {
  readonly node: Node;
  readonly message: string;
  readonly remedy: string;
}

/** The first alias that names nothing, contains itself, or unfolds the document beyond its limit. */
function aliasFault(document: Document): AliasFault | undefined {
  const sizes = new Map<Node, number>();
  const open = new Set<Node>();
  let fault: AliasFault | undefined;
  const sizeOf = (node: unknown): number => {
    if (fault !== undefined || node === null || node === undefined) return 1;
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined)
        fault = { node, message: `nothing is called &${node.source} above`, remedy: 'name it before it is used' };
      else if (open.has(target)) fault = { node, message: `*${node.source} contains itself`, remedy: 'write it out' };
      else {
        const size = sizeOf(target);
        if (size > YAML_LIMITS.nodes)
          fault = { node, message: `*${node.source} unfolds to too much`, remedy: 'write it out' };
        return size;
      }
      return 1;
    }
    if (!isCollection(node)) return 1;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    open.add(node);
    let size = 1;
    for (const item of node.items) {
      const child = isMap(node) ? (item as { value: unknown }).value : item;
      size += sizeOf(child);
      if (size > YAML_LIMITS.nodes && fault === undefined) {
        fault = {
          node: isAlias(child) ? child : node,
          message: 'the file unfolds to too much',
          remedy: 'use fewer aliases',
        };
      }
    }
    open.delete(node);
    sizes.set(node, size);
    return size;
  };
  sizeOf(document.contents);
  return fault;
}
