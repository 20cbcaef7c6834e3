import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SILENT } from '@vats/kernel';
import { MemoryLog } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { makeKey, readKey } from './key-file.ts';
import { scratchDirectory } from './testing/scratch.ts';

test('a new key is 32 random octets that only the owner reads', () => {
  using scratch = scratchDirectory();
  const path = join(scratch.path, 'data', 'key');
  expect(readKey(path, SILENT)).toBeUndefined();
  const key = makeKey(path);
  expect(key).toHaveLength(32);
  expect(readFileSync(path)).toEqual(key);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readKey(path, SILENT)).toEqual(key);
  expect(readdirSync(join(scratch.path, 'data'))).toEqual(['key']);
});

test('a key that is there is never overwritten', () => {
  using scratch = scratchDirectory();
  const path = join(scratch.path, 'key');
  const key = makeKey(path);
  expect(() => makeKey(path)).toThrow(/EEXIST/);
  expect(readFileSync(path)).toEqual(key);
  expect(readdirSync(scratch.path)).toEqual(['key']);
});

test.each([0, 31, 33, 64])('a file of %i octets is no key', (octets) => {
  using scratch = scratchDirectory();
  const path = join(scratch.path, 'key');
  writeFileSync(path, Buffer.alloc(octets), { mode: 0o600 });
  expect(() => readKey(path, SILENT)).toThrow(
    expect.objectContaining({ fault: 'key-wrong', message: expect.stringContaining(path) }),
  );
});

test('a key that others may read is closed to them, and that is said', () => {
  using scratch = scratchDirectory();
  const path = join(scratch.path, 'key');
  makeKey(path);
  chmodSync(path, 0o644);
  const log = new MemoryLog();
  readKey(path, log);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(log.lines).toEqual([{ level: 'warn', event: 'store.key-open-to-others', fields: { path, mode: '644' } }]);
});

test('what is no file is said to be none', () => {
  using scratch = scratchDirectory();
  mkdirSync(join(scratch.path, 'key'));
  expect(() => readKey(join(scratch.path, 'key'), SILENT)).toThrow(/EISDIR/);
  writeFileSync(join(scratch.path, 'file'), '');
  expect(() => makeKey(join(scratch.path, 'file', 'key'))).toThrow(/ENOTDIR|EEXIST/);
});
