import { expect, test } from 'vitest';
import { loggedName } from './logged-name.ts';

test('a name that an account can have is logged as it is, of a longer one the beginning', () => {
  expect(loggedName('a'.repeat(64))).toBe('a'.repeat(64));
  expect(loggedName(`${'a'.repeat(64)}b`)).toBe(`${'a'.repeat(64)}…`);
});
