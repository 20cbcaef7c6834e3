import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { builtInPrompt } from '@vats/media';
import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { scenario } from './scenario.ts';
import { likeness, samples, writeTone } from './sound.ts';
import { Switch } from './switch.ts';
import { soundTo } from './wire-sound.ts';

const NEEDS = ['baresip', 'sox', 'tshark', 'dumpcap', 'root'];
const NUMBER = '+74951234567';
const RATE = 8_000;
/** What each sound of the call is known by, in hertz. */
const HEARD = { ringback: 425, beep: 1_000, boris: 600, music: 520 } as const;
type Sound = keyof typeof HEARD;

/** Samples of a twentieth of a second. */
const WINDOW = RATE / 20;

/** Which of the sounds fills a window: four fifths of its power and more. */
function soundIn(heard: Float64Array, from: number): Sound | undefined {
  const part = heard.subarray(from, from + WINDOW);
  let power = 0;
  for (const sample of part) power += sample ** 2;
  if (Math.sqrt(power / part.length) < 0.005) return undefined;
  for (const [name, hertz] of Object.entries(HEARD) as [Sound, number][]) {
    const turn = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
    let [last, before] = [0, 0];
    for (const sample of part) [last, before] = [sample + turn * last - before, last];
    const ofTone = (last ** 2 + before ** 2 - turn * last * before) / (part.length / 2);
    if (ofTone / power > 0.8) return name;
  }
  return undefined;
}

/** The sounds in the order in which they are heard, and for how many windows each. */
function soundsIn(heard: Float64Array): [Sound, number][] {
  const found: [Sound, number][] = [];
  for (let at = 0; at + WINDOW <= heard.length; at += WINDOW) {
    const sound = soundIn(heard, at);
    const last = found.at(-1);
    if (sound === undefined) continue;
    if (last?.[0] === sound) last[1]++;
    else found.push([sound, 1]);
  }
  return found;
}

scenario(
  'a caller of a scheme hears the greeting, ringback, the beep of the recording, the callee, and music while on hold',
  { needs: NEEDS },
  async (scene) => {
    const more = {
      recording: { mode: 'all', announce: 'beep' },
      holdMusic: 'melody',
      numbers: [{ number: NUMBER, scheme: 'main' }],
      schemes: [{ name: 'main', open: [{ play: 'greeting' }, { ring: BORIS.extension }] }],
    };
    const vats = await Switch.start(scene, { pbx: pbxFile({ more }) });
    mkdirSync(join(vats.data, 'prompts'), { recursive: true });
    await writeTone(join(vats.data, 'prompts', 'melody.wav'), HEARD.music, 4);
    const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port] });
    const [anna, boris] = await Promise.all([
      Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420 }),
      Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: HEARD.boris }),
    ]);
    await Promise.all([anna.registered(), boris.registered()]);
    await anna.dial(NUMBER);
    // The call is answered for the greeting, which lasts longer than it takes to say so.
    await anna.event('CALL_ESTABLISHED');
    await boris.event('CALL_INCOMING', 10_000);
    await wait(1_500);
    await boris.answer();
    await boris.event('CALL_ESTABLISHED');
    await wait(2_500);
    await boris.hold();
    await wait(2_000);
    await boris.resume();
    await wait(1_500);
    await anna.hangUp();
    await boris.event('CALL_CLOSED');
    await vats.idle(15_000);
    await Promise.all([anna.stop(), boris.stop()]);
    await wire.stop();

    // By the wire: what baresip writes ends when it is put on hold.
    const { file, sources } = await soundTo(scene, wire, vats.sip.address, anna);
    const heard = await samples(file);
    const greeting = await samples(builtInPrompt('en', 'greeting'));
    expect(likeness(heard, greeting, 2)).toBeGreaterThan(0.95);
    const sounds = soundsIn(heard.subarray(greeting.length));
    const told = sounds.map(([sound, windows]) => `${sound} ${windows}`).join(', ');
    expect(
      sounds.filter(([, windows]) => windows > 2).map(([sound]) => sound),
      told,
    ).toEqual(['ringback', 'beep', 'boris', 'music', 'boris']);
    const recorded = (await vats.recordings())[0];
    expect(recorded?.state).toBe('complete');
    // In the caller's stream everything is one source's: no phone starts its jitter buffer anew.
    expect(sources.size).toBe(1);
  },
);
