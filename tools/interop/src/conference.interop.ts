import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { type Account, ANNA, BORIS, pbxFile } from './office.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { gaps, samples, seconds } from './sound.ts';
import { Switch } from './switch.ts';
import { call } from './two-phones.ts';

const NEEDS = ['baresip', 'sox'];
const VERA: Account = { extension: '203', name: 'Vera Orlova', login: 'vera', password: 'Mn4bVc6X' };
const OFFICE = [ANNA, BORIS, VERA];
/** What each says, in hertz; none is a harmonic of another, and none of the switch's own tones. */
const TONES = [380, 530, 690];
const PIN = '48213';
const RATE = 8_000;

/** Which of the three tones are in a part of a file: whose amplitude there is a hundredth of full scale or more. */
async function who(file: string, { from, length, channel = 1 }: { from: number; length: number; channel?: number }) {
  const heard = (await samples(file, channel)).subarray(Math.floor(from * RATE), Math.floor((from + length) * RATE));
  return TONES.flatMap((hertz, phone) => (amplitude(heard, hertz) > 0.01 ? [phone] : []));
}

/** Of one frequency in a sound, by a windowed Fourier sum. */
function amplitude(sound: Float64Array, hertz: number): number {
  let [re, im, weight] = [0, 0, 0];
  for (const [i, sample] of sound.entries()) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / sound.length);
    re += window * sample * Math.cos((2 * Math.PI * hertz * i) / RATE);
    im += window * sample * Math.sin((2 * Math.PI * hertz * i) / RATE);
    weight += window;
  }
  return (2 * Math.hypot(re, im)) / weight;
}

async function stage(scene: Scene, more: Readonly<Record<string, unknown>>, codecs: readonly string[][] = []) {
  const vats = await Switch.start(scene, { pbx: pbxFile({ accounts: OFFICE, more }) });
  const phones = await Promise.all(
    OFFICE.map((account, i) =>
      Baresip.start(scene, {
        ...{ ...account, switch: vats.sip, tone: TONES[i]! },
        ...(codecs[i] !== undefined && { codecs: codecs[i] }),
      }),
    ),
  );
  await Promise.all(phones.map((phone) => phone.registered()));
  return { vats, phones };
}

async function key(phone: Baresip, digits: string): Promise<void> {
  for (const digit of digits) {
    await phone.press(digit);
    await wait(150);
  }
}

describe('a conference', () => {
  scenario(
    'three phones dial in with the PIN: each hears the two others, and the recording has all three',
    { needs: NEEDS },
    async (scene) => {
      const conferences = [{ extension: '700', name: 'Weekly', pin: PIN, record: true }];
      const { vats, phones } = await stage(scene, { conferences }, [['PCMA/8000/1'], ['G722/16000/1']]);
      for (const [i, phone] of phones.entries()) {
        await phone.dial('700');
        await phone.event('CALL_ESTABLISHED');
        await wait(500);
        // The first one errs once.
        if (i === 0) {
          await key(phone, '11111#');
          await wait(700);
        }
        await key(phone, `${PIN}#`);
      }
      // What the last one is told at the beginning is over by then.
      await wait(7_000);
      for (const phone of phones) await phone.hangUp();
      await vats.idle(15_000);

      for (const [i, phone] of phones.entries()) {
        const file = phone.heard()[0]!;
        const length = await seconds(file);
        const others = [0, 1, 2].filter((other) => other !== i);
        expect([i, await who(file, { from: length - 3, length: 2 })]).toEqual([i, others]);
      }
      const [recording] = await vats.recordings();
      expect(recording).toMatchObject({ state: 'complete' });
      const length = await seconds(recording!.file);
      for (const channel of [1, 2]) {
        expect(await who(recording!.file, { from: length - 3, length: 2, channel })).toEqual([0, 1, 2]);
      }
      const manifest = JSON.parse(readFileSync(recording!.file.replace(/\.wav$/, '.json'), 'utf8')) as {
        readonly parties: readonly { readonly party: { readonly number: string; readonly name: string } }[];
        readonly heard: readonly { readonly party: { readonly number: string } }[];
      };
      expect(manifest.parties.map(({ party }) => party.number).sort()).toEqual(['201', '202', '203']);
      expect(new Set(manifest.heard.map(({ party }) => party.number))).toEqual(new Set(['201', '202', '203']));
      for (const phone of phones) await phone.stop();
      expect(await vats.stop()).toEqual({ code: 0, signal: null });
    },
  );
});

describe('a supervisor', () => {
  scenario(
    'listens, whispers and barges into a call: who hears whom, on all ears and in the recording',
    { needs: NEEDS },
    async (scene) => {
      const { vats, phones } = await stage(scene, { recording: { mode: 'all' } });
      const [anna, boris, vera] = phones as [Baresip, Baresip, Baresip];
      await call(anna, boris, BORIS.extension);
      const began = performance.now();
      const { calls } = JSON.parse(await vats.command('calls', '--json')) as { calls: { id: string }[] };
      const id = calls[0]!.id;
      const at = () => (performance.now() - began) / 1_000;
      await wait(2_000);
      await vats.command('calls', 'listen', id, '--to', VERA.extension);
      await vera.event('CALL_INCOMING');
      await vera.answer();
      await vera.event('CALL_ESTABLISHED');
      const joined = at();
      const stretches: { readonly from: number; readonly to: number }[] = [];
      for (const how of ['listen', 'whisper', 'barge']) {
        if (how !== 'listen') await vats.command('calls', how, id, '--to', VERA.extension);
        const from = at() + 0.6;
        await wait(2_600);
        stretches.push({ from, to: at() - 0.2 });
      }
      await vera.hangUp();
      const alone = at() + 0.6;
      await wait(2_600);
      await anna.hangUp();
      await boris.event('CALL_CLOSED');
      await vats.idle(15_000);

      const [atAnna, atBoris, atVera] = phones.map((phone) => phone.heard()[0]!) as [string, string, string];
      const recording = (await vats.recordings())[0]!.file;
      // Seconds of each file are seconds of the call: its phones and its recording begin with the answer.
      const heard = async (file: string, since = 0, channel = 1) =>
        await Promise.all(
          [...stretches, { from: alone, to: alone + 1.5 }].map(async ({ from, to }) =>
            who(file, { from: from - since, length: to - from, channel }),
          ),
        );
      expect(await heard(atAnna)).toEqual([[1], [1], [1, 2], [1]]);
      expect(await heard(atBoris)).toEqual([[0], [0, 2], [0, 2], [0]]);
      expect((await heard(atVera, joined)).slice(0, 3)).toEqual([
        [0, 1],
        [0, 1],
        [0, 1],
      ]);
      expect(await heard(recording, 0, 1)).toEqual([[0], [0], [0], [0]]);
      expect(await heard(recording, 0, 2)).toEqual([[1], [1], [1, 2], [1]]);
      // A busy machine holds its phones up for a moment; a leg that was lost on its way would be silent for longer.
      expect(await gaps(recording, 1, 0.5)).toEqual([]);
      for (const phone of phones) await phone.stop();
      expect(await vats.stop()).toEqual({ code: 0, signal: null });
    },
  );
});
