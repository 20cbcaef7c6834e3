import { atOnce } from '@vats/kernel';
import { expect, test } from 'vitest';
import type { Problem } from '../problems/problem.ts';
import { LONG_LISTS, pbxFile } from '../schema/pbx-file.ts';
import { MOST_FAULTS, READ_AS_A_WHOLE } from './faults-apart.ts';
import { readingLists } from './read-yaml.ts';

const user = (i: number): string =>
  `  - extension: "${1000 + i}"\n    name: User ${i}\n    email: u${i}@acme.example\n    devices:\n      - login: u${i}\n`;
const HEAD = 'domain: acme.example\nusers:\n';
/** Lines of HEAD and of a user. */
const [OF_HEAD, OF_USER] = [2, 5];
const USERS = 5_000;
const LARGE = `${HEAD}${Array.from({ length: USERS }, (_, i) => user(i)).join('')}`;

function read(text: string): readonly Problem[] {
  const read = atOnce(readingLists(text, 'pbx.yaml', pbxFile, LONG_LISTS));
  return read.ok ? read.warnings : read.problems;
}

test('a slip in a large file is told where it is, and what is behind it is still looked at', () => {
  expect(LARGE.length).toBeGreaterThan(READ_AS_A_WHOLE);
  const line = OF_HEAD + 4_000 * OF_USER + 2;
  const problems = read(LARGE.replace('name: User 4000\n', 'name: [User 4000\n'));
  expect(problems[0]).toMatchObject({ severity: 'error', file: 'pbx.yaml', line, column: 11, path: '' });
  expect(problems[0]?.message).toBe('this [ is not closed');
  const [first, second, ...more] = read(
    LARGE.replace('name: User 7\n', 'name: a: b\n').replace('name: User 4999\n', "name: 'x\n"),
  );
  expect([first?.line, second?.line, more]).toEqual([OF_HEAD + 7 * OF_USER + 2, expect.any(Number), []]);
  expect(second?.line).toBeGreaterThan(OF_HEAD + 4_999 * OF_USER);
});

function named(text: string): string {
  return text.replace('name: User 5\n', 'name: &five User 5\n').replace('name: User 9\n', 'name: *five\n');
}

test('anchors are refused in a large file, with their place and what to do; in a small one they are read', () => {
  expect(read(named(LARGE))).toMatchObject(
    [5, 9].map((user) => ({
      ...{ severity: 'error', line: OF_HEAD + user * OF_USER + 2, column: 11 },
      message: 'anchors (&) and aliases (*) are not read in a file of more than 256 KiB',
    })),
  );
  const small = `${HEAD}${Array.from({ length: 20 }, (_, i) => user(i)).join('')}`;
  expect(read(named(small)).filter(({ message }) => message.includes('anchors'))).toEqual([]);
});

test('a large file that can’t be cut is read as a whole, anchors and all', () => {
  const quoted = named(LARGE).replace('users:', '"users":');
  expect(read(quoted).filter(({ message }) => message.includes('anchors'))).toEqual([]);
});

test('where every entry is at fault the first ones are told', () => {
  expect(read(LARGE.replaceAll('name: User', 'name: "User'))).toHaveLength(MOST_FAULTS);
});
