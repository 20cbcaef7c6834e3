import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repairRecordings } from './repair-recordings.ts';
import { readWavHeader, wavHeader } from './wav-header.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vats-repair-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function put(name: string, octets: Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, octets);
  return path;
}

test('a killed recording gets the size that it has, down to whole frames', async () => {
  mkdirSync(join(directory, '2026', '11'), { recursive: true });
  const path = put('2026/11/killed.wav', Buffer.concat([wavHeader('PCMU', 8000), Buffer.alloc(24_001, 0xff)]));
  const { repaired, unrepaired } = await repairRecordings(directory);
  expect(repaired).toEqual([{ path, law: 'PCMU', durationMs: 1_500, octets: 58 + 24_000 }]);
  expect(unrepaired).toEqual([]);
  expect(readWavHeader(readFileSync(path))).toEqual({ law: 'PCMU', frames: 12_000 });
  expect(statSync(path).size).toBe(58 + 24_000);
  expect((await repairRecordings(directory)).repaired).toEqual([]);
});

test.each([0, 3, 57])('a file that was killed %i octets into its header becomes an empty recording', async (octets) => {
  const path = put('torn.wav', wavHeader('PCMU', 0).subarray(0, octets));
  const { repaired } = await repairRecordings(directory);
  expect(repaired).toEqual([{ path, law: 'PCMA', durationMs: 0, octets: 58 }]);
});

test('true recordings, other WAVs and other files are left alone', async () => {
  const whole = Buffer.concat([wavHeader('PCMA', 2), Buffer.alloc(4)]);
  const others = [
    [put('whole.wav', whole), whole],
    [put('prompt.wav', Buffer.alloc(500, 3)), Buffer.alloc(500, 3)],
    [put('notes.txt', Buffer.from('RIFF')), Buffer.from('RIFF')],
  ] as const;
  expect(await repairRecordings(directory)).toEqual({ repaired: [], unrepaired: [], unfinished: [] });
  for (const [path, octets] of others) expect(readFileSync(path).equals(octets)).toBe(true);
});

test('files from before the last clean stop are not opened', async () => {
  const path = put('old.wav', wavHeader('PCMA', 9));
  utimesSync(path, 1_000, 1_000);
  expect((await repairRecordings(directory, 2_000_000)).repaired).toEqual([]);
  expect((await repairRecordings(directory, 1_000_000)).repaired).toHaveLength(1);
});

test('a directory that is not there has nothing to mend; what cannot be mended is told', async () => {
  expect(await repairRecordings(join(directory, 'nowhere'))).toEqual({ repaired: [], unrepaired: [], unfinished: [] });
  const path = put('file.wav', wavHeader('PCMA', 1));
  const { unrepaired } = await repairRecordings(path);
  expect(unrepaired).toMatchObject([{ path, detail: expect.stringContaining('ENOTDIR') }]);
});
