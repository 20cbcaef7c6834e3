import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Child, run } from './child.ts';
import { eventually } from './deadline.ts';
import { expectTone } from './judge.ts';
import { scenario } from './scenario.ts';
import { sipsakOptions } from './sipsak.ts';
import { recordingsOf } from './switch.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Where a switch without any settings listens. */
const DEFAULT = { address: '127.0.0.1', port: 5060 };

/** The environment of somebody who has just logged in: nothing of this workspace, a home of their own. */
function bareEnvironment(home: string): string[] {
  const path = (process.env.PATH ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  const certificates = Object.entries(process.env).filter(([name]) =>
    /^(NODE_EXTRA_CA_CERTS|https?_proxy)$/i.test(name),
  );
  // npm's own look for a newer npm may keep it from ending for as long as the network likes.
  const quiet = 'npm_config_update_notifier=false';
  return [
    '-i',
    `HOME=${home}`,
    `PATH=${path.join(':')}`,
    quiet,
    ...certificates.map(([name, value]) => `${name}=${value}`),
  ];
}

/** What the banner tells a person to type into two softphones. */
function accounts(banner: readonly string[]): { readonly login: string; readonly password: string }[] {
  return banner.flatMap((line) => {
    const found = /user name (\S+)\s+password (\S+)/.exec(line);
    return found ? [{ login: found[1] as string, password: found[2] as string }] : [];
  });
}

scenario(
  'a fresh clone in an empty home: npm start, and two phones call with what the banner says',
  { needs: ['git', 'npm', 'sipsak', 'baresip', 'sox'], seconds: 400 },
  async (scene) => {
    const clone = scene.path('clone');
    const cloned = await run('git', ['clone', '-q', ROOT, clone], { milliseconds: 60_000 });
    expect(cloned.code, cloned.stderr).toBe(0);

    const begun = performance.now();
    const npm = await Child.start(scene, 'env', [...bareEnvironment(scene.folder('home')), 'npm', 'start'], {
      name: 'npm-start',
      cwd: clone,
      patience: 20_000,
    });
    await npm.line(/VATS \S+ is up/, 300_000);
    console.log(`npm start on a fresh clone: ${Math.round((performance.now() - begun) / 1_000)} s`);
    expect((await sipsakOptions(DEFAULT))?.status).toBe(200);

    const [first, second] = await eventually('two accounts in the banner', () => {
      const made = accounts(npm.output);
      return made.length === 2 && made;
    });
    const kept = readFileSync(`${clone}/data/first-start.txt`, 'utf8');
    expect(kept).toContain(first?.password);
    const phone = (account: typeof first, tone: number) =>
      Baresip.start(scene, { ...(account as { login: string; password: string }), switch: DEFAULT, tone });
    const [caller, callee] = [await phone(first, 420), await phone(second, 600)];
    await Promise.all([caller.registered(), callee.registered()]);
    await caller.dial(callee.login);
    await callee.event('CALL_INCOMING');
    await callee.answer();
    await caller.event('CALL_ESTABLISHED');
    await wait(2_500);
    await caller.hangUp();
    await callee.event('CALL_CLOSED');
    await expectTone(caller.heard()[0] as string, 600, { from: 0.5, length: 1.5 });
    await expectTone(callee.heard()[0] as string, 420, { from: 0.5, length: 1.5 });
    const [recording] = await recordingsOf(`${clone}/data`);
    await expectTone(recording?.file as string, 420, { channel: 1, from: 0.5, length: 1.5 });
    await expectTone(recording?.file as string, 600, { channel: 2, from: 0.5, length: 1.5 });

    // Ctrl-C and a service manager signal npm, not the switch: it must pass the signal and the exit code on.
    expect(await npm.stop()).toEqual({ code: 0, signal: null });
    expect(existsSync(`${clone}/data/control.sock`)).toBe(false);
  },
);
