/**
 * How long it takes until everybody who watches one employee is told of a change, and what a NOTIFY costs: phones on real sockets
 * watch lamps of a switch that runs beside them; one employee calls the echo test and hangs up, again and again.
 *
 *     node tools/bench/src/lamps.ts [--watchers 200] [--lamps 10] [--changes 20]
 *
 * `--watchers` phones have `--lamps` lamps each (2,000 together unless told otherwise), one of them that of the employee who calls.
 * Told are milliseconds from when the caller hears the answer (or sends its BYE) until the first, the middle and the last watcher has
 * its NOTIFY, and CPU time of the switch a NOTIFY. Ends with 1 when somebody was not told.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePorts, Scene, Switch } from '@vats/interop';
import { type LampAccount, LampPhone } from './lamps/lamp-phone.ts';
import { cpuSeconds } from './load/process-cost.ts';
import { circumstances } from './load/report.ts';
import { formatSpread, formatTable, spread } from './load/statistics.ts';

const { values } = parseArgs({
  options: {
    watchers: { type: 'string', default: '200' },
    lamps: { type: 'string', default: '10' },
    changes: { type: 'string', default: '20' },
  },
});
const watchers = Number(values.watchers);
const lamps = Number(values.lamps);
const changes = Number(values.changes);
const PASSWORD = 'Ld9kQm4X';
const LONGEST_MS = 5_000;

const account = (number: number): LampAccount => ({
  extension: `${number}`,
  login: `phone${number}`,
  password: PASSWORD,
});
const CALLER = account(9_999);
const everybody = Array.from({ length: watchers }, (_, i) => account(1_000 + i));

const scene = new Scene('bench-lamps');
try {
  process.exitCode = await bench();
} finally {
  await scene.close();
}

async function bench(): Promise<number> {
  const vats = await Switch.start(scene, {
    pbx: JSON.stringify({
      domain: 'office.example',
      access: 'any',
      users: [...everybody, CALLER].map(({ extension, login, password }) => ({
        extension,
        name: `Phone ${extension}`,
        devices: [{ login, password }],
      })),
    }),
    settings: { log: { level: 'warn', format: 'json' }, access: { trusted: ['127.0.0.0/8'] } },
  });
  const caller = await LampPhone.open(CALLER, vats.sip);
  const phones = await Promise.all(everybody.map((each) => LampPhone.open(each, vats.sip)));
  const told = { state: '', at: [] as number[] };
  for (const [i, phone] of phones.entries()) {
    phone.onNotify = (notify) => {
      const body = notify.body.toString();
      if (body.includes(`sip:${CALLER.extension}@`) && body.includes(`<state>${told.state}</state>`))
        told.at.push(performance.now());
    };
    for (let lamp = 0; lamp < lamps; lamp++) {
      const whom = lamp === 0 ? CALLER.extension : (everybody[(i + lamp) % watchers] as LampAccount).extension;
      const answer = await phone.ask('SUBSCRIBE', whom, [
        ['Event', 'dialog'],
        ['Expires', '3600'],
      ]);
      if (answer.status !== 200) throw new Error(`SUBSCRIBE got ${answer.status}`);
    }
  }
  const rows: { readonly on: number[]; readonly off: number[] } = { on: [], off: [] };
  const [first, middle]: [number[], number[]] = [[], []];
  const media = await freePorts();
  const sdp = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${media} RTP/AVP 8\r\n`;
  const change = async (state: string, act: () => Promise<number>): Promise<number> => {
    Object.assign(told, { state, at: [] });
    const since = await act();
    for (const end = since + LONGEST_MS; told.at.length < watchers; ) {
      if (performance.now() > end)
        throw new Error(`${watchers - told.at.length} of ${watchers} were not told: ${state}`);
      await wait(2);
    }
    const times = told.at.map((at) => at - since).sort((one, other) => one - other);
    first.push(times[0] as number);
    middle.push(times[times.length >> 1] as number);
    return times.at(-1) as number;
  };
  const before = cpuSeconds(vats.pid);
  const notified = (await vats.status()) as unknown as Counted;
  for (let i = 0; i < changes; i++) {
    let answer: Awaited<ReturnType<LampPhone['ask']>> | undefined;
    rows.on.push(
      await change('confirmed', async () => {
        answer = await caller.ask('INVITE', '*43', [['Content-Type', 'application/sdp']], sdp);
        if (answer.status !== 200) throw new Error(`INVITE got ${answer.status}`);
        const at = performance.now();
        caller.within('ACK', answer, 2);
        return at;
      }),
    );
    await wait(100);
    rows.off.push(
      await change('terminated', async () => {
        const at = performance.now();
        if (answer !== undefined) caller.within('BYE', answer, 3);
        return at;
      }),
    );
    await wait(100);
  }
  const after = cpuSeconds(vats.pid);
  const counted = (await vats.status()) as unknown as Counted;
  const notifies = counted.watching.subscriptions.notifies - notified.watching.subscriptions.notifies;
  const { alive, ended } = counted.watching.subscriptions;
  console.log(circumstances());
  console.log(`\n${alive} subscriptions, ${watchers} of one employee; ${changes} calls, ${notifies} NOTIFYs\n`);
  console.log(
    formatTable(
      ['ms until', 'told'],
      [
        ['the first watcher', formatSpread(spread(first), 1)],
        ['the middle one', formatSpread(spread(middle), 1)],
        ['the last: a call is answered', formatSpread(spread(rows.on), 1)],
        ['the last: it ends', formatSpread(spread(rows.off), 1)],
      ],
    ),
  );
  console.log(
    `\n${(((after - before) * 1e6) / notifies).toFixed(0)} µs of CPU a NOTIFY and its answer, calls included`,
  );
  for (const phone of [caller, ...phones]) phone.close();
  return Object.keys(ended).length === 0 ? 0 : 1;
}

interface Counted {
  readonly watching: {
    readonly subscriptions: {
      readonly alive: number;
      readonly notifies: number;
      readonly ended: Readonly<Record<string, number>>;
    };
  };
}
