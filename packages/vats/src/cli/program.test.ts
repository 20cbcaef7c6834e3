import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from './program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vats-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function vats(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const code = await run(argv, {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('a good file is good, with its warnings counted', async () => {
  const path = file('pbx.yaml', 'domain: acme.example\nusers:\n  - { extension: "201", name: Anna }\n');
  const { code, out } = await vats('check', path);
  expect(code).toBe(0);
  expect(out).toContain(`${path}: good`);
});

test('a broken file names file, line, key and remedy, and exits with 3', async () => {
  const path = file('pbx.yaml', 'domain: acme.example\nusers:\n  - { extension: "201", nam: Anna }\n');
  const { code, out } = await vats('check', path);
  expect(code).toBe(3);
  expect(out).toMatch(/pbx\.yaml:3:\d+: error: users\[0\]\.nam: .*did you mean name\?/);
});

test('settings are told from a PBX by their keys', async () => {
  const path = file('vats.yaml', 'sip:\n  listen: [udp://127.0.0.1:99999]\n');
  const { code, out } = await vats('check', path, '--json');
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({ ok: false, problems: [{ line: 2, severity: 'error' }] });
});

test('a file that is not there is configuration', async () => {
  const { code, err } = await vats('check', join(folder, 'nowhere.yaml'));
  expect(code).toBe(3);
  expect(err).toMatch(/nowhere\.yaml: no such file/);
});

test('a file that is no text is told by its first line that is none', async () => {
  const path = join(folder, 'bin.yaml');
  writeFileSync(path, Buffer.from([0x61, 0x3a, 0x20, 0x0a, 0xff, 0xfe]));
  const { code, err } = await vats('check', path);
  expect(code).toBe(3);
  expect(err).toMatch(/bin\.yaml:2: error: the text is not UTF-8; save the file as UTF-8$/m);
});

test.each([[['fly']], [['check']], [['up', '--bogus']], [['user', 'add', '205']]])(
  '%j is a usage error',
  async (argv) => {
    const { code, err } = await vats(...argv);
    expect(code).toBe(2);
    expect(err).toContain('vats --help');
  },
);

test.each([
  [['bans', 'ad', '9.9.9.9', '--for', '1h'], "error: unknown command 'ad': did you mean add?"],
  [['geo', 'bogus'], "error: unknown command 'bogus': there is update"],
  [['calls', 'hangpu', 'x'], "error: unknown command 'hangpu': did you mean hangup?"],
  [['bans', '--jsn'], "error: unknown option '--jsn': did you mean --json?"],
])('%j names the slip', async (argv, message) => {
  const { code, err } = await vats(...argv);
  expect([code, err.split('\n')[0]]).toEqual([2, message]);
});

test.each([[['--help']], [['--version']], [['user', '--help']]])('%j is no error', async (argv) => {
  const { code, out } = await vats(...argv);
  expect(code).toBe(0);
  expect(out).not.toBe('');
});

test('asking a switch that does not run says how to start one', async () => {
  const { code, err } = await vats('status', '--data', folder);
  expect(code).toBe(1);
  expect(err).toMatch(/no switch runs on .*start it with "vats up"/);
});

test('a number that is none is a usage error', async () => {
  const { code, err } = await vats('recordings', '--limit', 'abc', '--data', folder);
  expect(code).toBe(2);
  expect(err).toMatch(/--limit.*abc.*whole number/);
});

test.each([['apply'], ['explain', 'policy']])(
  '%s %s: a file that is no good does not even reach a switch',
  async (...command) => {
    const networks = Array.from({ length: 10_001 }, (_, i) => `    - 20.${i >> 8}.${i & 255}.0/24\n`).join('');
    const path = file('pbx.yaml', `domain: acme.example\naccess:\n  mode: list\n  allow:\n${networks}`);
    const { code, err } = await vats(...command, path, '--data', join(folder, 'no-switch'));
    expect(code).toBe(3);
    expect(err).toMatch(/pbx\.yaml:5:5: error: access\.allow: the list has 10001 networks, and 10000 are the most/);
  },
);
