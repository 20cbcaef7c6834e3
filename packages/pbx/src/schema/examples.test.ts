import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import { told } from '../testing/told.ts';
import { pbxFile } from './pbx-file.ts';

const EXAMPLE = readFileSync(new URL('../../../../docs/examples/pbx.yaml', import.meta.url), 'utf8');

/** What stands in a comment in another one's place. */
const ALTERNATIVES = [...EXAMPLE.matchAll(/^# +((?:realm|access|recording): .*)$/gm)].map(([, text]) => text ?? '');

/** Keys that `vats export` writes and nobody by hand: too long to be shown, so a comment names them. */
const IN_WORDS = ['ha1', 'realm', 'md5', 'sha256', 'withDomain', 'domain', 'sealed'];

/** The parts of zod's definitions that lead on to others. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly catchall?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly in?: z.ZodType;
  readonly out?: z.ZodType;
  readonly getter?: () => z.ZodType;
}

const definitionOf = (schema: z.ZodType) => schema.def as unknown as Definition;

const below = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** The schemas into which one leads but for the keys of a mapping. */
function inner(schema: z.ZodType): z.ZodType[] {
  const { innerType, element, valueType, options = [], in: written, out, getter, catchall } = definitionOf(schema);
  const all = [innerType, element, valueType, ...options, written, out, getter?.(), catchall];
  return all.filter((one) => one !== undefined);
}

/** Every schema of which a file is made, each once, with where it stands first. */
function schemasIn(schema: z.ZodType, path = '', found = new Map<z.ZodType, string>()): Map<z.ZodType, string> {
  if (found.has(schema)) return found;
  const { shape } = definitionOf(schema);
  found.set(schema, path);
  for (const [key, value] of Object.entries(shape ?? {})) schemasIn(value, below(path, key), found);
  for (const one of inner(schema)) schemasIn(one, path, found);
  return found;
}

/** By mapping and by what a key holds: the bounds of limits are the same wherever they stand. */
type Shown = Map<z.ZodType, Set<string>>;

/** Notes the keys that a value of a file shows, of whichever mappings it may be. */
function noteShown(schema: z.ZodType, value: unknown, shown: Shown): void {
  const { shape } = definitionOf(schema);
  if (Array.isArray(value)) {
    if (definitionOf(schema).type === 'array') {
      for (const item of value) noteShown(definitionOf(schema).element!, item, shown);
      return;
    }
  } else if (shape !== undefined && typeof value === 'object' && value !== null) {
    const keys = shown.get(schema) ?? new Set();
    shown.set(schema, keys);
    for (const [key, one] of Object.entries(value)) {
      const of = shape[key];
      if (of === undefined) continue;
      keys.add(key);
      shown.set(of, (shown.get(of) ?? new Set()).add(key));
      noteShown(of, one, shown);
    }
    return;
  } else if (definitionOf(schema).type === 'record' && typeof value === 'object' && value !== null) {
    for (const one of Object.values(value)) noteShown(definitionOf(schema).valueType!, one, shown);
    return;
  }
  for (const one of inner(schema)) noteShown(one, value, shown);
}

/** Keys of the schema that none of these files shows. */
function notShown(...files: string[]): string[] {
  const shown: Shown = new Map();
  for (const file of files) noteShown(pbxFile, parse(file), shown);
  return [...schemasIn(pbxFile)].flatMap(([schema, path]) =>
    Object.entries(definitionOf(schema).shape ?? {})
      .filter(([key, of]) => shown.get(schema)?.has(key) !== true && shown.get(of)?.has(key) !== true)
      .map(([key]) => below(path, key)),
  );
}

test('the example shows every key that there is', () => {
  const missing = notShown(EXAMPLE, ...ALTERNATIVES).filter((path) => {
    const isExported = path.includes('.ha1') || path.includes('password.');
    return !(isExported && IN_WORDS.some((word) => path.endsWith(`.${word}`)));
  });
  expect(missing).toEqual([]);
  const comments = [...EXAMPLE.matchAll(/#.*$/gm)].join('\n');
  for (const word of IN_WORDS) expect(comments).toMatch(new RegExp(`\\b${word}\\b`));
});

test('a key that only another mapping shows is missed', () => {
  const few = notShown('domain: a.example\nusers: [{ extension: "201", limits: { calls: 1 } }]');
  expect(few).toContain('users.name');
  expect(few).toContain('schemes.open.menu.keys');
  expect(few).toContain('limits');
  expect(few).not.toContain('users.limits');
  expect(few.some((path) => path.endsWith('limits.calls'))).toBe(false);
  expect(few.some((path) => path.endsWith('limits.callsPerDay'))).toBe(true);
});

test('nothing that the example says is without effect, but what waits to be served', () => {
  const now = Date.UTC(2026, 10, 1);
  // Its prompts are not this package's; `vats check` of the example shows that they are there.
  const lines = told(EXAMPLE, { now }).filter((line) => !line.includes(': there is no prompt '));
  expect(
    lines.filter((line) => !/ (?:is not served|are not served|are not played) yet|: the keys of SRTP /.test(line)),
  ).toEqual([]);
});

test.each(ALTERNATIVES)('what it shows in a comment is good as well: %s', (text) => {
  const users = 'users: [{ extension: "201", name: A, devices: [{ login: anna, password: Vf5kNm7Z }] }]';
  expect(told(`domain: north.example\n${users}\n${text}\n`)).toEqual([]);
});
