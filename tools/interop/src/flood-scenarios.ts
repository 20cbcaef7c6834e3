import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '@vats/kernel';
import { describe, expect } from 'vitest';
import { Child } from './child.ts';
import { eventually } from './deadline.ts';
import type { FloodOrder, FloodReport } from './flood-generator.ts';
import { FloodPhone } from './flood-phone.ts';
import type { FloodSpeech } from './flood-speech.ts';
import { type Account, ANNA, BORIS, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Sipp, sippRegister } from './sipp.ts';
import { NODE, Switch } from './switch.ts';
import { lacking } from './tools.ts';

/** A minute for a release; less where a machine is shared. */
const SECONDS = Number(process.env.VATS_FLOOD_SECONDS ?? 20);
/** REGISTERs a second. */
const RATE = Number(process.env.VATS_FLOOD_RATE ?? 10_000);
const STANDING_CALLS = 10;
const NEW_PHONES = 6;
/** What the switch may take more than before: while it is flooded, and two minutes later. */
const [MEGABYTES_DURING, MEGABYTES_AFTER] = [150, 60];

const account = (extension: string, login: string): Account => ({
  extension,
  name: login,
  login,
  password: `Vf5kNm${extension}`,
});
const [SPEAKER, LISTENER] = [account('203', 'vera'), account('204', 'gleb')];
const NEWCOMERS = Array.from({ length: NEW_PHONES }, (_, i) => account(`3${10 + i}`, `newcomer${i}`));

describe(`${RATE} REGISTERs a second for ${SECONDS} seconds`, () => {
  for (const { name, sources } of [
    { name: 'from one address', sources: 1 },
    { name: 'from 10,000 addresses', sources: 10_000 },
  ]) {
    scenario(
      `${name}: calls keep their sound, phones call and register, memory comes back`,
      { needs: ['sipp'], seconds: 3 * SECONDS + 240 },
      async (scene) => {
        const vats = await Switch.start(scene, {
          pbx: pbxFile({ accounts: [ANNA, BORIS, SPEAKER, LISTENER, ...NEWCOMERS] }),
          settings: { log: { level: 'warn', format: 'json' } },
        });
        const callers = await sippPhones(scene, vats.sip);
        const speeches = await standingCalls(scene, vats.sip);
        await sleep(2_000); // the switch has learned where the sound comes from
        const bare = await bareSocket(scene, sources);
        const generator = await Generator.start(scene, { target: vats.sip, sources, rate: RATE, seconds: SECONDS });
        const before = { memory: megabytes(vats.pid), used: mainThread(vats.pid), lost: lost(vats.sip) };
        const [ours, theirs] = [SPEAKER, LISTENER].map(({ login }) => speeches.of(login));
        const sentBefore = [ours, theirs].map((all) => all!.map(({ sent }) => sent));
        for (const speech of speeches.all) speech.takeDelays();

        generator.go();
        let most = before.memory;
        const watch = setInterval(() => {
          most = Math.max(most, megabytes(vats.pid));
        }, 200);
        scene.own('watch', () => clearInterval(watch));
        const calls = Math.max(1, SECONDS - 4);
        const placing = sleep(1_000).then(() => callers(calls));
        const registering = sleep(1_000).then(() => newPhones(scene, vats.sip));
        const report = await generator.finished();
        clearInterval(watch);
        const used = mainThread(vats.pid) - before.used;
        const { overRate, overTotal } = (await vats.glance()).access.counters;
        // One address is over its own rate, or everybody's when the machine is too busy to empty the queue.
        const after = { lost: lost(vats.sip), dropped: overRate + overTotal };
        const sentThen = [ours, theirs].map((all) => all!.map(({ sent }) => sent));
        const [placed, registered] = await Promise.all([placing, registering]);

        const heard = (from: number): { sent: number; came: number } => {
          let [sent, came] = [0, 0];
          for (const [i, speech] of [theirs, ours][from]!.entries()) {
            const [first, end] = [sentBefore[from]![i]!, sentThen[from]![i]!];
            sent += end - first;
            came += speech.heardOf(first, end);
          }
          return { sent, came };
        };
        const [there, back] = [heard(0), heard(1)];
        const soundLost = 1 - (there.came + back.came) / (there.sent + back.sent);
        const delays = speeches.all.flatMap((speech) => speech.takeDelays()).sort((a, b) => a - b);
        const lostInKernel = after.lost - before.lost;
        console.log(
          [
            `${name}: ${report.sent} sent in ${report.seconds.toFixed(1)} s by ${report.load.toFixed(2)} of a processor, ${report.late} too late for the rate`,
            `  main thread ${((1e6 * used) / report.sent).toFixed(1)} µs a message, ${(used / report.seconds).toFixed(2)} of a processor; a bare socket ${bare.toFixed(1)} µs`,
            `  answered ${report.answers}, dropped unread ${overRate} + ${overTotal}, lost before the switch ${lostInKernel}`,
            `  memory ${before.memory.toFixed(0)} MB before, ${most.toFixed(0)} at most`,
            `  sound: ${there.sent + back.sent} packets, ${(100 * soundLost).toFixed(3)} % lost, delay p50 ${at(delays, 0.5)} p99 ${at(delays, 0.99)} most ${at(delays, 1)} ms`,
            `  ${placed.successful} of ${calls} calls answered, ${placed.retransmissions} repetitions; challenge ${placed.challenged} ms, answer ${placed.answered} ms`,
            `  new phones registered after ${registered.map((ms) => `${(ms / 1_000).toFixed(2)} s`).join(', ')}`,
          ].join('\n'),
        );

        expect(report.sent).toBeGreaterThan(0.7 * RATE * SECONDS);
        expect(there.sent + back.sent).toBeGreaterThan(0.9 * 2 * STANDING_CALLS * 50 * report.seconds);
        expect(soundLost).toBeLessThan(0.001);
        expect({ ...placed, errors: placed.errors.slice(0, 5) }).toMatchObject({ successful: calls, failed: 0 });
        expect(Math.max(...registered)).toBeLessThan(32_000);
        // Each message is answered, counted as dropped, or was lost on its way to the switch.
        expect(after.dropped).toBeGreaterThan(0);
        expect(report.answers + after.dropped + lostInKernel).toBeGreaterThan(0.95 * report.sent);
        expect(most - before.memory).toBeLessThan(MEGABYTES_DURING);

        await speeches.end();
        return async () => {
          await eventually(
            'memory given back',
            () => {
              const more = megabytes(vats.pid) - before.memory;
              if (more >= MEGABYTES_AFTER) throw new Error(`${more.toFixed(0)} MB more than before`);
              return true;
            },
            { milliseconds: 120_000, every: 500 },
          );
          await vats.settled(60_000);
          console.log(`${name}: memory ${megabytes(vats.pid).toFixed(0)} MB when nothing was left`);
        };
      },
    );
  }
});

/** Calls through the switch that are up and speak both ways. */
async function standingCalls(scene: Scene, target: Endpoint) {
  const speaker = await FloodPhone.open(scene, ownAddress(48), SPEAKER, target);
  const listener = await FloodPhone.open(scene, ownAddress(48), LISTENER, target);
  await Promise.all([speaker.register(), listener.register()]);
  // One after the other, so that the n-th speech of one is heard by the n-th of the other.
  for (let i = 0; i < STANDING_CALLS; i++) await speaker.call(LISTENER.extension);
  return {
    all: [...speaker.speeches, ...listener.speeches],
    of: (login: string): readonly FloodSpeech[] => (login === SPEAKER.login ? speaker : listener).speeches,
    end: () => speaker.hangUp(),
  };
}

/** Two registered phones of SIPp's: what is returned places so many calls from one to the other, one a second. */
async function sippPhones(scene: Scene, target: Endpoint) {
  const seats = {
    caller: { address: '127.0.0.1', port: await freePorts() },
    callee: { address: '127.0.0.1', port: await freePorts() },
  };
  await sippRegister(scene, { users: [ANNA], target, local: seats.caller });
  await sippRegister(scene, { users: [BORIS], target, local: seats.callee });
  const answering = await Sipp.start(scene, { scenario: 'callee', target, local: seats.callee });
  return async (calls: number) => {
    const calling = await Sipp.start(scene, {
      scenario: 'caller',
      target,
      local: seats.caller,
      users: [ANNA],
      dials: BORIS.extension,
      calls,
      rate: 1,
      hold: 1_000,
    });
    const placed = await calling.finished(calls * 1_000 + 60_000);
    await answering.stop();
    return placed;
  };
}

/** Phones that the switch has not met, each at an address of its own: how many milliseconds each took to be registered. */
async function newPhones(scene: Scene, target: Endpoint): Promise<number[]> {
  return await Promise.all(
    NEWCOMERS.map(async (newcomer, i) => {
      const phone = await FloodPhone.open(scene, ownAddress(49 + i), newcomer, target);
      await sleep(500 * i);
      return await phone.register();
    }),
  );
}

/** The flood, as a process on the second core. */
class Generator {
  readonly #child: Child;
  readonly #seconds: number;

  static async start(scene: Scene, order: Omit<FloodOrder, 'network'>): Promise<Generator> {
    const script = new URL('flood-generator.ts', import.meta.url).pathname;
    const command = [...pinned(1), NODE, script, JSON.stringify({ ...order, network: '127.64' })];
    const child = await Child.start(scene, command[0]!, command.slice(1), { name: 'flood' });
    await child.line(/^ready$/, 30_000);
    return new Generator(child, order.seconds);
  }

  private constructor(child: Child, seconds: number) {
    this.#child = child;
    this.#seconds = seconds;
  }

  go(): void {
    this.#child.write('go\n');
  }

  async finished(): Promise<FloodReport> {
    const [line] = await this.#child.line(/^\{.*$/, this.#seconds * 1_000 + 30_000);
    return JSON.parse(line) as FloodReport;
  }
}

/** Microseconds of processor that a message of the flood costs a process that only counts it. */
async function bareSocket(scene: Scene, sources: number): Promise<number> {
  const address = ownAddress(47);
  const command = [...pinned(0), NODE, new URL('flood-sink.ts', import.meta.url).pathname, address];
  const sink = await Child.start(scene, command[0]!, command.slice(1), { name: 'sink' });
  const [, port] = await sink.line(/^at (\d+)$/);
  const order = { target: { address, port: Number(port) }, sources, rate: RATE, seconds: 2 };
  const generator = await Generator.start(scene, order);
  generator.go();
  await generator.finished();
  sink.write('enough\n');
  const [line] = await sink.line(/^\{.*$/);
  return (JSON.parse(line) as { each: number }).each;
}

const pinned = (core: number): string[] => (lacking('taskset') === undefined ? ['taskset', '-c', String(core)] : []);

/** Resident memory, in megabytes (10^6). */
function megabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024) / 1e6;
}

/** Seconds of processor that the thread which does the signalling has used. */
function mainThread(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Datagrams that the kernel threw away because the switch's socket was full. */
function lost({ address, port }: Endpoint): number {
  const octets = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  const wanted = `${octets.reverse().join('')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
  for (let tries = 0; tries < 5; tries++) {
    // A list of ten thousand comes in pieces, and a line may fall between two of them.
    for (const line of readFileSync('/proc/net/udp', 'latin1').split('\n')) {
      const fields = line.trim().split(/\s+/);
      if (fields[1] === wanted) return Number(fields[12]);
    }
  }
  throw new Error(`no UDP socket at ${address}:${port}`);
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(1);
}
