import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMPLIANCE, compliance } from './compliance.ts';
import { report } from './report.ts';
import { readChapter } from './section-list.ts';
import { sectionsIn, textsIn } from './test-names.ts';
import { testsIn } from './tests-of-the-house.ts';

test('COMPLIANCE.md is what the tests say; if not: node tools/compliance/src/main.ts --write', () => {
  const isTrue = readFileSync(COMPLIANCE, 'utf8') === compliance();
  expect(isTrue).toBe(true);
});

test.each<[name: string, sections: string[]]>([
  ['RFC 3262 §3: a reliable 1xx is repeated', ['3262 3']],
  ['INVITE (RFC 3261 §17.1.1, RFC 6026 §8.4, CANCEL by RFC 3261 §9.1)', ['3261 17.1.1', '6026 8.4', '3261 9.1']],
  ['RFC 6026 §7.1 and §8.7. It waits', ['6026 7.1', '6026 8.7']],
  ['RFC 3261 appendix A and RFC 2543', []],
])('%j names %j', (name, sections) => {
  expect(sectionsIn(name).map(({ rfc, section }) => `${rfc} ${section}`)).toEqual(sections);
});

test('only what stands in quotes counts, and no comment', () => {
  const source = [
    "// test('RFC 1 §1: not this')",
    "/* 'RFC 1 §2' */ test('RFC 1 §3: it\\'s \"this\"', () => {});",
    'const pattern = /[\'"`]/; describe("RFC 1 §4", () => {});',
    'test.each(rows)(`RFC 1 §5: $name`, run); const third = 1 / 3; // RFC 1 §6',
  ].join('\n');
  expect(textsIn(source)).toEqual(['RFC 1 §3: it\'s "this"', 'RFC 1 §4', 'RFC 1 §5: $name']);
});

const CHAPTER = readChapter(
  '# What is about\n\nRFC 1 One\n3 Three\n3.1 Three one\n4 Four\n- 5 Five | nobody wants it\n',
  'x.txt',
);

test('a section is done when a test names it or what is below it, and what no test names is told', () => {
  const tests = testsIn(
    "test('RFC 1 §3.1.2: deep', () => {}); test('RFC 1 §3: flat'); test('RFC 2 §9: far');",
    'a.test.ts',
  );
  const page = report([CHAPTER], tests);
  expect(page).toContain('2 of 3 sections are shown by 3 tests');
  expect(page).toContain('| §3 | Three | [RFC 1 §3: flat](a.test.ts) |');
  expect(page).toContain('| §3.1 | Three one | [RFC 1 §3.1.2: deep](a.test.ts) |');
  expect(page).toContain('| §4 | Four | not shown |');
  expect(page).toContain('| §5 | Five | left out: nobody wants it |');
  expect(page).toContain('| One | 2 of 3 | §4 |');
  expect(page).toContain('| RFC 2 §9 | [RFC 2 §9: far](a.test.ts) |');
});

test.each([
  ['RFC 1 One\nnothing', 'x.txt:2: want'],
  ['RFC 1 One\n- 4 Four', 'x.txt:2: want'],
  ['3 Three', 'x.txt:1: want'],
  ['RFC 1 One\n3 a\n3 b', 'x.txt:3: §3 of RFC 1 is there already'],
])('a list with a fault is refused: %j', (text, fault) => {
  expect(() => readChapter(text, 'x.txt')).toThrow(fault);
});
