import { expect, test } from 'vitest';
import { failureOf, isOfTheMachine, storeErrorOf } from './store-error.ts';

test.each([
  ['SQLITE_FULL', 'disk-full'],
  ['ENOSPC', 'disk-full'],
  ['SQLITE_READONLY', 'read-only'],
  ['SQLITE_READONLY_DBMOVED', 'read-only'],
  ['SQLITE_CANTOPEN', 'read-only'],
  ['EACCES', 'read-only'],
  ['SQLITE_CORRUPT_VTAB', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
  ['SQLITE_BUSY', 'in-use'],
  ['SQLITE_CONSTRAINT_NOTNULL', 'failed'],
  ['', 'failed'],
])('%s means %s, about the file that is meant, with a remedy', (code, fault) => {
  const error = storeErrorOf({ code, message: 'it went wrong' }, '/data/vats.db');
  expect(error).toMatchObject({ fault, message: expect.stringContaining('/data/vats.db') });
  expect(error.remedy).not.toBe('');
});

test('a constraint is one write’s fault, a full disk everyone’s', () => {
  expect(isOfTheMachine({ code: 'SQLITE_CONSTRAINT_NOTNULL', message: '' })).toBe(false);
  expect(isOfTheMachine({ code: '', message: '' })).toBe(false);
  for (const code of ['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_READONLY', 'SQLITE_CORRUPT', 'SQLITE_BUSY']) {
    expect(isOfTheMachine({ code, message: '' })).toBe(true);
  }
});

test('anything thrown becomes plain data', () => {
  expect(failureOf(Object.assign(new Error('no'), { code: 'ENOENT' }))).toEqual({ code: 'ENOENT', message: 'no' });
  expect(failureOf(Object.assign(new Error('no'), { code: 5 }))).toEqual({ code: '', message: 'no' });
  expect(failureOf('text')).toEqual({ code: '', message: 'text' });
});
