import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

test('who is gone is forgotten, also on the disk', () => {
  const log = new MemoryLog();
  let changes = 0;
  const logins = new GroupLogins({ file, log, onChange: () => changes++ });
  for (const group of ['600', '601']) logins.set('d', group, '201', true);
  for (const extension of ['201', '202']) logins.setPause('d', extension, { since: 1 });
  changes = 0;
  const isThere = (_: string, extension: string) => extension === '201';
  logins.keepOnly({ isThere, isMember: (_, group) => group === '600' });
  expect(changes).toBe(1);
  for (const each of [logins, new GroupLogins({ file, log })]) {
    expect(['600', '601'].map((group) => each.has('d', group, '201'))).toEqual([true, false]);
    expect(['201', '202'].map((extension) => each.pauseOf('d', extension)?.since)).toEqual([1, undefined]);
  }
  logins.keepOnly({ isThere, isMember: () => true });
  expect(changes).toBe(1);
});

test('who is gone is forgotten although that cannot be written, which is said in the log', () => {
  const log = new MemoryLog();
  const there = join(directory, 'there');
  mkdirSync(there);
  const logins = new GroupLogins({ file: join(there, 'x.json'), log });
  logins.setPause('d', '201', { since: 1 });
  rmSync(there, { recursive: true });
  logins.keepOnly({ isThere: () => false, isMember: () => false });
  expect(logins.pauseOf('d', '201')).toBeUndefined();
  expect(log.events).toEqual(['groups.logins-not-written']);
});

test('what cannot be written is not so', () => {
  const logins = new GroupLogins({ file: join(directory, 'missing', 'x.json'), log: new MemoryLog() });
  expect(() => logins.set('d', '600', '201', true)).toThrow(/ENOENT/);
  expect(logins.has('d', '600', '201')).toBe(false);
});
