import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DiskFiles, type OutputFile } from './output-file.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vats-files-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function create(path: string): Promise<OutputFile | Error> {
  return new Promise((resolve) => new DiskFiles().create(path, resolve));
}

function mode(path: string): number {
  return statSync(path).mode & 0o777;
}

test('a file and the directories above it are made for their owner alone, and written where asked', async () => {
  const path = join(directory, '2026/11/23/one.wav');
  const file = await create(path);
  if (file instanceof Error) throw file;
  await new Promise((resolve) => file.write(Buffer.from('world'), 6, resolve));
  await new Promise((resolve) => file.write(Buffer.from('hello '), 0, resolve));
  await new Promise((resolve) => file.close(resolve));
  expect(readFileSync(path, 'utf8')).toBe('hello world');
  expect([mode(path), mode(join(directory, '2026'))]).toEqual([0o600, 0o700]);
});

test.each([
  ['a file that is there', '.', 'EEXIST'],
  ['a file below a file', 'file/one.wav', 'ENOTDIR'],
  ['a file system where nothing can be made', '/proc/nowhere/at/all.wav', 'ENOENT'],
])('%s is refused with its code', async (_, name, code) => {
  const file = await create(join(directory, 'file'));
  if (file instanceof Error) throw file;
  await new Promise((resolve) => file.close(resolve));
  const path = name.startsWith('/') ? name : join(directory, name === '.' ? 'file' : name);
  expect(await create(path)).toMatchObject({ code });
});

test("two recordings that make the same directory at once do not get in each other's way", async () => {
  const made = await Promise.all(['a', 'b', 'c'].map((name) => create(join(directory, `x/y/${name}.wav`))));
  for (const file of made) {
    if (file instanceof Error) throw file;
    await new Promise((resolve) => file.close(resolve));
  }
});
