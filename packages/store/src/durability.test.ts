import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { modelOf } from '@vats/pbx/testing';
import { expect, test } from 'vitest';
import { ACME, openIn, reopened, saved } from './testing/reopened.ts';
import { scratchDirectory } from './testing/scratch.ts';
import { workerLink } from './worker-link.ts';

test('killed while it writes, the process has kept every write that it acknowledged, calls that were up too', async () => {
  using scratch = scratchDirectory();
  const script = fileURLToPath(new URL('./testing/writer-process.ts', import.meta.url));
  const writer = spawn(process.execPath, [script, scratch.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(writer, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === 300) writer.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(acknowledged.length).toBeGreaterThanOrEqual(300);
  await reopened(scratch.path, async (store) => {
    const calls = new Set((await store.history.list({ limit: 1_000 })).calls.map(({ id }) => `call ${id}`));
    const bindings = new Set((await store.bindings.load()).map(({ id }) => `binding ${id}`));
    const up = new Set((await store.history.open()).map(({ id }) => `up ${id}`));
    expect(acknowledged.filter((line) => !calls.has(line) && !bindings.has(line) && !up.has(line))).toEqual([]);
    expect(up.size).toBeGreaterThan(10);
    expect(store.models.model).toEqual(modelOf('domain: killed.example\n'));
  });
});

test('what one thread wrote the next one reads', async () => {
  using scratch = scratchDirectory();
  const first = await openIn(scratch.path, workerLink());
  await first.models.save(modelOf(ACME));
  await first.close();
  const second = await openIn(scratch.path, workerLink());
  expect(second.models.model).toEqual(modelOf(ACME));
  await second.close();
});

test('a copy of the data directory made after a close is a backup', async () => {
  using here = scratchDirectory();
  using there = scratchDirectory();
  await saved(here.path, modelOf(ACME));
  for (const name of ['vats.db', 'key']) copyFileSync(join(here.path, name), join(there.path, name));
  expect(await reopened(there.path, (store) => store.models.model)).toEqual(modelOf(ACME));
});
