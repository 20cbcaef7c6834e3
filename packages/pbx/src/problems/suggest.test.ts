import { expect, test } from 'vitest';
import { suggest } from './suggest.ts';

const KEYS = ['extension', 'name', 'devices', 'callerId', 'noAnswer'];

test.each([
  ['extenshun', 'extension'],
  ['Extension', 'extension'],
  ['device', 'devices'],
  ['callerid', 'callerId'],
  ['nmae', 'name'],
  ['no-answer', 'noAnswer'],
])('%s was meant for %s', (written, meant) => {
  expect(suggest(written, KEYS)).toBe(meant);
});

test.each(['password', 'x', '', 'zzzzzzzz'])('%s was meant for nothing here', (written) => {
  expect(suggest(written, KEYS)).toBeUndefined();
});

test('the nearest of several wins', () => {
  expect(suggest('listen', ['lister2', 'listens', 'silent'])).toBe('listens');
});

test('a word as long as a file is compared with nothing', () => {
  expect(suggest('a'.repeat(1_000_000), ['a'.repeat(1_000_001)])).toBeUndefined();
});
