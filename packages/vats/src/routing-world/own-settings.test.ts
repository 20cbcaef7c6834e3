import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryLog } from '@vats/kernel/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OwnSettingsKeeper } from './own-settings.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vats-own-'));
  file = join(directory, 'own-settings.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a restart changes nothing of what was set by phone', () => {
  const log = new MemoryLog();
  const told: string[] = [];
  const before = new OwnSettingsKeeper({ file, log, onChange: (...who) => told.push(who.join(' ')) });
  before.set('d', '201', { set: 'dnd', to: true });
  before.set('d', '201', { set: 'always', to: '+79161234567' });
  before.set('d', '202', { set: 'busy', to: '201' });
  before.set('d', '202', { set: 'busy', to: undefined });
  const after = new OwnSettingsKeeper({ file, log });
  expect(after.of('d', '201')).toEqual({ dnd: true, always: '+79161234567' });
  expect([after.of('d', '202'), after.of('e', '201')]).toEqual([undefined, undefined]);
  expect(told).toEqual(['d 201', 'd 201', 'd 202', 'd 202']);
  expect([readdirSync(directory), statSync(file).mode & 0o777]).toEqual([['own-settings.json'], 0o600]);
  expect([after.reset('d', '201'), after.reset('d', '201')]).toEqual([true, false]);
  expect(log.events).toEqual([]);
});

test('who is gone leaves nothing to whoever has the extension next', () => {
  const own = new OwnSettingsKeeper({ file, log: new MemoryLog() });
  own.set('d', '201', { set: 'always', to: '202' });
  own.set('e', '201', { set: 'always', to: '202' });
  own.keepOnly((domain) => domain === 'e');
  const again = new OwnSettingsKeeper({ file, log: new MemoryLog() });
  expect([again.of('d', '201'), again.of('e', '201')]).toEqual([undefined, { always: '202' }]);
});

test.each(['', '{"employees":[{"domain":"d"}]}', 'null'])('a file that holds %j is said in the log', (content) => {
  writeFileSync(file, content);
  const log = new MemoryLog();
  expect(new OwnSettingsKeeper({ file, log }).of('d', '201')).toBeUndefined();
  expect(log.events).toEqual(['own-settings.not-read']);
});

test('what cannot be written is not so', () => {
  const own = new OwnSettingsKeeper({ file: join(directory, 'missing', 'x.json'), log: new MemoryLog() });
  expect(() => own.set('d', '201', { set: 'dnd', to: true })).toThrow(/ENOENT/);
  expect(own.of('d', '201')).toBeUndefined();
});
