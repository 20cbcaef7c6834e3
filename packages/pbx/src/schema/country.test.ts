import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { readValue } from '../yaml/read-yaml.ts';
import { country } from './country.ts';

function said(code: unknown): string[] {
  const read = readValue(code, country);
  return read.ok ? [] : read.problems.map(formatProblem);
}

test.each(['RU', 'GB', 'KZ', 'US', 'XK'])('%s is a country', (code) => {
  expect(said(code)).toEqual([]);
});

test('there are 249, and Kosovo', () => {
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  expect(codes.filter((code) => said(code).length === 0)).toHaveLength(250);
});

test.each([
  ['UK', 'did you mean GB?'],
  ['uk', 'did you mean GB?'],
  ['ru', 'did you mean RU?'],
  ['XX', 'write two capital letters by ISO 3166, such as RU'],
  ['ZZ', 'write two capital letters by ISO 3166, such as RU'],
  ['Germany', 'write two capital letters by ISO 3166, such as RU'],
])('%s is none: %s', (code, remedy) => {
  expect(said(code)).toEqual([`error: "${code}" is not a country code; ${remedy}`]);
});
