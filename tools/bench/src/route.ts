import { parseArgs } from 'node:util';
import {
  advance,
  Directory,
  EMPTY_MODEL,
  type Plan,
  planApply,
  type RouteCall,
  readPbx,
  route,
  type World,
} from '@vats/pbx';
import { circumstances } from './load/report.ts';

/*
 * What a decision costs in a large company: 5,000 users, 500 groups of up to 50 members, 2,000 numbers with schemes, 100 outbound
 * rules; and what its file costs to apply, as a whole and with one line changed.
 *
 *   node tools/bench/src/route.ts [--calls N]
 */

const { values: flags } = parseArgs({ options: { calls: { type: 'string' } } });
const CALLS = Number(flags.calls ?? 200_000);
const USERS = 5_000;
const GROUPS = 500;
const NUMBERS = 2_000;
const STRATEGIES = ['all', 'sequential', 'random', 'longest-idle', 'fewest-calls', 'priority'];

function companyFile(name: string): string {
  const extension = (i: number): string => String(10_000 + i);
  const lines = ['domain: big.example', 'timezone: Europe/Moscow', 'users:'];
  for (let i = 0; i < USERS; i++) {
    lines.push(
      `  - { extension: "${extension(i)}", name: ${i === 7 ? name : `User ${i}`}, devices: [{ login: user${i}, password: Vf5kNm7Z }], noAnswer: { after: 20s, to: "${extension((i + 1) % USERS)}" } }`,
    );
  }
  lines.push('groups:');
  for (let i = 0; i < GROUPS; i++) {
    const members = Array.from({ length: 5 + (i % 46) }, (_, j) => `"${extension((i * 13 + j * 7) % USERS)}"`);
    lines.push(
      `  - { extension: "${600_000 + i}", name: Group ${i}, members: [${[...new Set(members)].join(', ')}], strategy: ${STRATEGIES[i % STRATEGIES.length]}, knownEmployee: { window: 1h } }`,
    );
  }
  lines.push('trunks: [{ name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b } }]', 'numbers:');
  for (let i = 0; i < NUMBERS; i++) {
    lines.push(`  - { number: "+7495${1_000_000 + i}", trunk: itsp, channels: 30, scheme: scheme-${i % 50} }`);
  }
  lines.push('schemes:');
  for (let i = 0; i < 50; i++) {
    lines.push(
      `  - { name: scheme-${i}, hours: { mon-fri: "09:00-18:00", except: { "2026-12-31": closed } }, open: [{ ring: "${600_000 + i * 10}" }, { ring: "${extension(i)}" }], closed: [{ ring: "${extension(i + 100)}" }] }`,
    );
  }
  lines.push('outbound:');
  for (let i = 0; i < 98; i++) lines.push(`  - { match: "+7${900 + i}*", trunk: itsp }`);
  lines.push('  - { match: "+7*", trunk: itsp }', '  - { match: "+*", deny: true }', '');
  return lines.join('\n');
}

function timed<T>(what: string, act: () => T): T {
  const began = performance.now();
  const result = act();
  console.log(`${what}: ${(performance.now() - began).toFixed(0)} ms`);
  return result;
}

function applied(text: string, before = EMPTY_MODEL) {
  const read = readPbx(text, 'big.yaml');
  if (!read.ok) throw new Error(JSON.stringify(read.problems.slice(0, 3)));
  const done = planApply(before, read.value, { managedBy: 'file:bench' });
  if (!done.ok) throw new Error(JSON.stringify(done.problems.slice(0, 3)));
  return done.next;
}

console.log(circumstances());
const model = timed(`read and apply ${USERS} users, ${GROUPS} groups, ${NUMBERS} numbers`, () =>
  applied(companyFile('Old')),
);
const changed = companyFile('New');
timed('the same file with one line changed', () => applied(changed, model));
const directory = timed('the look-ups made anew', () => new Directory(model));
const [domain] = model.domains;
if (domain === undefined) throw new Error('no domain');

const idle = { talking: 0, ringing: 0, lastTalkEnd: 0, answered: 0, talkMs: 0 };
const world: World = {
  now: Date.UTC(2026, 4, 5, 9),
  directory,
  isReachable: () => true,
  activity: () => idle,
  isLoggedIn: () => true,
  lastTalks: () => [],
  responsible: () => undefined,
  channelsInUse: () => 0,
  isTrunkUp: () => true,
  cheapestFirst: (_, __, trunks) => trunks,
};

/** Half come in by a number, the others are dialled inside or go out; then nobody answers once. */
function callOf(i: number): RouteCall {
  if (i % 2 === 0) {
    const number = `+7495${1_000_000 + ((i * 31) % NUMBERS)}`;
    return {
      domain: domain!,
      caller: { kind: 'trunk', trunk: 'itsp', number: `+7916${1_000_000 + (i % 9_000_000)}` },
      dialled: number,
      seed: i,
    };
  }
  const user = domain!.users[(i * 17) % USERS]!;
  const dialled =
    i % 4 === 1
      ? String(10_000 + ((i * 7) % USERS))
      : i % 8 === 3
        ? String(600_000 + (i % GROUPS))
        : `8${900 + (i % 99)}1234567`;
  return { domain: domain!, caller: { kind: 'device', user, device: user.devices[0]! }, dialled, seed: i };
}

const calls = Array.from({ length: 10_000 }, (_, i) => callOf(i));
const times = { route: new Float64Array(CALLS), advance: new Float64Array(CALLS) };
let plan: Plan | undefined;
for (let i = -20_000; i < CALLS; i++) {
  const call = calls[(i + 20_000) % calls.length]!;
  const began = process.hrtime.bigint();
  plan = route(call, world);
  const routed = process.hrtime.bigint();
  if (plan.step.do === 'ring') plan = advance(plan, { kind: 'ring-ended', outcome: 'no-answer' }, world);
  const advanced = process.hrtime.bigint();
  if (i < 0) continue;
  times.route[i] = Number(routed - began) / 1_000;
  times.advance[i] = Number(advanced - routed) / 1_000;
}
for (const [name, values] of Object.entries(times)) {
  values.sort();
  const at = (share: number): string => (values[Math.floor(values.length * share)] ?? 0).toFixed(1);
  console.log(`${name}(): p50 ${at(0.5)} µs, p99 ${at(0.99)}, p99.9 ${at(0.999)}, of ${CALLS} calls`);
}
