import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askSwitch } from '../control/control-client.ts';
import { reloadAnswer, statusAnswer } from './answers.ts';
import { run } from './program.ts';
import { reloadText } from './show.ts';

const MAIN = new URL('../main.ts', import.meta.url).pathname;
const children = new Set<ChildProcess>();
let data: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'vats-up-'));
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  }
  children.clear();
  rmSync(data, { recursive: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  output(): string;
  /** Resolves when the output holds this text; rejects when the process ends before. */
  says(text: string): Promise<void>;
}

function vatsUp(...flags: string[]): Running {
  const argv = [MAIN, 'up', '--data', data, '--media-ports', '28000-28099', '--log-format', 'json', ...flags];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH } });
  children.add(child);
  let output = '';
  const waiting = new Set<() => void>();
  const grow = (part: Buffer): void => {
    output += part.toString();
    for (const look of waiting) look();
  };
  child.stdout.on('data', grow);
  child.stderr.on('data', grow);
  const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return {
    child,
    exit,
    output: () => output,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!output.includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        void exit.then((code) => reject(new Error(`ended with ${code} before it said ${text}:\n${output}`)));
      }),
  };
}

const LISTEN = ['--listen', 'udp://127.0.0.1:0'];

test('the first start makes accounts, answers commands, and a signal ends it with exit code 0', async () => {
  const running = vatsUp(...LISTEN);
  await running.says('switch.ready');
  // The banner goes another way than the log, and may come later.
  await running.says('The passwords are shown this once');
  expect(running.output()).toMatch(/user name 201 +password \S{16}/);
  const file = join(data, 'first-start.txt');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const [, password = ''] = /^201 (\S+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
  expect(running.output().split(password)).toHaveLength(2);
  // The store knows digests only, and those are sealed.
  for (const stored of ['vats.db', 'vats.db-wal']) {
    const path = join(data, stored);
    if (existsSync(path)) expect(readFileSync(path).includes(password)).toBe(false);
  }

  const told = await askSwitch(data, 'GET', '/status');
  expect(told).toMatchObject({ sip: { handlerFaults: 0, userFaults: 0 } });
  const status = statusAnswer.parse(told);
  expect(status).toMatchObject({ calls: 0, domains: [{ name: 'demo.vats', users: 2 }] });

  const said: string[] = [];
  const streams = { out: (text: string) => void said.push(text), err: (text: string) => void said.push(text) };
  expect(await run(['user', 'add', '205', 'Vera', '--login', 'vera', '--data', data], streams)).toBe(0);
  expect(said.join('')).toMatch(/login vera {2}password \S{16}/);
  // Those made at the first start are left as they are, without a word.
  expect(said.join('')).not.toContain('Demo');
  expect(await run(['user', 'add', '205', 'Vera', '--data', data], streams)).toBe(3);
  said.length = 0;
  expect(await run(['export', '--data', data], streams)).toBe(0);
  expect(said.join('')).toMatch(/login: vera/);
  expect(said.join('')).not.toMatch(/password:/);

  running.child.kill('SIGTERM');
  expect(await running.exit).toBe(0);
  expect(existsSync(join(data, 'control.sock'))).toBe(false);
});

test('a second start keeps the accounts and shows no password again', async () => {
  const first = vatsUp(...LISTEN);
  await first.says('switch.ready');
  first.child.kill('SIGTERM');
  await first.exit;
  const second = vatsUp(...LISTEN);
  await second.says('switch.ready');
  await second.says('demo.vats (2 users)');
  expect(second.output()).not.toMatch(/password \S{16}/);
  second.child.kill('SIGTERM');
  expect(await second.exit).toBe(0);
});

test('a port in use is one clear line and exit code 3', async () => {
  const taken = createSocket('udp4');
  await new Promise<void>((resolve) => taken.bind(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const running = vatsUp('--listen', `udp://127.0.0.1:${port}`);
  expect(await running.exit).toBe(3);
  taken.close();
  expect(running.output()).toMatch(
    new RegExp(`sip\\.listen udp://127\\.0\\.0\\.1:${port}: the port is in use: .*--listen`),
  );
  expect(existsSync(join(data, 'control.sock'))).toBe(false);
});

test('a directory that is no directory is one clear line and exit code 3', async () => {
  const running = vatsUp(...LISTEN, '--data', '/dev/null/x');
  expect(await running.exit).toBe(3);
  expect(running.output()).toMatch(/data \/dev\/null\/x: .*--data/);
});

test('a bad flag is one clear line and exit code 3, before anything is opened', async () => {
  const running = vatsUp('--listen', 'http://127.0.0.1');
  expect(await running.exit).toBe(3);
  expect(running.output()).toMatch(/--listen/);
  expect(existsSync(join(data, 'vats.db'))).toBe(false);
});

test('a broken PBX file is told with its place and exit code 3, before anything is opened', async () => {
  const file = join(data, 'pbx.yaml');
  writeFileSync(file, 'domain: acme.example\nuser: []\n');
  const running = vatsUp(...LISTEN, '--apply', file);
  expect(await running.exit).toBe(3);
  expect(running.output()).toContain(`${file}:2:`);
  expect(existsSync(join(data, 'vats.db'))).toBe(false);
});

test('beside what is wrong with a file it is not told that built-in prompts are missing', async () => {
  const file = join(data, 'pbx.yaml');
  const scheme = 'schemes: [{ name: main, open: [{ play: greeting }, { ring: "299" }] }]';
  writeFileSync(file, `domain: acme.example\n${scheme}\n`);
  const running = vatsUp(...LISTEN, '--apply', file);
  expect(await running.exit).toBe(3);
  expect(running.output()).toContain('299');
  expect(running.output()).not.toContain('greeting');
});

test('warnings about a file at the start steer no terminal', async () => {
  const file = join(data, 'pbx\u009b31m\u202e.yaml');
  writeFileSync(file, 'domain: acme.example\ngroups: [{ extension: "600", name: Sales, members: [] }]\n');
  const running = vatsUp(...LISTEN, '--apply', file);
  await running.says('switch.ready');
  running.child.kill('SIGTERM');
  expect(await running.exit).toBe(0);
  expect(running.output()).toMatch(/pbx\\u009b31m\\u202e\.yaml:2:\d+: warning: /);
  expect(running.output()).toMatch(/^[\n -~]*$/);
});

test('SIGHUP takes what it can of a changed settings file and names what waits for a restart', async () => {
  const file = join(data, 'vats.yaml');
  writeFileSync(file, 'access: { trusted: [192.0.2.1] }\n');
  const running = vatsUp(...LISTEN, '--config', file);
  await running.says('switch.ready');
  writeFileSync(file, 'access: { trusted: [192.0.2.2], proxies: { 10.0.0.5: X-Client } }\ncalls: { max: 7 }\n');
  running.child.kill('SIGHUP');
  await running.says('"event":"switch.reloaded"');
  expect(running.output()).toContain('"keys":["calls.max","access.proxies"],"event":"switch.needs-restart"');
  expect(await askSwitch(data, 'POST', '/reload')).toEqual({
    reloaded: true,
    needsRestart: ['calls.max', 'access.proxies'],
    changes: [],
    warnings: [],
  });

  writeFileSync(file, `access: { policy: russia, geo: { database: ${join(data, 'nowhere.mmdb')} } }\n`);
  running.child.kill('SIGHUP');
  await running.says('"event":"switch.not-reloaded"');
  expect(running.output()).toMatch(/access\.geo\.database: .*nowhere\.mmdb does not exist; check the path/);
  running.child.kill('SIGTERM');
  expect(await running.exit).toBe(0);
});

test('a reload tells what it changed and whom the file names no longer', async () => {
  const pbx = join(data, 'pbx.yaml');
  const users = (...names: string[]): string =>
    `domain: acme.example\nusers: [${names.map((name, i) => `{ extension: "20${i}", name: ${name} }`).join(', ')}]\n`;
  writeFileSync(pbx, users('Anna', 'Boris'));
  const running = vatsUp(...LISTEN, '--apply', pbx);
  await running.says('switch.ready');
  writeFileSync(pbx, users('Anya'));
  const answer = reloadAnswer.parse(await askSwitch(data, 'POST', '/reload'));
  expect(reloadText(answer).split('\n').slice(-4)).toEqual([
    '~ user 200 Anya: name: Anna -> Anya',
    '. user 201 Boris (no longer in the file; --prune removes it)',
    'reloaded',
    '',
  ]);
  running.child.kill('SIGTERM');
  expect(await running.exit).toBe(0);
});

test('SIGHUP with a broken PBX file changes nothing of the settings either', async () => {
  const file = join(data, 'vats.yaml');
  const pbx = join(data, 'pbx.yaml');
  writeFileSync(file, 'log: { level: info }\n');
  writeFileSync(pbx, 'domain: acme.example\n');
  const running = vatsUp(...LISTEN, '--config', file, '--apply', pbx);
  await running.says('switch.ready');
  writeFileSync(file, 'log: { level: error }\n');
  writeFileSync(pbx, 'domain: acme.example\nuser: []\n');
  running.child.kill('SIGHUP');
  await running.says('switch.not-reloaded');
  running.child.kill('SIGTERM');
  // Which is logged at the level that was.
  await running.says('switch.stopped');
  expect(await running.exit).toBe(0);
});

test('a country table that cannot be used is told at the start by file, line and key', async () => {
  const file = join(data, 'vats.yaml');
  writeFileSync(file, 'access:\n  geo: { database: /nowhere.mmdb }\n');
  const running = vatsUp(...LISTEN, '--config', file);
  expect(await running.exit).toBe(3);
  expect(running.output()).toContain(
    `${file}:2:20: error: access.geo.database: /nowhere.mmdb does not exist; check the path`,
  );
});
