import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { run } from './program.ts';

const EXAMPLE = fileURLToPath(new URL('../../../../docs/examples/pbx.yaml', import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vats-check-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** The prompts that `vats check` of a file says are not there. */
async function missing(path: string, ...options: string[]): Promise<string[]> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(['check', path, ...options], {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
  });
  expect([code, err.join('')]).toEqual([0, '']);
  return [...out.join('').matchAll(/there is no prompt (\S+);/g)].map(([, name]) => name ?? '');
}

function playing(language: string, ...names: string[]): string {
  const path = join(folder, 'pbx.yaml');
  const steps = names.map((name) => `{ play: ${name} }`).join(', ');
  writeFileSync(path, `domain: acme.example\nlanguage: ${language}\nschemes: [{ name: main, open: [${steps}] }]\n`);
  return path;
}

function prompt(...path: string[]): void {
  const file = join(folder, 'data', 'prompts', ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '');
}

test('the prompts of the example are there, for they are built in', async () => {
  vi.stubEnv('VATS_DATA', join(folder, 'data'));
  expect(await missing(EXAMPLE)).toEqual([]);
});

test('a prompt that is neither built in nor in the data directory, for all languages or for the domain’s, is warned of', async () => {
  prompt('hello.wav');
  prompt('en', 'english.wav');
  prompt('en', 'half.wav.new');
  const path = playing('en', 'greeting', 'hello', 'english', 'half', 'none');
  const data = join(folder, 'data');
  expect(await missing(path, '--data', data)).toEqual(['half', 'none']);
  expect(await missing(playing('ru', 'greeting', 'hello', 'english'), '--data', data)).toEqual(['english']);
  vi.stubEnv('VATS_DATA', data);
  expect(await missing(playing('en', 'hello', 'half'))).toEqual(['half']);
});

test('a file by itself is judged by the built-in ones, whatever is wrong with the settings of this machine', async () => {
  vi.stubEnv('VATS_SIP_LISTEN', 'nonsense');
  expect(await missing(playing('ru', 'greeting', 'none'))).toEqual(['none']);
});
