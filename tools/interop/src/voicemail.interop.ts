import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { eventually } from './deadline.ts';
import { mailboxWatcher } from './event-scenarios.ts';
import { ANNA, BORIS, DOMAIN } from './office.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import { Sipp } from './sipp.ts';
import { samples, seconds } from './sound.ts';
import { Switch } from './switch.ts';

/** What Anna says, in hertz: no tone of the switch's own, and no harmonic of one. */
const TONE = 690;
const RATE = 8_000;

/** Anna, and Boris, who is never there. */
function office(voicemail: object, recording: object = { mode: 'none' }): string {
  return JSON.stringify({
    domain: DOMAIN,
    language: 'en',
    recording,
    voicemail: { pin: 'elsewhere', ...voicemail },
    users: [
      { extension: ANNA.extension, name: ANNA.name, devices: [{ login: ANNA.login, password: ANNA.password }] },
      {
        ...{ extension: BORIS.extension, name: BORIS.name, forward: { always: 'voicemail' } },
        devices: [{ login: BORIS.login, password: BORIS.password }],
      },
    ],
  });
}

/** The seconds of a file in which a tone is heard, and nothing else much louder: how much of each tenth is the tone. */
async function toneSeconds(file: string): Promise<number> {
  const heard = await samples(file, 1);
  let tenths = 0;
  for (let at = 0; at + RATE / 10 <= heard.length; at += RATE / 10) {
    const part = heard.subarray(at, at + RATE / 10);
    let [re, im, all] = [0, 0, 0];
    for (const [i, sample] of part.entries()) {
      re += sample * Math.cos((2 * Math.PI * TONE * i) / RATE);
      im += sample * Math.sin((2 * Math.PI * TONE * i) / RATE);
      all += sample * sample;
    }
    const power = (2 * (re * re + im * im)) / part.length;
    if (all > 0.01 && power / all > 0.8) tenths++;
  }
  return tenths / 10;
}

describe('voicemail', () => {
  for (const [how, recording, codecs] of [
    ['plain, by G.711', { mode: 'none' }, ['PCMA/8000/1']],
    ['encrypted, by G.722', { mode: 'none', encrypt: true }, ['G722/16000/1']],
  ] as const) {
    scenario(
      `a message that one phone leaves is heard at another, which lights its lamp: ${how}`,
      { needs: ['baresip', 'sox', 'sipp'] },
      async (scene) => {
        const vats = await Switch.start(scene, { pbx: office({ silence: '5s' }, recording) });
        const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: TONE, codecs: [...codecs] });
        await anna.registered();
        await wait(500);
        await anna.dial(BORIS.extension);
        await anna.event('CALL_ESTABLISHED');
        // A key leads past the greeting to the tone.
        await wait(1_000);
        await anna.press('1');
        await wait(5_000);
        await anna.hangUp();
        await vats.idle(15_000);

        const { boxes } = JSON.parse(await vats.command('voicemail', '--json'));
        expect(boxes).toMatchObject([{ box: '202', messages: [{ state: 'new', from: { number: '201' } }] }]);
        const [message] = boxes[0].messages;
        expect(message.durationMs).toBeGreaterThan(3_000);
        expect(message.durationMs).toBeLessThan(6_500);
        const file = scene.path('message.wav');
        await vats.command('voicemail', 'export', message.id, file);
        expect(await toneSeconds(file)).toBeGreaterThan(message.durationMs / 1_000 - 1.2);
        const [past] = await vats.history();
        expect(past).toMatchObject({ result: 'missed' });

        const boris = await Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: 380 });
        await boris.registered();
        const lamp = await Sipp.start(scene, {
          scenario: { own: 'uac', edited: mailboxWatcher(BORIS.extension) },
          target: vats.sip,
          local: { address: '127.0.0.1', port: await freePorts(2) },
          ...{ users: [BORIS], calls: 1, patience: 40 },
        });
        const subscribed = async (): Promise<boolean> =>
          JSON.parse(await vats.command('subscriptions', '--json')).subscriptions.length > 0;
        await eventually('subscription', subscribed, { milliseconds: 10_000, every: 100 });
        await boris.dial('*98');
        await boris.event('CALL_ESTABLISHED');
        await wait(700);
        await boris.press('1');
        await wait(13_000);
        await boris.hangUp();
        expect(await lamp.finished(30_000)).toMatchObject({ successful: 1, failed: 0 });
        const [heard] = boris.heard();
        expect(await seconds(heard!)).toBeGreaterThan(10);
        expect(await toneSeconds(heard!)).toBeGreaterThan(message.durationMs / 1_000 - 1.5);
        for (const phone of [anna, boris]) await phone.stop();
        expect(await vats.stop()).toEqual({ code: 0, signal: null });
      },
    );
  }

  scenario(
    'what a killed switch was recording is a message after its restart',
    { needs: ['baresip', 'sox'] },
    async (scene) => {
      const vats = await Switch.start(scene, { pbx: office({}) });
      const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: TONE });
      await anna.registered();
      await anna.dial(BORIS.extension);
      await anna.event('CALL_ESTABLISHED');
      await wait(1_000);
      await anna.press('1');
      await wait(6_000);
      await vats.kill();
      await vats.again();
      await wait(1_500);
      const { boxes } = JSON.parse(await vats.command('voicemail', '--json'));
      expect(boxes).toMatchObject([{ box: '202', messages: [{ state: 'new', from: { number: '201' } }] }]);
      const [message] = boxes[0].messages;
      // A second of it at most was not on disk yet.
      expect(message.durationMs).toBeGreaterThan(3_500);
      const file = scene.path('message.wav');
      await vats.command('voicemail', 'export', message.id, file);
      expect(await toneSeconds(file)).toBeGreaterThan(3);
      await anna.stop();
      expect(await vats.stop()).toEqual({ code: 0, signal: null });
    },
  );
});
