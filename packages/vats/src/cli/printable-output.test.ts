import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from './program.ts';

/** What steers a terminal (ESC, and U+009B, which means ESC [), turns what it shows, or is not seen at all. */
const UNSEEN = '\u001b\u009b31m\u202e\u{e0041}\u2800';
const SHOWN = /\\u001b\\u009b31m\\u202e\\udb40\\udc41\\u2800/;
const READABLE = /^[\n\u0020-\u007e…]*$/;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vats-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function said(...argv: string[]): Promise<string> {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  await run(argv, { out: write, err: write });
  return text;
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** In YAML's double quotes, so that ESC may be there. */
const QUOTED = JSON.stringify(UNSEEN);

test.each([
  ['a key of a PBX file', 'pbx.yaml', `domain: acme.example\n${QUOTED}: 1\n`],
  ['a value of a PBX file', 'pbx.yaml', `domain: acme.example\naccess: ${QUOTED}\nusers: [{ extension: ${QUOTED} }]\n`],
  ['a value of settings', 'vats.yaml', `sip:\n  listen: [${QUOTED}]\n`],
  ['a key of settings', 'vats.yaml', `sip:\n  ${QUOTED}: 1\n`],
  ['a text that is no YAML', 'pbx.yaml', `domain: acme.example\nusers: [{${UNSEEN}: *x, }]\n}`],
])('%s is told without steering the terminal', async (_, name, text) => {
  const path = file(name, text);
  for (const command of [
    ['check', path],
    ['apply', path, '--data', folder],
    ['explain', 'policy', path, '--data', folder],
    ['status', '--config', path],
  ]) {
    expect(await said(...command)).toMatch(READABLE);
  }
  expect(await said('check', path)).toMatch(/error/);
});

test('problems as JSON are the ones that there are', async () => {
  const path = file('pbx.yaml', `domain: acme.example\n${QUOTED}: 1\n`);
  const text = await said('check', path, '--json');
  expect(text).toMatch(READABLE);
  expect(JSON.parse(text)).toMatchObject({ ok: false, problems: [{ path: `[${QUOTED}]` }] });
});

test.each([
  [['check', `/nowhere/${UNSEEN}.yaml`]],
  [['status', '--data', `/nowhere/${UNSEEN}`]],
  [[UNSEEN]],
  [['check', `--${UNSEEN}`]],
  [['bans', UNSEEN]],
  [['explain', 'geo', UNSEEN]],
])('%j is told as what it is', async (argv) => {
  const text = await said(...argv);
  expect(text).toMatch(READABLE);
  expect(text).toMatch(SHOWN);
});
