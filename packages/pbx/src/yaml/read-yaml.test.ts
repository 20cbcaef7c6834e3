import { expect, test } from 'vitest';
import { z } from 'zod';
import { formatProblem } from '../problems/problem.ts';
import { duration } from '../schema/duration.ts';
import { YAML_LIMITS } from './parse-yaml.ts';
import { readingYaml, readValue, readYaml } from './read-yaml.ts';

const SCHEMA = z.strictObject({
  name: z.string(),
  kind: z.enum(['red', 'green']).exactOptional(),
  ring: duration().exactOptional(),
  password: z.string().exactOptional(),
  secret: z.union([z.string(), z.strictObject({ sealed: z.string() })]).exactOptional(),
  items: z.array(z.strictObject({ key: z.string(), size: z.int().min(1).max(9).exactOptional() })).exactOptional(),
  either: z.union([z.literal('off'), z.strictObject({ a: z.string(), b: z.string() })]).exactOptional(),
  any: z.unknown().exactOptional(),
});

function problems(text: string | Uint8Array): string[] {
  const read = readYaml(text, 'f.yaml', SCHEMA);
  return read.ok ? [] : read.problems.map(formatProblem);
}

test('what the schema accepts is given in its own form', () => {
  const read = readYaml('name: a\nring: 20s\n', 'f.yaml', SCHEMA);
  expect(read.ok && read.value.value).toEqual({ name: 'a', ring: 20_000 });
});

test.each([
  [
    'a tab as indentation',
    'name: a\nitems:\n\t- key: b\n',
    'f.yaml:3:1: error: a tab is used as indentation; indent with spaces',
  ],
  ['a key twice', 'name: a\nring: 20s\nname: b\n', 'f.yaml:3:1: error: this key is there already; keep one of them'],
  [
    'a second document',
    'name: a\n---\nname: b\n',
    'f.yaml:2:1: error: a second document begins; keep one document in a file',
  ],
  ['bad indentation', 'name: a\nitems:\n    - key: a\n   - key: b\n', 'f.yaml:4:1: error: '],
  [
    'a colon in a value',
    'name: Anna: Petrova\n',
    'f.yaml:1:7: error: a value that holds ": " is not in quotes; put the value in quotes',
  ],
  ['an open quote', 'name: "a\n', 'f.yaml:2:1: error: Missing closing "quote; close quotes and brackets'],
  ['an open bracket', 'name: a\nany: [1\n', 'f.yaml:2:6: error: this [ is not closed; close it with ], and indent all'],
  ['an open brace', 'any: [1, { b: 2 ]\nname: a\n', 'f.yaml:1:10: error: this { is not closed; close it with }, and'],
  ['an open bracket in a list', 'any:\n  - [1\n  - [2]\n', 'f.yaml:2:5: error: this [ is not closed; close it with ]'],
  [
    'a bracket that is closed too far left',
    'any: [\n1\n]\n',
    'f.yaml:1:6: error: this [ is not closed; close it with ]',
  ],
  ['nothing', '', 'f.yaml:1:1: error: the file is empty; write at least one key'],
  ['comments alone', '# name: a\n', 'f.yaml:1:1: error: the file is empty; write at least one key'],
  ['an alias of nothing', 'name: *a\n', 'f.yaml:1:7: error: nothing is called &a above; name it before it is used'],
  ['an alias of itself', 'name: a\nany: &x [1, *x]\n', 'f.yaml:2:13: error: *x contains itself; write it out'],
  [
    'a list where a mapping belongs',
    '- a\n',
    'f.yaml:1:1: error: a list is not a mapping (key: value); write a mapping (key: value)',
  ],
  ['a misspelt key', 'name: a\nkid: red\n', 'f.yaml:2:1: error: kid: there is no such key; did you mean kind?'],
  [
    'an unknown key',
    'name: a\ncolour: red\n',
    'f.yaml:2:1: error: colour: there is no such key; the keys here are name, kind, ring, password, secret, items, either, any',
  ],
  ['a misspelt key that was needed', 'nam: a\n', 'f.yaml:1:1: error: nam: there is no such key; did you mean name?'],
  ['a missing key', 'kind: red\n', 'f.yaml:1:1: error: name: the key is missing; write a text there'],
  [
    'a key that is missing in a list',
    'name: a\nitems:\n  - size: 1\n',
    'f.yaml:3:5: error: items[0].key: the key is missing; write a text there',
  ],
  ['an empty value', 'name:\n', 'f.yaml:1:1: error: name: the value is empty; write a text, or remove the key'],
  [
    'a number for a text',
    'name: 201\n',
    'f.yaml:1:7: error: name: 201 is read as a number, not as text; put it in quotes: "201"',
  ],
  [
    'a number with a leading zero for a text, as it was written',
    'name: 012345\n',
    'f.yaml:1:7: error: name: 012345 is read as a number, not as text; put it in quotes: "012345"',
  ],
  [
    'a public number for a text, in a list too',
    'name: a\nitems: [{ key: +74951234567 }]\n',
    'items[0].key: +74951234567 is read as a number, not as text; put it in quotes: "+74951234567"',
  ],
  [
    'yes or no for a text',
    'name: true\n',
    'f.yaml:1:7: error: name: true is read as a yes or no, not as text; put it in quotes: "true"',
  ],
  [
    'a number for a duration',
    'name: a\nring: 20\n',
    'f.yaml:2:7: error: ring: 20 is read as a number, not as text; write a number and a unit, such as 250ms, 20s, 10m, 1h, 365d',
  ],
  [
    'a misspelt word',
    'name: a\nkind: gren\n',
    'f.yaml:2:7: error: kind: "gren" is not known here; did you mean green?',
  ],
  [
    'an unknown word',
    'name: a\nkind: blue\n',
    'f.yaml:2:7: error: kind: "blue" is not known here; write one of red, green',
  ],
  [
    'a number too large',
    'name: a\nitems: [{ key: b, size: 10 }]\n',
    'f.yaml:2:25: error: items[0].size: 10 is too large; write at most 9',
  ],
  [
    'a broken number',
    'name: a\nitems: [{ key: b, size: 1.5 }]\n',
    'f.yaml:2:25: error: items[0].size: 1.5 is not a whole number; write a whole number',
  ],
  [
    'the wrong kind for a choice',
    'name: a\neither: 5\n',
    'f.yaml:2:9: error: either: 5 does not fit here; write off, or a mapping (key: value)',
  ],
  [
    'a slip in one branch of a choice',
    'name: a\neither: { a: x, b: 5 }\n',
    'f.yaml:2:20: error: either.b: 5 is read as a number, not as text; put it in quotes: "5"',
  ],
])('%s is said with its place and remedy', (_, text, said) => {
  expect(problems(text)[0]).toContain(said);
});

test('every problem of a file is found at once, in the order of its lines', () => {
  expect(
    problems('name: 1\nkind: blue\nitems:\n  - kye: a\n').map((line) => line.split(':').slice(0, 3).join(':')),
  ).toEqual(['f.yaml:1:7', 'f.yaml:2:7', 'f.yaml:4:5']);
});

test('a problem with a value behind an alias is placed where the value stands', () => {
  expect(problems('name: a\nany: &i { key: 5 }\nitems: [*i]\n')).toEqual([
    'f.yaml:2:16: error: items[0].key: 5 is read as a number, not as text; put it in quotes: "5"',
  ]);
});

test.each(['password: 12345678', 'secret: 12345678', 'secret: { sealed: 12345678 }', 'password: [12345678]'])(
  'a secret is never repeated: %s',
  (line) => {
    const [said] = problems(`name: a\n${line}\n`);
    expect(said).toMatch(/^f\.yaml:2:\d+: error: .*the value .*; /);
    expect(said).not.toContain('12345678');
  },
);

test('a thousand slips are told a hundred at a time', () => {
  const said = problems(`name: a\nitems:\n${'  - { key: 1 }\n'.repeat(1_000)}`);
  expect(said).toHaveLength(101);
  expect(said).toContain('f.yaml:1:1: error: 900 further problems are not shown; mend these first');
});

test('a file that is not UTF-8 is refused at its line', () => {
  const windows1251 = Buffer.concat([Buffer.from('name: a\n# '), Buffer.of(0xcf, 0xe5), Buffer.from('\n')]);
  expect(problems(windows1251)).toEqual(['f.yaml:2:1: error: the text is not UTF-8; save the file as UTF-8']);
  expect(problems(Buffer.from('\ufeffname: Анна\n'))).toEqual([]);
});

test('a file larger than the limit is not parsed at all', () => {
  const text = `name: a\n${'#'.repeat(YAML_LIMITS.octets)}\n`;
  expect(problems(text)[0]).toMatch(/^f\.yaml: error: the file has \d+ octets; 4194304 is the most that is read/);
});

test.each([
  ['brackets', `any: ${'['.repeat(600)}`],
  ['a million brackets', `any: ${'[{'.repeat(500_000)}`],
  ['dashes', `any:\n  ${'- '.repeat(600)}a\n`],
])('nesting without end is refused: %s', (_, text) => {
  expect(problems(text)[0]).toContain('brackets or dashes nest too deeply');
});

test('aliases that unfold to billions are refused before they unfold', () => {
  const levels = Array.from({ length: 9 }, (_, level) => `  - &l${level + 1} [${`*l${level},`.repeat(9)} x]`);
  const [said] = problems(`name: a\nany:\n  - &l0 [x]\n${levels.join('\n')}\n`);
  expect(said).toMatch(/^f\.yaml:\d+:\d+: error: .*unfolds to too much/);
});

test('an alias used a thousand times is fine', () => {
  const items = Array.from({ length: 1_000 }, () => '  - *i');
  expect(problems(`name: a\nany: &i { key: b }\nitems:\n${items.join('\n')}\n`)).toEqual([]);
});

test('keys that JavaScript knows are keys like any other', () => {
  expect(problems('name: a\n__proto__: { kind: red }\nconstructor: b\n').map((line) => line.split(';')[0])).toEqual([
    'f.yaml:2:1: error: __proto__: there is no such key',
    'f.yaml:3:1: error: constructor: there is no such key',
  ]);
});

test('a value that no file holds has problems without a place', () => {
  const read = readValue({ name: 'a', kind: 'blue' }, SCHEMA);
  expect(read.ok ? [] : read.problems.map(formatProblem)).toEqual([
    'error: kind: "blue" is not known here; write one of red, green',
  ]);
});

test('who knows more than the schema can place problems of their own', () => {
  const read = readYaml('name: a\nitems:\n  - key: b\n', 'f.yaml', SCHEMA);
  if (!read.ok) throw new Error('the file is good');
  const { value } = read;
  expect(value.problem(['items', 0, 'key'], 'is wrong')).toMatchObject({ line: 3, column: 10, path: 'items[0].key' });
  expect(value.problem(['items', 0, 'key'], 'is wrong', undefined, { pointing: 'key' })).toMatchObject({
    line: 3,
    column: 5,
  });
  expect(value.problem(['items', 7, 'key'], 'is wrong')).toMatchObject({ line: 3 });
  expect(value.problem(['absent'], 'is wrong', 'add it', { severity: 'warning' })).toMatchObject({
    line: 1,
    severity: 'warning',
  });
});

test('a long file is read in many steps, and says the same as at once', () => {
  const text = `name: a\nany:\n${Array.from({ length: 10_000 }, (_, i) => `  - 20.${i >> 8}.${i & 255}.0/24\n`).join('')}`;
  const steps = readingYaml(text, 'f.yaml', SCHEMA);
  let rests = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) rests++;
  expect(rests).toBeGreaterThan(20);
  const inSteps = step.value;
  const once = readYaml(text, 'f.yaml', SCHEMA);
  if (!inSteps.ok || !once.ok) throw new Error('the file is good');
  expect(inSteps.value.value).toEqual(once.value.value);
  const place = (source: typeof once.value) => source.problem(['any', 9_999], 'here');
  expect(place(inSteps.value)).toEqual(place(once.value));
  expect(place(once.value)).toMatchObject({ line: 10_002, column: 5 });
});

test.each([
  ['a bracket too many', 'a: b\n]\n'],
  ['a brace too many', '{ a: b }}\n'],
])('what is no YAML is not repeated as a whole: %s', (_, begin) => {
  const said = problems(begin + 'word '.repeat(5_000));
  expect(said.length).toBeGreaterThan(0);
  expect(Math.max(...said.map((line) => line.length))).toBeLessThan(300);
});
