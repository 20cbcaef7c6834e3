import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryLog } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { ControlServer } from '../control/control-server.ts';
import { run } from './program.ts';
import { data, json, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();
beforeEach(() => serve());

test.each(['listen', 'whisper', 'barge'])(
  '%s: a call that is not there is said, and who is to hear it has to be',
  async (how) => {
    expect(await vats('calls', how, 'x1', '--to', '201')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/there is no call x1/),
    });
    expect(await vats('calls', how, 'x1')).toMatchObject({ code: 2, err: expect.stringMatching(/--to/) });
  },
);

test.each([
  ['listen', '203 rings, or is there already, and then hears call x1\n'],
  ['whisper', '203 rings, or is there already, and then is heard by the employee of call x1\n'],
  ['barge', '203 rings, or is there already, and then is heard by both sides of call x1\n'],
])('%s says what becomes of the call', async (how, said) => {
  const elsewhere = join(data, 'other');
  mkdirSync(elsewhere);
  const obliging = await ControlServer.open(elsewhere, { 'POST /calls/:id/supervision': () => ({}) }, new MemoryLog());
  const out: string[] = [];
  const streams = { out: (text: string) => void out.push(text), err: () => {} };
  expect(await run(['calls', how, 'x1', '--to', '203', '--data', elsewhere], streams)).toBe(0);
  await obliging.close();
  expect(out.join('')).toBe(said);
});

test('conferences: nobody is in one', async () => {
  expect(await vats('conferences')).toMatchObject({ code: 0, out: 'nobody is in a conference\n' });
  expect(await json('conferences')).toMatchObject({ conferences: [] });
});
