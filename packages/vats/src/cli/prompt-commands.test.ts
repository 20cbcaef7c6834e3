import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monoWav, readWavForm } from '@vats/media';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Converter, ImportFailure, importPrompt } from '../prompts/import-prompt.ts';
import { promptFile } from '../prompts/prompt-files.ts';
import { run } from './program.ts';

let data: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'vats-prompts-'));
});
afterEach(() => rmSync(data, { recursive: true }));

async function vats(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const streams = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) };
  const code = await run([...argv, '--data', data], streams);
  return { code, out: out.join(''), err: err.join('') };
}

function file(name: string, content: Uint8Array | string): string {
  const path = join(data, name);
  writeFileSync(path, content);
  return path;
}

const SOUND = Int16Array.from({ length: 48_000 }, (_, i) => Math.round(8_000 * Math.sin(i / 20)));

test('the built-in prompts are listed with what they say, in the language asked for', async () => {
  const { code, out } = await vats('prompts', 'list');
  expect(code).toBe(0);
  for (const name of ['greeting', 'main-menu', 'closed'])
    expect(out).toMatch(new RegExp(`^${name} +built in +0:`, 'm'));
  expect(out).toContain('Здравствуйте!');
  expect((await vats('prompts', 'list', '--language', 'en')).out).toContain('Hello!');
});

test('an imported WAV becomes one channel at a rate of ours, goes before the built-in one, and says its length', async () => {
  const from = file('Приветствие.wav', monoWav(SOUND, 48_000));
  const { code, out } = await vats('prompts', 'import', from, '--name', 'greeting');
  expect([code, out]).toEqual([0, `greeting: 0:01 in ${join(data, 'prompts', 'greeting.wav')}\n`]);
  const form = readWavForm(readFileSync(join(data, 'prompts', 'greeting.wav')));
  expect(form).toMatchObject({ ok: true, value: { rate: 16_000, channels: 1, form: 's16', frames: 16_000 } });
  expect((await vats('prompts', 'list')).out).toMatch(/^greeting +own +0:01/m);
  expect(promptFile(data, 'ru', 'greeting')?.own).toBe(true);
  await vats('prompts', 'import', from, '--name', 'greeting', '--language', 'en', '--rate', '8000');
  expect(promptFile(data, 'en', 'greeting')?.path).toBe(join(data, 'prompts', 'en', 'greeting.wav'));
  expect(promptFile(data, 'ru', 'greeting')?.path).toBe(join(data, 'prompts', 'greeting.wav'));
  expect(promptFile(data, 'ru', 'none')).toBeUndefined();
});

test('a prompt of one’s own is removed, and the built-in one is heard again', async () => {
  const from = file('x.wav', monoWav(SOUND, 48_000));
  for (const name of ['greeting', 'x']) await vats('prompts', 'import', from, '--name', name);
  const own = join(data, 'prompts', 'greeting.wav');
  const { code, out } = await vats('prompts', 'remove', 'greeting');
  expect([code, out]).toEqual([
    0,
    `greeting: ${own} is removed; ${promptFile(data, 'ru', 'greeting')?.path} is heard in its place\n`,
  ]);
  expect(promptFile(data, 'ru', 'greeting')?.own).toBe(false);
  expect((await vats('prompts', 'remove', 'x')).out).toContain('is removed; steps that say it are passed over');
  expect(promptFile(data, 'ru', 'x')).toBeUndefined();
});

test('what is no prompt of one’s own is not removed, and no file elsewhere', async () => {
  file('x.wav', 'kept');
  for (const [name, why] of [
    ['greeting', 'greeting is no prompt of your own: it is a built-in one; see vats prompts list'],
    ['none', 'none is no prompt of your own: there is none; see vats prompts list'],
    ['../x', '../x is not a name'],
  ] as const) {
    const { code, err } = await vats('prompts', 'remove', name);
    expect([name, code !== 0, err]).toEqual([name, true, expect.stringContaining(why)]);
  }
  const { err } = await vats('prompts', 'remove', 'x', '--language', 'en');
  expect(err).toContain('x is no prompt of your own for en');
  expect(readFileSync(join(data, 'x.wav'), 'utf8')).toBe('kept');
});

test('an own prompt that was there already is said to be replaced', async () => {
  const from = file('x.wav', monoWav(SOUND, 48_000));
  const into = join(data, 'prompts', 'x.wav');
  expect((await vats('prompts', 'import', from)).out).toBe(`x: 0:01 in ${into}\n`);
  expect((await vats('prompts', 'import', from)).out).toBe(`x: 0:01 in ${into}, replaced\n`);
  expect(JSON.parse((await vats('prompts', 'import', from, '--json')).out)).toMatchObject({ replaced: true });
});

test("the file's name is the prompt's, unless it can't be one", async () => {
  await vats('prompts', 'import', file('Приветствие.wav', monoWav(SOUND, 48_000)));
  expect(promptFile(data, 'ru', 'Приветствие')?.own).toBe(true);
  const { code, err } = await vats('prompts', 'import', file('a b.wav', monoWav(SOUND, 48_000)));
  expect([code, err]).toEqual([3, expect.stringMatching(/a b is not a name: .*--name/)]);
  expect((await vats('prompts', 'import', 'x.wav', '--name', '../x')).code).toBe(3);
});

test('a file that is none is told with the reason', async () => {
  const { code, err } = await vats('prompts', 'import', join(data, 'none.wav'));
  expect([code, err]).toEqual([1, expect.stringMatching(/none\.wav can't be read: ENOENT/)]);
});

test('an own prompt that is spoilt is shown as such', async () => {
  await vats('prompts', 'import', file('x.wav', monoWav(SOUND, 48_000)));
  writeFileSync(join(data, 'prompts', 'x.wav'), 'ID3 this is an MP3');
  expect((await vats('prompts', 'list')).out).toMatch(/^x +own +- +the file is not a WAV: .*vats prompts import/m);
});

describe('other formats go through ffmpeg', () => {
  test('without a shell: the name is an argument behind file:, whatever it looks like', () => {
    const from = file('-i ; touch x.mp3', 'ID3');
    const asked: (readonly string[])[] = [];
    const converter: Converter = (program, args) => {
      asked.push([program, ...args]);
      return monoWav(SOUND.subarray(0, 16_000), 16_000);
    };
    const made = importPrompt(from, join(data, 'p.wav'), 16_000, converter);
    expect(made).toMatchObject({ milliseconds: 1_000, by: 'ffmpeg' });
    expect(asked).toEqual([
      expect.arrayContaining(['ffmpeg', '-nostdin', '-protocol_whitelist', 'file,pipe', `file:${from}`]),
    ]);
  });

  test.each<[string, Converter, RegExp]>([
    [
      'it is not installed',
      () => {
        throw Object.assign(new Error('spawn ffmpeg ENOENT'), { code: 'ENOENT' });
      },
      /the file is not a WAV, and ffmpeg, .* not installed: install it, or save the file as WAV$/,
    ],
    [
      "it can't read it",
      () => {
        throw Object.assign(new Error('Command failed'), { stderr: Buffer.from('x: Invalid data found\nmore') });
      },
      /ffmpeg can't read it: x: Invalid data found$/,
    ],
    ['there is no sound', () => Buffer.alloc(0), /ffmpeg found no sound in it/],
  ])('%s', (_, converter, message) => {
    const from = file('x.mp3', 'ID3');
    expect(() => importPrompt(from, join(data, 'p.wav'), 8_000, converter)).toThrow(message);
    expect(() => importPrompt(from, join(data, 'p.wav'), 8_000, converter)).toThrow(ImportFailure);
  });
});

test('where nothing can be written, that is told and no half file stays', () => {
  writeFileSync(join(data, 'prompts'), 'a file in the way');
  expect(() => importPrompt(file('x.wav', monoWav(SOUND, 48_000)), join(data, 'prompts', 'x.wav'), 8_000)).toThrow(
    /can't be written/,
  );
});
