import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { eventually } from './deadline.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Sipp, sippRegister } from './sipp.ts';
import { Switch } from './switch.ts';
import { lacking } from './tools.ts';

/** How long each rate is offered, in seconds. */
const SECONDS = Number(process.env.VATS_OVERLOAD_SECONDS ?? 8);
/** Calls a second that are tried first, half as many more each time, until some are refused or lost: what fits. */
const FIRST_TRIED = 40;
const TRIED_SECONDS = 4;
/** What is offered, in multiples of what fits. */
const TIMES = [1, 2, 4];
const HOLD_MS = 500;

describe('more calls than fit', () => {
  scenario(
    'goodput stays near what fits; what is refused gets 503 at once, and a call that is let in goes on to its end',
    { needs: ['sipp', 'taskset'], seconds: 240 },
    async (scene) => {
      const { vats, place } = await stage(scene);
      // Until its code is compiled a call costs many times what it costs later.
      await place(FIRST_TRIED, 25);
      let fits = FIRST_TRIED;
      for (let tried = FIRST_TRIED; ; tried = Math.round(1.5 * tried)) {
        const before = cpuSeconds(vats.pid);
        const { answered, refused, lost } = await place(tried, TRIED_SECONDS);
        const each = (1_000 * (cpuSeconds(vats.pid) - before)) / answered;
        console.log(`${tried}/s: ${refused} refused, ${lost} lost, ${each.toFixed(2)} ms of processor a call`);
        if (refused + lost > 0.02 * tried * TRIED_SECONDS) break;
        fits = tried;
      }

      const worths: number[] = [];
      for (const times of TIMES) {
        const before = cpuSeconds(vats.pid);
        const { answered, refused, lost, answer, course } = await place(times * fits, SECONDS);
        const used = cpuSeconds(vats.pid) - before;
        worths.push(answered / used);
        console.log(
          `${times}x: offered ${times * fits}/s, answered ${(answered / SECONDS).toFixed(0)}/s, refused ${(refused / SECONDS).toFixed(0)}/s, ` +
            `lost ${lost}, ${answer ?? '-'} ms to the answer; ${(answered / used).toFixed(0)} answered a second of processor, of which it got ${used.toFixed(1)}` +
            `\n    each half second % let in / % busy / ms late: ${course}`,
        );
        expect(lost).toBeLessThan(0.02 * times * fits * SECONDS);
        await eventually('the overload to end', async () => {
          if ((await vats.glance()).load.overloaded) throw new Error('still overloaded');
          return true;
        });
        // Ports of these calls rest before they are used again.
        await sleep(4_000);
      }
      // Of the processor that it got: others may have it as well, and then less fits than a moment ago.
      for (const worth of worths) expect(worth).toBeGreaterThan(0.4 * (worths[0] ?? 0));
      const { load } = await vats.glance();
      expect(load.episodes).toBeGreaterThan(0);
      return () => vats.settled(60_000);
    },
  );
});

/** A switch on a processor of its own, and two phones of SIPp's on the other: what is returned places calls from one to the other. */
async function stage(scene: Scene) {
  const pinned = availableParallelism() > 1 && lacking('taskset') === undefined;
  const vats = await Switch.start(scene, {
    pbx: pbxFile({}),
    mediaPorts: '10000-44999',
    // One phone is a thousand here, and more than any that is honest.
    settings: { log: { level: 'warn', format: 'json' }, access: { rate: { known: '100000/s' } } },
    ...(pinned && { place: { prefix: ['taskset', '-c', '0'] } }),
  });
  const core = pinned ? { core: 1 } : {};
  const seats = {
    caller: { address: '127.0.0.1', port: await freePorts() },
    callee: { address: '127.0.0.1', port: await freePorts() },
  };
  await sippRegister(scene, { users: [ANNA], target: vats.sip, local: seats.caller });
  await sippRegister(scene, { users: [BORIS], target: vats.sip, local: seats.callee });
  const place = async (rate: number, seconds: number) => {
    const answering = await Sipp.start(scene, { scenario: 'callee', target: vats.sip, local: seats.callee, ...core });
    const calling = await Sipp.start(scene, {
      ...{ scenario: 'caller', target: vats.sip, local: seats.caller, users: [ANNA], dials: BORIS.extension },
      ...{ rate, calls: rate * seconds, hold: HOLD_MS, ...core },
    });
    const course: string[] = [];
    const watch = setInterval(async () => {
      const { load } = await vats.glance();
      const [admitted, busy] = [load.admitted.known, load.occupancy].map((share) => Math.round(100 * share));
      course.push(`${admitted}/${busy}/${Math.round(Math.max(load.lateness, load.backlog))}`);
    }, 500);
    const placed = await calling.finished(seconds * 1_000 + 60_000);
    clearInterval(watch);
    await answering.stop();
    const { successful, unexpected, failed, answered: answer } = placed;
    return { answered: successful, refused: unexpected, lost: failed - unexpected, answer, course: course.join(' ') };
  };
  return { vats, place };
}

/** Seconds of processor that a process has used. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
