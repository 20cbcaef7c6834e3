import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectory } from './make-directory.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vats-directory-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what is missing is made for its owner alone; what is there stays', () => {
  const path = join(folder, 'a', 'b', 'c');
  makeDirectory(path);
  makeDirectory(path);
  for (const made of [path, join(folder, 'a')]) expect(statSync(made).mode & 0o777).toBe(0o700);
});

test('a file in the way is an error', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeDirectory(join(folder, 'file'))).toThrow('EEXIST');
  expect(() => makeDirectory(join(folder, 'file', 'below'))).toThrow('ENOTDIR');
});

test.runIf(process.platform === 'linux')('a place where nothing can be made is an error, and not a wait', () => {
  expect(() => makeDirectory('/proc/vats/data')).toThrow('ENOENT');
});
