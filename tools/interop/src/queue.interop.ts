import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { builtInPrompt } from '@vats/media';
import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { type Account, ANNA, BORIS, pbxFile } from './office.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import { Sipp } from './sipp.ts';
import { likeness, sameTone, samples, seconds, tone, writeTone } from './sound.ts';
import { Switch } from './switch.ts';
import { soundTo } from './wire-sound.ts';

const NEEDS = ['baresip', 'sipp', 'sox', 'tshark', 'dumpcap', 'root'];
const account = (extension: string, login: string): Account => ({ ...BORIS, extension, login, name: login });
const [VERA, DORA, GLEB] = [account('203', 'vera'), account('204', 'dora'), account('205', 'gleb')];
const MUSIC = 520;
const AGENT = 640;
const OTHERS = 4;

interface Queue {
  readonly waiting: readonly { readonly from: { readonly number: string }; readonly rings: boolean }[];
  readonly today: { readonly answered: number; readonly abandoned: number };
}

scenario(
  'callers hear music and their place; of three agents one answers, and the others are told that it was elsewhere',
  { needs: NEEDS },
  async (scene) => {
    const pbx = (members: readonly string[]) =>
      pbxFile({
        accounts: [ANNA, BORIS, VERA, DORA, GLEB],
        more: {
          holdMusic: 'melody',
          groups: [
            { extension: '600', name: 'Sales', members, ring: '20s', queue: { max: 10, announcePosition: true } },
          ],
        },
      });
    // Somebody outside, to whom there is no way: agents come when the file says so.
    const vats = await Switch.start(scene, { pbx: pbx(['+79160000000']) });
    mkdirSync(join(vats.data, 'prompts'), { recursive: true });
    await writeTone(join(vats.data, 'prompts', 'melody.wav'), MUSIC, 4);
    const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port] });
    const [anna, boris, vera, dora] = await Promise.all([
      Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420 }),
      ...[BORIS, VERA, DORA].map((agent) => Baresip.start(scene, { ...agent, switch: vats.sip, tone: AGENT })),
    ]);
    await Promise.all([anna!, boris!, vera!, dora!].map((phone) => phone.registered()));
    const queue = async (): Promise<Queue> =>
      (JSON.parse(await vats.command('queues', '--json')) as { queues: readonly Queue[] }).queues[0] as Queue;

    await anna!.dial('600');
    await anna!.event('CALL_ESTABLISHED');
    const local = { address: '127.0.0.1', port: await freePorts(2) };
    const others = await Sipp.start(scene, {
      ...{ scenario: 'caller', target: vats.sip, local, users: [GLEB], dials: '600' },
      ...{ calls: OTHERS, rate: 10, hold: 20_000, patience: 60 },
    });
    // All that is said to who waits is heard to its end before an agent comes.
    await wait(10_000);
    const before = await queue();
    expect(before.waiting.map(({ from }) => from.number)).toEqual(['201', ...Array(OTHERS).fill('205')]);
    await vats.apply(pbx(['202', '203', '204']));
    await Promise.all([boris!, vera!, dora!].map((agent) => agent.event('CALL_INCOMING', 10_000)));
    expect((await queue()).waiting.map(({ rings }) => rings)).toEqual([true, ...Array(OTHERS).fill(false)]);
    await boris!.answer();
    await boris!.event('CALL_ESTABLISHED');
    await Promise.all([vera!, dora!].map((agent) => agent.event('CALL_CLOSED')));
    // Whoever is free rings for the next caller, who gives up in the end.
    await Promise.all([vera!, dora!].map((agent) => agent.event('CALL_INCOMING', 10_000)));
    await wait(3_000);
    await anna!.hangUp();
    await boris!.event('CALL_CLOSED');
    const result = await others.finished(40_000);
    expect(result).toMatchObject({ successful: OTHERS, failed: 0 });
    await vats.idle(15_000);
    expect((await queue()).today).toMatchObject({ answered: 1, abandoned: OTHERS });
    await Promise.all([anna!, boris!, vera!, dora!].map((phone) => phone.stop()));
    await wire.stop();

    const { file } = await soundTo(scene, wire, vats.sip.address, anna!);
    expect(sameTone(await tone(file, { from: 1, length: 1.5 }), MUSIC)).toBe(true);
    const length = await seconds(file);
    expect(sameTone(await tone(file, { from: length - 2.5, length: 2 }), AGENT)).toBe(true);
    const heard = await samples(file);
    for (const prompt of ['queue-all-busy', 'queue-you-are-next']) {
      const wanted = await samples(builtInPrompt('en', prompt));
      expect(likeness(heard.subarray(2 * 8_000), wanted, 8), prompt).toBeGreaterThan(0.95);
    }
    const cancels = await wire.rows('sip.Method == "CANCEL" && sip.Reason contains "elsewhere"', ['sip.r-uri.user']);
    // baresip's Contact has more behind its login.
    expect(cancels.map(([user = '']) => user.split('-')[0]).sort()).toEqual(['dora', 'vera']);
  },
);
