import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordingEntry } from '@vats/pbx';
import { beforeEach, expect, test } from 'vitest';
import { data, json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();
beforeEach(() => serve());

async function listed(id: string, more: Partial<RecordingEntry> = {}): Promise<RecordingEntry> {
  const entry: RecordingEntry = {
    ...{ id, call: id.replace(/\..*/, ''), domain: running.model.directory.model.domains[0]!.id },
    ...{ path: `recordings/${id}.wav`, from: '201', to: '202', startedAt: 1_000, durationMs: 1, state: 'complete' },
    ...more,
  };
  await running.store.recordings.put(entry);
  return entry;
}

function put(path: string, octets: Buffer | string): string {
  mkdirSync(join(data, 'recordings'), { recursive: true });
  writeFileSync(join(data, path), octets);
  return join(data, path);
}

test('export writes a new file, into a folder under its own name, and never over another', async () => {
  await listed('x1');
  put('recordings/x1.wav', 'RIFF of sound');
  const to = join(data, 'out.wav');
  expect(await vats('recordings', 'export', 'x1', to)).toMatchObject({ code: 0, out: `${to}\n` });
  expect(readFileSync(to, 'utf8')).toBe('RIFF of sound');
  expect((await vats('recordings', 'export', 'x1', to)).err).toMatch(/out\.wav: it is there already: name another/);
  mkdirSync(join(data, 'folder'));
  expect((await vats('recordings', 'export', 'x1', join(data, 'folder'))).out).toBe(`${join(data, 'folder/x1.wav')}\n`);
});

test('a call with several recordings wants one named; what is gone is said, and an unknown call', async () => {
  await listed('x1');
  await listed('x1.2', { startedAt: 2_000 });
  put('recordings/x1.2.wav', 'second');
  const to = join(data, 'out.wav');
  const several = await vats('recordings', 'export', 'x1', to);
  expect([several.code, several.err]).toEqual([2, expect.stringContaining('name one of x1, x1.2')]);
  expect((await vats('recordings', 'export', 'x1.2', to)).code).toBe(0);
  expect(readFileSync(to, 'utf8')).toBe('second');
  await listed('x2', { state: 'expired' });
  expect((await vats('recordings', 'export', 'x2', to)).err).toMatch(/call x2 is there no more: expired/);
  expect((await vats('recordings', 'export', 'x9', to)).err).toMatch(/no recording of call x9/);
});

test('the list has what the other commands ask for: the id of each recording', async () => {
  await listed('x1');
  await listed('x1.2', { startedAt: 2_000 });
  const lines = (await vats('recordings')).out.trimEnd().split('\n');
  expect(lines.map((line) => line.split(/ +/)[0])).toEqual(['ID', 'x1.2', 'x1']);
});

test('verify names what is wrong and ends with 1; what is gone by rule is not looked for', async () => {
  await listed('x2', { state: 'expired' });
  expect(await vats('recordings', 'verify')).toMatchObject({ code: 0, out: 'nothing is recorded yet\n' });
  await listed('x1');
  const missing = await vats('recordings', 'verify');
  expect([missing.code, missing.out]).toEqual([1, expect.stringContaining('x1.wav: BAD: the sound file is missing')]);
  expect(missing.err).toMatch(/1 of 1 recordings are not what was recorded/);
});

test('no call is recorded by hand that is not there; the words are checked first', async () => {
  expect((await vats('calls', 'record', 'x1', 'start')).err).toMatch(/there is no call x1/);
  expect(await vats('calls', 'record', 'x1', 'begin')).toMatchObject({ code: 2 });
});

test('the status says how much room is asked for, and no word of a disk that is well', async () => {
  expect(await json('status')).toMatchObject({ recordings: { low: false, minFree: 500_000_000 } });
  expect((await vats('status')).out).not.toMatch(/RECORDED/);
});
