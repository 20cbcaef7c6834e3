import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasTest } from './test-titles.ts';

/** Pages whose tables name the tests that show them; `heading` is what the first column is called. */
const PAGES = [
  { name: 'features.md', heading: 'feature', rows: 50 },
  { name: 'media-proof.md', heading: 'clause', rows: 50 },
  { name: 'signalling-proof.md', heading: 'row', rows: 50 },
] as const;

const DOCS = new URL('../../../../docs/', import.meta.url);

/** `[the test's name](../packages/…/some.test.ts)`: how the page names a test. */
const NAMED = /\[(?<name>[^\]]+)\]\((?<file>\.\.\/[^)\s]+(?:\.(?:test|interop)|-scenarios)\.ts)\)/g;

/** What is wrong with a page's names of tests, one line each. @param sourceOf a file's text, by its path from the page; undefined if there is none */
function faultsOf(page: string, sourceOf: (file: string) => string | undefined): string[] {
  return [...page.matchAll(NAMED)].flatMap(({ groups }) => {
    const { name = '', file = '' } = groups ?? {};
    const source = sourceOf(file);
    if (source === undefined) return [`${file}: no such file, though “${name}” is said to be there`];
    return hasTest(source, name) ? [] : [`${file}: has no test “${name}”`];
  });
}

/** Rows of tables that stand before the list of what is not there yet. */
function rowsOf(page: string, heading: string): string[] {
  const [shown = ''] = page.split('\n## Not yet');
  return shown
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('|---') && !line.startsWith(`| ${heading} |`));
}

/** @param file its path from the folder of the pages */
function read(file: string): string | undefined {
  try {
    return readFileSync(new URL(file, DOCS), 'utf8');
  } catch {
    return undefined;
  }
}

test.each(PAGES)('each test that docs/$name names is there', ({ name }) => {
  expect(faultsOf(readFileSync(new URL(name, DOCS), 'utf8'), read)).toEqual([]);
});

test.each(PAGES)('each $heading of docs/$name has a test', ({ name, heading, rows }) => {
  const found = rowsOf(readFileSync(new URL(name, DOCS), 'utf8'), heading);
  expect(found.length).toBeGreaterThan(rows);
  expect(found.filter((row) => row.search(NAMED) === -1)).toEqual([]);
});

test('a name that no test has any more, and a file that is gone, are told', () => {
  const source = [
    "it('rings all', () => {});",
    "it.skip('rings one', () => {});",
    "// it('rings none', () => {});",
    "describe('a trunk', () => {",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is source text.
    '  scenario(\n    `is told the number: ${did}`, {}, play);',
    "  it.each([1, 2])('of %d calls the last is busy', play);",
    "  expect('not a title');",
  ].join('\n');
  const faults = (name: string, file = '../a.test.ts'): string[] =>
    faultsOf(`| x | y | [${name}](${file}) |`, (path) => (path === '../a.test.ts' ? source : undefined));
  for (const name of ['rings all', 'a trunk > is told the number: contact', 'of 10 calls the last is busy']) {
    expect(faults(name)).toEqual([]);
  }
  for (const name of ['rings', 'rings one', 'rings none', 'not a title', 'a trunk > rings', 'of 10 calls']) {
    expect(faults(name)).toEqual([`../a.test.ts: has no test “${name}”`]);
  }
  expect(faults('rings all', '../b.test.ts')).toEqual([expect.stringContaining('no such file')]);
});
