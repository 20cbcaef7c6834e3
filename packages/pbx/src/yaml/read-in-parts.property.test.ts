import { atOnce } from '@vats/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Checked, KeyPath } from '../problems/problem.ts';
import { LONG_LISTS, type PbxFile, pbxFile } from '../schema/pbx-file.ts';
import { arbitraryPbx } from '../testing/arbitrary-pbx.ts';
import { readInParts } from './read-in-parts.ts';
import { readingLists, readYaml, type YamlSource } from './read-yaml.ts';

/*
 * Files of `arbitraryPbx` (up to 6 users, 3 groups, 3 trunks, 4 numbers, 3 schemes, 5 rules), written in block style with lists at
 * their key's column or deeper, with each entry in flow style, in either quotes; LF or CRLF; with comments and blank lines; then 0 to 4 edits:
 * a stretch cut out or doubled, a character or a piece of YAML put in, a line indented or taken back. Each is read in parts and as a whole by the library.
 */
const RUNS = 100;

const writings = fc.record({
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
  singleQuote: fc.constantFrom(null, true, false),
  lineWidth: fc.constantFrom(0, 60),
  flowFrom: fc.constantFrom(1, 2, 3, 99),
  crlf: fc.boolean(),
  asJson: fc.boolean(),
  aliasDuplicateObjects: fc.boolean(),
});
type Writing = typeof writings extends fc.Arbitrary<infer T> ? T : never;

function written(pbx: object, { flowFrom, crlf, asJson, ...style }: Writing): string {
  const deep = (value: unknown, depth: number): string => {
    if (depth >= flowFrom && value !== null && typeof value === 'object') {
      return asJson
        ? JSON.stringify(value)
        : stringify(value, { ...style, collectionStyle: 'flow', lineWidth: 0 }).trim();
    }
    return '';
  };
  const lines: string[] = [];
  for (const [key, value] of Object.entries(pbx)) {
    if (Array.isArray(value) && value.length > 0 && flowFrom === 2) {
      lines.push(`${key}:`, ...value.map((entry) => `  - ${deep(entry, 2) || stringify(entry).trim()}`));
    } else if (typeof value === 'object' && flowFrom === 1) lines.push(`${key}: ${deep(value, 1)}`);
    else lines.push(stringify({ [key]: value }, style).trimEnd());
  }
  const text = `${lines.join('\n')}\n`;
  return crlf ? text.replaceAll('\n', '\r\n') : text;
}

const PIECES = [
  ...[
    ' ',
    '  ',
    '\n',
    '\t',
    ':',
    ': ',
    ' #',
    '#',
    '- ',
    ',',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '!x ',
    '|',
    '>',
    '? ',
  ],
  ...[
    '\n---\n',
    '\n...\n',
    '%YAML 1.2\n',
    '\n# note\n',
    '\n\n',
    '\n  ',
    '\n    ',
    '\r',
    '\\',
    '~',
    'null',
    'true',
    '0x1f',
    '1e3',
    '-1',
    '.5',
  ],
  ...[
    'name: x\n',
    'users:\n',
    'extension: ',
    'nmae: y\n',
    '<<: ',
    '\u00a0',
    '\u2028',
    '👩‍💻',
    '\ufeff',
    '"a": 1',
    '  - {}\n',
    '- a\n',
  ],
];
const edit = fc.record({
  kind: fc.constantFrom('cut', 'double', 'put', 'indent', 'outdent'),
  where: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(60),
  piece: fc.constantFrom(...PIECES),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(text: string, { kind, where, length, piece }: Edit): string {
  const at = Math.floor(where * text.length);
  const line = text.lastIndexOf('\n', at) + 1;
  switch (kind) {
    case 'cut':
      return text.slice(0, at) + text.slice(at + length);
    case 'double':
      return text.slice(0, at + length) + text.slice(at);
    case 'put':
      return text.slice(0, at) + piece + text.slice(at);
    case 'indent':
      return `${text.slice(0, line)} ${text.slice(line)}`;
    case 'outdent':
      return text.slice(0, line) + text.slice(line).replace(/^ {1,2}/, '');
  }
}

/** Every place that there is, and some that there are not. */
function* pathsIn(value: unknown, path: KeyPath = []): Iterable<KeyPath> {
  yield path;
  yield [...path, 'no-such-key'];
  yield [...path, 77];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* pathsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

/** As text, so that the order of keys counts too. */
function told(read: Checked<YamlSource<PbxFile>>): string {
  if (!read.ok) return JSON.stringify(read, null, 1);
  const { value: source, warnings } = read;
  const places = [...pathsIn(source.value)].flatMap((path) =>
    (['key', 'value'] as const).map((pointing) => source.problem(path, 'm', undefined, { pointing })),
  );
  return JSON.stringify({ value: source.value, file: source.file, warnings, places }, null, 1);
}

test('read in parts, a file has the values, places and problems that it has as a whole', () => {
  fc.assert(
    fc.property(arbitraryPbx(), writings, fc.array(edit, { maxLength: 4 }), (pbx, writing, edits) => {
      const text = edits.reduce(edited, written(pbx, writing));
      const parts = atOnce(readingLists(text, 'f.yaml', pbxFile, LONG_LISTS));
      expect(told(parts)).toBe(told(readYaml(text, 'f.yaml', pbxFile)));
    }),
    { numRuns: RUNS },
  );
}, 60_000);

test('what is written without anchors is read in parts, however it is written', () => {
  fc.assert(
    fc.property(arbitraryPbx(), writings, (pbx, writing) => {
      const text = written(pbx, { ...writing, aliasDuplicateObjects: false });
      expect(atOnce(readInParts(text, 'f.yaml', pbxFile, LONG_LISTS))).toMatchObject({ ok: true });
    }),
    { numRuns: RUNS },
  );
}, 60_000);
