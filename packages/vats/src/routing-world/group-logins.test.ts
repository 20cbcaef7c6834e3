import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryLog } from '@vats/kernel/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GroupLogins } from './group-logins.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vats-logins-'));
  file = join(directory, 'group-logins.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a restart logs nobody out', () => {
  const log = new MemoryLog();
  const before = new GroupLogins({ file, log });
  expect(before.set('d', '600', '201', true)).toBe(true);
  expect(before.set('d', '600', '201', true)).toBe(false);
  before.set('d', '600', '202', true);
  before.set('d', '600', '202', false);
  const after = new GroupLogins({ file, log });
  expect(['201', '202'].map((extension) => after.has('d', '600', extension))).toEqual([true, false]);
  expect(after.has('e', '600', '201')).toBe(false);
  expect(readdirSync(directory)).toEqual(['group-logins.json']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(log.events).toEqual([]);
});

test.each(['', '{"loggedIn":[["d","600"]]}', 'null'])('a file that holds %j is said in the log', (content) => {
  writeFileSync(file, content);
  const log = new MemoryLog();
  expect(new GroupLogins({ file, log }).has('d', '600', '201')).toBe(false);
  expect(log.events).toEqual(['groups.logins-not-read']);
});

test('what cannot be written is not so', () => {
  const logins = new GroupLogins({ file: join(directory, 'missing', 'x.json'), log: new MemoryLog() });
  expect(() => logins.set('d', '600', '201', true)).toThrow(/ENOENT/);
  expect(logins.has('d', '600', '201')).toBe(false);
});
