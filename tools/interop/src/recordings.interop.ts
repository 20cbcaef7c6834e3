import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { run } from './child.ts';
import { expectTone } from './judge.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { gaps, loudness, seconds } from './sound.ts';
import { Switch } from './switch.ts';
import { call, TONE } from './two-phones.ts';

const NEEDS = ['baresip', 'sox', 'ffmpeg'];
/** How far sound and manifest may be apart, seconds. */
const APART = 0.1;

type Keys = Readonly<Record<string, unknown>>;

/** What of a manifest is read here (docs/recordings.md). */
interface Manifest {
  readonly state: string;
  readonly end: string;
  readonly durationMs: number;
  readonly parties: readonly unknown[];
  readonly heard: readonly { readonly channel: string; readonly fromMs: number; readonly toMs: number }[];
  readonly pauses: readonly { readonly fromMs: number; readonly toMs: number }[];
}

async function stage(scene: Scene, recording: Keys, settings: Keys = {}) {
  const vats = await Switch.start(scene, { pbx: pbxFile({ more: { recording } }), settings });
  const [anna, boris] = await Promise.all([
    Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: TONE.anna }),
    Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: TONE.boris }),
  ]);
  await Promise.all([anna.registered(), boris.registered()]);
  return { vats, anna, boris };
}

function manifestsOf(vats: Switch): Manifest[] {
  const directory = join(vats.data, 'recordings');
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as Manifest);
}

async function idOf(vats: Switch): Promise<string> {
  const { calls } = JSON.parse(await vats.command('calls', '--json')) as { calls: { id: string }[] };
  return calls[0]?.id ?? '';
}

describe('recordings', () => {
  scenario(
    'hold, a pause for a card number, stop and start: the files play, and their manifests agree with the sound',
    { needs: NEEDS },
    async (scene) => {
      const { vats, anna, boris } = await stage(scene, { mode: 'all' });
      await call(anna, boris, BORIS.extension);
      const id = await idOf(vats);
      await wait(2_000);
      await anna.hold();
      await wait(2_500);
      await anna.resume();
      await wait(1_500);
      await vats.command('calls', 'record', id, 'pause');
      await wait(1_500);
      await vats.command('calls', 'record', id, 'resume');
      await wait(1_500);
      await vats.command('calls', 'record', id, 'stop');
      await wait(500);
      await vats.command('calls', 'record', id, 'start');
      await wait(1_500);
      await anna.hangUp();
      await boris.event('CALL_CLOSED');
      await vats.idle(15_000);

      const manifests = manifestsOf(vats);
      expect(manifests.map(({ end, state }) => [end, state])).toEqual([
        ['stopped', 'complete'],
        ['call-ended', 'complete'],
      ]);
      const [first, second] = manifests as [Manifest, Manifest];
      const recordings = await vats.recordings();
      const files = recordings.map(({ file }) => file);
      expect(recordings.map(({ state }) => state)).toEqual(['complete', 'complete']);
      for (const [file, { durationMs }] of [
        [files[0]!, first],
        [files[1]!, second],
      ] as const) {
        expect(Math.abs((await seconds(file)) - durationMs / 1_000)).toBeLessThan(APART);
      }
      expect(first.parties).toMatchObject([
        { channel: 'left', party: { number: '201', name: 'Anna Petrova' } },
        { channel: 'right', party: { number: '202', name: 'Boris Sidorov' } },
      ]);
      expect(first.pauses).toHaveLength(1);
      const pause = first.pauses[0]!;
      for (const channel of [1, 2] as const) {
        const side = channel === 1 ? 'left' : 'right';
        // Each silence of the sound is between two stretches of the manifest, and they meet within a tenth of a second.
        const silent = await gaps(files[0]!, channel, 0.5);
        const heard = first.heard.filter(({ channel: on }) => on === side);
        expect(heard.length).toBeGreaterThanOrEqual(2);
        for (const [index, stretch] of heard.slice(1).entries()) {
          const before = heard[index]!;
          const gap = silent.find(({ at }) => Math.abs(at - before.toMs / 1_000) < APART + 0.02);
          expect(gap, `${side}: silence from ${before.toMs} ms in ${JSON.stringify(silent)}`).toBeDefined();
          expect(Math.abs(gap!.at + gap!.length - stretch.fromMs / 1_000)).toBeLessThan(APART + 0.04);
        }
        const within = {
          channel,
          from: pause.fromMs / 1_000 + 0.04,
          length: (pause.toMs - pause.fromMs) / 1_000 - 0.08,
        };
        expect(await loudness(files[0]!, within)).toBeLessThan(0.001);
        await expectTone(files[0]!, channel === 1 ? TONE.anna : TONE.boris, {
          channel,
          from: pause.toMs / 1_000 + 0.3,
          length: 0.8,
        });
        await expectTone(files[1]!, channel === 1 ? TONE.anna : TONE.boris, { channel, from: 0.4, length: 0.8 });
      }
      expect(await vats.command('recordings', 'verify')).toMatch(/(good\n.*){2}/);
    },
  );

  scenario(
    'as MP3: encoded after the call, and where the call was it is in the file',
    { needs: NEEDS },
    async (scene) => {
      const { vats, anna, boris } = await stage(scene, { mode: 'all', format: 'mp3' });
      await call(anna, boris, BORIS.extension);
      await wait(3_000);
      await anna.hangUp();
      await boris.event('CALL_CLOSED');
      await vats.idle(15_000);
      const [manifest] = manifestsOf(vats);
      const file = (await vats.recordings())[0]?.file as string;
      expect(file).toMatch(/\.mp3$/);
      expect(readdirSync(dirname(file)).length).toBe(2);
      const wav = scene.path('decoded.wav');
      const decoded = await run('ffmpeg', ['-v', 'error', '-i', file, wav]);
      expect([decoded.code, decoded.stderr]).toEqual([0, '']);
      expect(Math.abs((await seconds(wav)) - manifest!.durationMs / 1_000)).toBeLessThan(APART);
      await expectTone(wav, TONE.anna, { channel: 1, from: 0.6, length: 1.5 });
      await expectTone(wav, TONE.boris, { channel: 2, from: 0.6, length: 1.5 });
      expect(await vats.command('recordings', 'verify')).toMatch(/good/);
    },
  );

  scenario(
    'encrypted, and kill -9: it opens up to its last second after the next start',
    { needs: NEEDS },
    async (scene) => {
      const { vats, anna, boris } = await stage(scene, { mode: 'all', encrypt: true });
      await call(anna, boris, BORIS.extension);
      const id = await idOf(vats);
      const begun = performance.now();
      await wait(5_000);
      const talked = (performance.now() - begun) / 1_000;
      await vats.kill();
      await vats.again();
      await vats.idle(15_000);
      const file = (await vats.recordings())[0]?.file as string;
      expect(file).toMatch(/\.vrec$/);
      expect(readFileSync(file).includes(Buffer.alloc(32, 0xd5))).toBe(false);
      const wav = scene.path('opened.wav');
      await vats.command('recordings', 'export', id, wav);
      expect(statSync(wav).mode & 0o777).toBe(0o600);
      const length = await seconds(wav);
      const [manifest] = manifestsOf(vats);
      expect(manifest).toMatchObject({ state: 'repaired', end: 'killed', encrypted: true });
      expect(Math.abs(length - manifest!.durationMs / 1_000)).toBeLessThan(APART);
      expect(length).toBeGreaterThan(talked - 1.3);
      await expectTone(wav, TONE.anna, { channel: 1, from: length - 1, length: 0.9 });
      await expectTone(wav, TONE.boris, { channel: 2, from: length - 1, length: 0.9 });
      expect(await vats.command('recordings', 'verify', id)).toMatch(/good/);
    },
  );

  scenario(
    'a disk that becomes full ends the recording and not the call, and it is said; with room it is recorded again',
    { needs: [...NEEDS, 'root'] },
    async (scene) => {
      const { vats, anna, boris } = await stage(scene, { mode: 'all' }, { recordings: { minFree: '1MB' } });
      const directory = join(vats.data, 'recordings');
      mkdirSync(directory, { recursive: true });
      const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=1200k', 'tmpfs', directory]);
      expect([mounted.code, mounted.stderr]).toEqual([0, '']);
      try {
        await call(anna, boris, BORIS.extension);
        await wait(16_000);
        expect(await vats.command('status')).toMatch(/NOTHING IS RECORDED: \d+ MB free/);
        expect(vats.logged('recordings.disk-low')).toHaveLength(1);
        // The call is as it was.
        expect((await vats.status()).calls).toBe(1);
        expect(manifestsOf(vats)).toMatchObject([{ end: 'low-disk', state: 'complete' }]);
        await run('mount', ['-o', 'remount,size=8m', directory]);
        await wait(6_000);
        expect(vats.logged('recordings.disk-well')).toHaveLength(1);
        await vats.command('calls', 'record', await idOf(vats), 'start');
        await wait(1_000);
        await anna.hangUp();
        await boris.event('CALL_CLOSED');
        await vats.idle(15_000);
        const file = (await vats.recordings())[1]?.file as string;
        await expectTone(file, TONE.anna, { channel: 1, from: 0.2, length: 0.6 });
      } finally {
        await vats.stop();
        await run('umount', [directory]);
      }
    },
  );
});
