/**
 * Resident memory of a call in a whole switch: one process with SIP, routing, its store on disk and one media thread; registered phones, both
 * ways of sound, plain and recorded. The process is looked at after each hundred of calls, as it is and after each thread has collected its garbage: what
 * dead objects of calls long over take is no cost of a call, and comes and goes.
 *
 *     node tools/bench/src/sound-memory.ts [--steps 4] [--calls 100] [--settle 10] [--rate 10] [--only plain|recorded]
 *
 * `--rate` is the packets that each phone sends in a second, each with 20 ms of sound in its place: fewer than in a real call, so that the phones, which
 * are one process, keep up on a crowded machine. What a call keeps does not depend on it.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePorts, Scene, Switch } from '@vats/interop';
import { answer, type Ends, KINDS, type Kind, ring } from './churn/calls.ts';
import { Seat } from './churn/seat.ts';
import { residentMegabytes } from './load/process-cost.ts';
import { circumstances } from './load/report.ts';
import { formatTable } from './load/statistics.ts';
import { Threads } from './load/threads.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '4' },
    calls: { type: 'string', default: '100' },
    /** Seconds of sound before each look. */
    settle: { type: 'string', default: '10' },
    rate: { type: 'string', default: '10' },
    only: { type: 'string' },
  },
});
const [steps, calls] = [Number(values.steps), Number(values.calls)];
const settleMs = Number(values.settle) * 1_000;
const packetMs = 1_000 / Number(values.rate);
const SOUND_MS = 20;
const DOMAIN = 'office.example';
const PASSWORD = 'Ld9kQm4X';
/** Seats that register, or calls that begin, at the same time. */
const AT_ONCE = 10;
/** Of a network of the loopback; the last octet of an address numbers them. */
const SEATS_OF_A_NETWORK = 200;
const FIRST_NETWORK = 60;
/** Calls that are made and ended before the first look: code is loaded, and the heap grows to its working size. */
const WARM_UP = 50;
/** What is kept for 64*T1 is gone by then. */
const REST_MS = 40_000;
const PLAIN = KINDS.find(({ name }) => name === 'plain') as Kind;

/** Resident megabytes. */
interface Look {
  readonly asItIs: number;
  readonly collected: number;
}

interface Talk extends Ends {
  readonly caller: Seat;
  readonly callee: Seat;
}

const rows: string[][] = [];
for (const recorded of [false, true]) {
  const name = recorded ? 'recorded' : 'plain';
  if (values.only !== undefined && values.only !== name) continue;
  const scene = new Scene(`bench-sound-memory-${name}`);
  try {
    const looks = await grow(scene, recorded);
    for (const [how, of] of [
      ['as it is', looks.map(({ asItIs }) => asItIs)],
      ['after a collection', looks.map(({ collected }) => collected)],
    ] as const) {
      const perCall = (of[steps]! - of[0]!) / (steps * calls);
      rows.push([`${name}, ${how}`, ...of.map((megabytes) => megabytes.toFixed(1)), perCall.toFixed(3)]);
    }
  } finally {
    await scene.close();
  }
}
console.log(circumstances());
console.log(`megabytes (10^6) resident with so many calls up, ${values.rate} packets a second from each phone\n`);
const headings = Array.from({ length: steps + 1 }, (_, i) => String(i * calls));
console.log(formatTable(['', ...headings, 'after them', 'a call'], rows));

async function grow(scene: Scene, recorded: boolean): Promise<Look[]> {
  const inspector = await freePorts();
  const extensions = Array.from({ length: 2 * Math.max(steps * calls, WARM_UP) }, (_, i) => String(2_000 + i));
  const vats = await Switch.start(scene, {
    place: { prefix: ['env', `NODE_OPTIONS=--inspect=127.0.0.1:${inspector}`] },
    pbx: JSON.stringify({
      domain: DOMAIN,
      access: 'any',
      recording: { mode: recorded ? 'all' : 'none' },
      users: extensions.map((extension) => ({
        extension,
        name: `Phone ${extension}`,
        devices: [{ login: `phone${extension}`, password: PASSWORD }],
      })),
    }),
    mediaPorts: '10000-44999',
    settings: { log: { level: 'warn', format: 'json' } },
  });
  const threads = await Threads.of(inspector);
  const look = async (): Promise<Look> => {
    const asItIs = residentMegabytes(vats.pid);
    await threads.memory();
    return { asItIs, collected: residentMegabytes(vats.pid) };
  };
  const seats: Seat[] = [];
  const speaking = setInterval(() => {
    for (const seat of seats) seat.say(packetMs / SOUND_MS);
  }, packetMs);
  try {
    await inCrowds(extensions, async (extension, i) => {
      const network = FIRST_NETWORK + Math.floor(i / SEATS_OF_A_NETWORK);
      const address = `127.${network}.${process.pid & 0xff}.${(i % SEATS_OF_A_NETWORK) + 1}`;
      seats[i] = await Seat.open({
        ...{ login: `phone${extension}`, password: PASSWORD, domain: DOMAIN, extension, server: vats.sip, address },
      });
    });
    const ofTwo = (count: number, from = 0) =>
      Array.from({ length: count }, (_, i) => [seats[2 * (from + i)]!, seats[2 * (from + i) + 1]!] as const);
    await end(await begin(ofTwo(WARM_UP)));
    await wait(REST_MS);
    const looks = [await look()];
    const up: Talk[] = [];
    for (let step = 0; step < steps; step++) {
      up.push(...(await begin(ofTwo(calls, step * calls))));
      await wait(settleMs);
      looks.push(await look());
      console.error(`${up.length} calls: ${looks.at(-1)!.collected.toFixed(1)} MB`);
    }
    const unheard = up.filter(({ caller, callee }) => caller.heard === 0 || callee.heard === 0);
    if (unheard.length > 0)
      throw new Error(`in ${unheard.length} calls somebody heard nothing: they were none with sound`);
    await end(up);
    await wait(REST_MS);
    return [...looks, await look()];
  } finally {
    clearInterval(speaking);
    threads.close();
    await Promise.all(seats.map((seat) => seat.close()));
  }
}

function begin(pairs: readonly (readonly [Seat, Seat])[]): Promise<Talk[]> {
  return inCrowds(pairs, async ([caller, callee]) => {
    const ends = await ring(PLAIN, caller, callee);
    await answer(PLAIN, caller, callee, ends);
    return { ...ends, caller, callee };
  });
}

async function end(talks: readonly Talk[]): Promise<void> {
  await inCrowds(talks, async ({ call, answering, caller, callee }) => {
    call.bye();
    await callee.until('BYE', () => answering.ended);
    await caller.leave();
    await callee.leave();
  });
}

/** All of them, some at a time. */
async function inCrowds<Of, Result>(
  all: readonly Of[],
  each: (one: Of, i: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    results.push(...(await Promise.all(all.slice(from, from + AT_ONCE).map((one, i) => each(one, from + i)))));
  }
  return results;
}
