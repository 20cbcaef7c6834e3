import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMPANY, data, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

test('an apply warns of the prompts that the switch has not, until they are there', async () => {
  await serve();
  const path = join(data, 'company.yaml');
  writeFileSync(path, `${COMPANY}schemes: [{ name: main, open: [{ play: greeting }, { play: hello }] }]\n`);
  const warned = async (): Promise<string[]> => {
    const { code, out } = await vats('apply', path, '--dry-run');
    expect(code).toBe(0);
    return [...out.matchAll(/there is no prompt (\S+);/g)].map(([, name]) => name ?? '');
  };
  expect(await warned()).toEqual(['hello']);
  mkdirSync(join(data, 'prompts'), { recursive: true });
  writeFileSync(join(data, 'prompts', 'hello.wav'), '');
  expect(await warned()).toEqual([]);
});
