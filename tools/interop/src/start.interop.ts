import { createSocket } from 'node:dgram';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Child } from './child.ts';
import { shared } from './corpus.ts';
import { eventually } from './deadline.ts';
import { pbxFile } from './office.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { sipsakOptions } from './sipsak.ts';
import { answers, MAIN, NODE, Switch, vats } from './switch.ts';

const CONTRACT = shared('contract');

interface Broken {
  readonly name: string;
  readonly file: 'vats.yaml' | 'pbx.yaml';
  /** What stands in the file, on one line, and what a tired person writes instead. */
  readonly was: string;
  readonly is: string;
  /** A word that the complaint must have, so that it is about this mistake. */
  readonly about: RegExp;
}

const BROKEN: readonly Broken[] = [
  { name: 'a misspelt key', file: 'vats.yaml', was: 'media:', is: 'medai:', about: /medai.*media/ },
  { name: 'a port range upside down', file: 'vats.yaml', was: '20000-29999', is: '29999-20000', about: /ports/ },
  {
    name: 'a transport that nobody has',
    file: 'vats.yaml',
    was: 'tcp://127.0.0.1:5060',
    is: 'tpc://127.0.0.1:5060',
    about: /tpc/,
  },
  {
    name: 'a duration without a unit',
    file: 'vats.yaml',
    was: 'silenceTimeout: 60s',
    is: 'silenceTimeout: soon',
    about: /silenceTimeout/,
  },
  { name: 'an unknown log level', file: 'vats.yaml', was: 'level: info', is: 'level: loud', about: /level/ },
  { name: 'an extension twice', file: 'pbx.yaml', was: '- extension: "202"', is: '- extension: "201"', about: /201/ },
  { name: 'a weak login', file: 'pbx.yaml', was: 'login: boris,', is: 'login: "bo ris",', about: /login/ },
  {
    name: 'a group member who does not exist',
    file: 'pbx.yaml',
    was: 'members: ["201", "202", "203"]',
    is: 'members: ["201", "202", "204"]',
    about: /204/,
  },
  {
    name: 'a time zone that is none',
    file: 'pbx.yaml',
    was: 'timezone: Europe/Moscow',
    is: 'timezone: Europe/Moskva',
    about: /Moskva/,
  },
  {
    name: 'a list policy without a list',
    file: 'pbx.yaml',
    was: 'access: { mode: list, allow: [127.0.0.1, 127.0.0.5] }',
    is: 'access: list',
    about: /allow/,
  },
  { name: 'a scheme that does not exist', file: 'pbx.yaml', was: 'scheme: main', is: 'scheme: mian', about: /mian/ },
  { name: 'broken YAML', file: 'pbx.yaml', was: 'language: ru ', is: 'language: ru: en ', about: /./ },
];

/** Lays the contract's two files into the scene, one of them broken, and tells the line. */
function broken(
  scene: Scene,
  { file, was, is }: Broken,
): { readonly args: string[]; readonly line: number; readonly path: string } {
  const path = (name: string) => scene.path(name);
  let line = 0;
  for (const name of ['vats.yaml', 'pbx.yaml']) {
    let text = readFileSync(`${CONTRACT}/${name}`, 'utf8');
    if (name === file) {
      const at = text.indexOf(was);
      if (at < 0) throw new Error(`${file} has no ${was}`);
      line = text.slice(0, at).split('\n').length;
      text = text.slice(0, at) + is + text.slice(at + was.length);
    }
    writeFileSync(path(name), text);
  }
  return { args: ['--config', path('vats.yaml'), '--apply', path('pbx.yaml')], line, path: path(file) };
}

// In CI the contract files are promised; a checkout that stands alone goes without.
describe.skipIf(!process.env.CI && CONTRACT === undefined)('the contract files', () => {
  scenario('are accepted as they are, and sipsak hears a 200', { needs: ['sipsak'] }, async (scene) => {
    const args = ['up', '--config', `${CONTRACT}/vats.yaml`, '--apply', `${CONTRACT}/pbx.yaml`];
    const child = await Child.start(scene, NODE, [MAIN, ...args], { name: 'switch', patience: 15_000 });
    await eventually('running switch', () => answers(scene.path('data', 'control.sock')), { milliseconds: 20_000 });
    expect((await sipsakOptions({ address: '127.0.0.1', port: 5060 }))?.status).toBe(200);
    expect(await child.stop()).toEqual({ code: 0, signal: null });
  });

  test('more than ten ways to break them', () => {
    expect(BROKEN.length).toBeGreaterThanOrEqual(10);
  });

  for (const variant of BROKEN) {
    scenario(`${variant.name} is refused with its place and a remedy`, { needs: [] }, async (scene) => {
      const { args, line, path } = broken(scene, variant);
      const ran = await vats(['up', ...args], { cwd: scene.directory });
      expect(ran.code, ran.stdout + ran.stderr).toBe(3);
      const complaints = ran.stderr.split('\n').filter((text) => text.includes(': error: '));
      expect(complaints.length, ran.stderr).toBeGreaterThan(0);
      const complaint = complaints.find((text) => text.includes(`${path}:${line}:`));
      expect(complaint, `a complaint about line ${line} in:\n${ran.stderr}`).toBeDefined();
      expect(complaint).toMatch(variant.about);
      expect(complaint, 'what is wrong; what to do').toMatch(/: error: .+; .+/);
      // Checking is the same without starting.
      expect((await vats(['check', path], { cwd: scene.directory })).code).toBe(3);
    });
  }
});

describe('a start that can not be', () => {
  const settings = (scene: Scene, port: number) => {
    const path = scene.path('vats.yaml');
    const listen = [`udp://127.0.0.1:${port}`, `tcp://127.0.0.1:${port}`];
    writeFileSync(path, JSON.stringify({ data: scene.path('data'), sip: { listen } }));
    return path;
  };
  const oneLine = (ran: { code: number | null; stderr: string }, about: RegExp) => {
    expect(ran.code, ran.stderr).toBe(3);
    expect(ran.stderr.trim().split('\n'), ran.stderr).toHaveLength(1);
    expect(ran.stderr).toMatch(about);
  };

  for (const transport of ['udp', 'tcp'] as const) {
    scenario(`a ${transport} port in use: one line, exit 3`, { needs: [] }, async (scene) => {
      const port = await freePorts();
      const taken = transport === 'udp' ? createSocket('udp4') : createServer();
      await new Promise<void>((resolve) => {
        if ('bind' in taken) taken.bind(port, '127.0.0.1', resolve);
        else taken.listen(port, '127.0.0.1', resolve);
      });
      scene.own('the taken port', () => taken.close());
      oneLine(await vats(['up', '--config', settings(scene, port)]), new RegExp(String(port)));
    });
  }

  scenario('a settings file that is not there: one line, exit 3', { needs: [] }, async (scene) => {
    oneLine(await vats(['up', '--config', scene.path('nowhere.yaml')]), /nowhere\.yaml/);
  });

  scenario('a data directory that can not be made: one line, exit 3', { needs: [] }, async (scene) => {
    writeFileSync(scene.path('file'), '');
    oneLine(await vats(['up', '--data', `${scene.path('file')}/data`], { cwd: scene.directory }), /file/);
  });

  scenario('a second switch on the same data: one line, exit 3', { needs: [] }, async (scene) => {
    const first = await Switch.start(scene, { pbx: pbxFile({}) });
    const path = scene.path('second.yaml');
    const port = await freePorts();
    writeFileSync(path, JSON.stringify({ data: first.data, sip: { listen: [`udp://127.0.0.1:${port}`] } }));
    oneLine(await vats(['up', '--config', path]), /another process|already runs/);
    await first.idle();
  });
});
