import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { type Account, ANNA, BORIS, pbxFile } from './office.ts';
import { scenario } from './scenario.ts';
import { samples, writeTone } from './sound.ts';
import { Switch } from './switch.ts';

const NEEDS = ['baresip', 'sox'];
const VERA: Account = { extension: '203', name: 'Vera Orlova', login: 'vera', password: 'Mn4bVc6X' };
const NUMBER = '+74951234567';
const RATE = 8_000;
/** What each menu and each phone is known by, in hertz; none is a harmonic of another. */
const TONES = { main: 310, more: 410, boris: 530, vera: 690 } as const;
type Sound = keyof typeof TONES;
const PIN = '904817';

/** As a company writes it: a menu with a menu in it, extensions, and somebody for who presses nothing. */
const SCHEMES = [
  {
    name: 'main',
    open: [
      {
        menu: {
          prompt: 'main',
          timeout: '1s',
          keys: {
            '1': { ring: BORIS.extension },
            // An extension begins with it.
            '2': { hangup: 'busy' },
            '4': { menu: { prompt: 'more', keys: { '*': { ring: VERA.extension } }, otherwise: { hangup: 'normal' } } },
            '9': { ring: VERA.extension },
          },
          pins: { '9': PIN },
          extension: true,
          otherwise: { ring: VERA.extension },
        },
      },
    ],
  },
];

/** What is heard, in order: each sound that fills a fifth of a second and more. */
async function soundsIn(file: string): Promise<Sound[]> {
  const heard = await samples(file);
  const length = RATE / 10;
  const found: { sound: Sound; windows: number }[] = [];
  for (let at = 0; at + length <= heard.length; at += length) {
    const sound = soundOf(heard.subarray(at, at + length));
    const last = found.at(-1);
    if (sound === undefined) continue;
    if (last?.sound === sound) last.windows++;
    else found.push({ sound, windows: 1 });
  }
  return found.filter(({ windows }) => windows > 1).map(({ sound }) => sound);
}

/** The one whose power is four fifths of the whole. */
function soundOf(part: Float64Array): Sound | undefined {
  const power = part.reduce((sum, sample) => sum + sample ** 2, 0);
  if (Math.sqrt(power / part.length) < 0.005) return undefined;
  return (Object.keys(TONES) as Sound[]).find((sound) => {
    const turn = (2 * Math.PI * TONES[sound]) / RATE;
    let [re, im] = [0, 0];
    for (const [i, sample] of part.entries()) {
      re += sample * Math.cos(turn * i);
      im += sample * Math.sin(turn * i);
    }
    return (2 * (re ** 2 + im ** 2)) / part.length / power > 0.8;
  });
}

/** With pauses as a person makes them. */
async function presses(phone: Baresip, keys: string): Promise<void> {
  for (const key of keys) {
    await phone.press(key);
    await wait(200);
  }
}

scenario(
  'a caller hears each menu, and the phone rings of the key, the extension, the PIN, or the silence',
  { needs: NEEDS },
  async (scene) => {
    const more = { numbers: [{ number: NUMBER, scheme: 'main' }], schemes: SCHEMES };
    const vats = await Switch.start(scene, { pbx: pbxFile({ accounts: [ANNA, BORIS, VERA], more }) });
    const prompts = join(vats.data, 'prompts');
    mkdirSync(prompts, { recursive: true });
    for (const menu of ['main', 'more'] as const) await writeTone(join(prompts, `${menu}.wav`), TONES[menu], 3);
    const phone = (account: Account, tone: number) => Baresip.start(scene, { ...account, switch: vats.sip, tone });
    const [anna, boris, vera] = await Promise.all([
      phone(ANNA, 420),
      phone(BORIS, TONES.boris),
      phone(VERA, TONES.vera),
    ]);
    for (const each of [anna, boris, vera]) await each.registered();

    const calls = [
      { does: () => presses(anna, '1'), rings: boris, heard: ['main', 'boris'] },
      { does: () => presses(anna, '202'), rings: boris, heard: ['main', 'boris'] },
      {
        does: async () => {
          await presses(anna, '4');
          await wait(1_000);
          await presses(anna, '*');
        },
        rings: vera,
        heard: ['main', 'more', 'vera'],
      },
      {
        does: async () => {
          await presses(anna, '9');
          await wait(1_000);
          await presses(anna, `${PIN}#`);
        },
        rings: vera,
        heard: ['main', 'vera'],
      },
      { does: () => wait(100), rings: vera, heard: ['main', 'vera'] },
    ] as const;
    for (const { does, rings } of calls) {
      await anna.dial(NUMBER);
      await anna.event('CALL_ESTABLISHED');
      await wait(1_000);
      await does();
      await rings.event('CALL_INCOMING', 15_000);
      await rings.answer();
      await rings.event('CALL_ESTABLISHED');
      await wait(1_500);
      await anna.hangUp();
      await rings.event('CALL_CLOSED');
      await vats.idle(15_000);
    }
    const files = anna.heard();
    expect(files).toHaveLength(calls.length);
    for (const [i, { heard }] of calls.entries()) expect([i, await soundsIn(files[i]!)]).toEqual([i, heard]);
    for (const each of [anna, boris, vera]) await each.stop();
    expect(await vats.stop()).toEqual({ code: 0, signal: null });
  },
);

scenario(
  'a service of the company is told what a caller chose, and says who rings; when it is silent somebody else does',
  { needs: NEEDS },
  async (scene) => {
    const told: { from?: string; keys?: string[] }[] = [];
    const service = createServer((request, response) => {
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', () => {
        const question = JSON.parse(text) as (typeof told)[number];
        told.push(question);
        if (question.keys?.[0] === '1') response.end(JSON.stringify({ ring: BORIS.extension }));
      });
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    scene.own('the service that decides', () => service.close());
    scene.own('whom it keeps waiting', () => service.closeAllConnections());
    const { port } = service.address() as AddressInfo;
    const asks = {
      decide: { url: `http://127.0.0.1:${port}/next`, timeout: '1s', otherwise: { ring: VERA.extension } },
    };
    const menu = { prompt: 'main', keys: { '1': { prefix: 'One: ' }, '2': { prefix: 'Two: ' } } };
    const more = {
      numbers: [{ number: NUMBER, scheme: 'main' }],
      schemes: [{ name: 'main', open: [{ menu }, asks] }],
    };
    const vats = await Switch.start(scene, {
      pbx: pbxFile({ accounts: [ANNA, BORIS, VERA], more }),
      settings: { decisions: { allow: ['127.0.0.1'] } },
    });
    const prompts = join(vats.data, 'prompts');
    mkdirSync(prompts, { recursive: true });
    await writeTone(join(prompts, 'main.wav'), TONES.main, 3);
    const phone = (account: Account, tone: number) => Baresip.start(scene, { ...account, switch: vats.sip, tone });
    const [anna, boris, vera] = await Promise.all([
      phone(ANNA, 420),
      phone(BORIS, TONES.boris),
      phone(VERA, TONES.vera),
    ]);
    for (const each of [anna, boris, vera]) await each.registered();
    for (const [key, rings] of [
      ['1', boris],
      ['2', vera],
    ] as const) {
      await anna.dial(NUMBER);
      await anna.event('CALL_ESTABLISHED');
      await wait(1_000);
      await presses(anna, key);
      await rings.event('CALL_INCOMING', 15_000);
      await rings.answer();
      await rings.event('CALL_ESTABLISHED');
      await wait(500);
      await anna.hangUp();
      await rings.event('CALL_CLOSED');
      await vats.idle(15_000);
    }
    expect(told).toMatchObject([
      { from: ANNA.extension, keys: ['1'] },
      { from: ANNA.extension, keys: ['2'] },
    ]);
    for (const each of [anna, boris, vera]) await each.stop();
    expect(await vats.stop()).toEqual({ code: 0, signal: null });
  },
);
