import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const SOURCE = import.meta.dirname;

/** What a file exports by name, and where that is declared. */
interface Exported {
  readonly name: string;
  readonly file: string;
}

/** Names that `index.ts` exports, through the lists of its folders. */
function exportedBy(file: string): Exported[] {
  const text = readFileSync(file, 'utf8');
  const exported: Exported[] = [];
  for (const [, names, from] of text.matchAll(/export (?:type )?(\*|\{[^}]*\})\s*from '([^']+)'/g)) {
    const target = join(dirname(file), from!);
    if (names === '*') exported.push(...exportedBy(target));
    else for (const name of namesIn(names!)) exported.push({ name, file: target });
  }
  return exported;
}

function namesIn(list: string): string[] {
  return list
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.replace(/\btype\b/, '').trim())
    .filter((name) => name !== '');
}

/** The docstring in front of a declaration; undefined where the declaration is not found, '' where it has none. */
function docstringOf({ name, file }: Exported): string | undefined {
  const text = readFileSync(file, 'utf8');
  const declared = new RegExp(
    `^export (?:abstract |async )?(?:function|class|interface|type|const) ${name}\\b`,
    'm',
  ).exec(text);
  if (declared === null) return undefined;
  return /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text.slice(0, declared.index))?.[1] ?? '';
}

/**
 * Names that say all that there is to say: options of a class that is documented, a union of two documented classes.
 * Each has its meaning in the docstrings of its members or parts.
 */
const SELF_EXPLAINING = /(?:Options|Parts|Header|Counters|Fault)$/;

const exported = exportedBy(join(SOURCE, 'index.ts'));

describe('the public entry', () => {
  test('is read whole', () => {
    expect(exported.length).toBeGreaterThan(150);
    expect(exported.filter((each) => docstringOf(each) === undefined)).toEqual([]);
  });

  test('says of all that it exports what it means', () => {
    const bare = exported
      .filter(({ name }) => !SELF_EXPLAINING.test(name))
      .filter((each) => docstringOf(each)!.trim().length < 20);
    expect(bare.map(({ name, file }) => `${name} (${file.slice(SOURCE.length + 1)})`)).toEqual([]);
  });

  test('names the RFC and its section often enough to be found there', () => {
    const naming = exported.filter((each) => /RFC \d{4}/.test(readFileSync(each.file, 'utf8')));
    expect(naming.length / exported.length).toBeGreaterThan(0.85);
  });
});

test('the stack needs nothing outside the workspace', () => {
  const manifest = JSON.parse(readFileSync(join(SOURCE, '../package.json'), 'utf8')) as Record<
    string,
    object | undefined
  >;
  const needed = ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {}),
  );
  expect(needed).toEqual([['@vats/kernel', 'workspace:*']]);
  const imports = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('testing/'))
    .flatMap((file) =>
      [...readFileSync(join(SOURCE, file), 'utf8').matchAll(/from '([^.'][^']*)'/g)].map(([, from]) => from!),
    );
  expect([...new Set(imports)].filter((from) => !from.startsWith('node:') && from !== '@vats/kernel')).toEqual([]);
});
