import { expect, test } from 'vitest';
import { formatKeyPath, formatProblem, type Problem, sortProblems } from './problem.ts';

const PROBLEM: Problem = {
  severity: 'error',
  file: 'pbx.yaml',
  line: 14,
  column: 9,
  path: 'users[0].name',
  message: 'is wrong',
  remedy: 'mend it',
};

test.each([
  [[], ''],
  [['users', 0, 'devices', 1, 'login'], 'users[0].devices[1].login'],
  [['hours', 'mon-fri'], 'hours.mon-fri'],
  [['overrides', '10.0.0.0/8'], 'overrides["10.0.0.0/8"]'],
  [['имя'], 'имя'],
])('the path %j is said as %s', (path, said) => {
  expect(formatKeyPath(path)).toBe(said);
});

test('a problem is one line: place, severity, key, message, remedy', () => {
  expect(formatProblem(PROBLEM)).toBe('pbx.yaml:14:9: error: users[0].name: is wrong; mend it');
});

test('what a problem does not have is left out', () => {
  const { remedy: _, ...bare } = { ...PROBLEM, file: '', line: 0, column: 0, path: '' };
  expect(formatProblem(bare)).toBe('error: is wrong');
  expect(formatProblem({ ...PROBLEM, line: 0, column: 0 })).toBe('pbx.yaml: error: users[0].name: is wrong; mend it');
});

test('errors come first, then lines in order', () => {
  const at = (severity: Problem['severity'], line: number, column: number): Problem => ({
    ...PROBLEM,
    severity,
    line,
    column,
  });
  const sorted = sortProblems([at('warning', 1, 1), at('error', 9, 2), at('error', 9, 1), at('error', 3, 5)]);
  expect(sorted.map(({ severity, line, column }) => [severity, line, column])).toEqual([
    ['error', 3, 5],
    ['error', 9, 1],
    ['error', 9, 2],
    ['warning', 1, 1],
  ]);
});
