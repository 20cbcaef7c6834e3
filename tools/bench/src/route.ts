import { parseArgs } from 'node:util';
import { advance, Directory, EMPTY_MODEL, type Plan, planApply, readPbx, route } from '@vats/pbx';
import { companyFile, GROUPS, NUMBERS, USERS } from './large-company.ts';
import { circumstances } from './load/report.ts';
import { floors, kindsOf, mixedCalls, quietWorld } from './route/kinds.ts';
import { printTimes, timeByTurns } from './route/times.ts';

/*
 * What a decision costs in a large company: 5,000 users, 500 groups of up to 50 members, 2,000 numbers with schemes, 100 outbound
 * rules, by kind of call; and what its file costs to apply, as a whole and with one line changed.
 *
 *   node tools/bench/src/route.ts [--calls N] [--no-change]
 */

const { values: flags } = parseArgs({ options: { calls: { type: 'string' }, 'no-change': { type: 'boolean' } } });
const CALLS = Number(flags.calls ?? 200_000);
/** Calls of each kind before the first that counts: V8 compiles what is used often. */
const WARM_UP = 5_000;
/** About what the mixture costs: how the machine itself disturbs work of that length. */
const LIKE_A_CALL_US = 10;

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
if (flags['no-change'] !== true) {
  const changed = companyFile('New');
  timed('the same file with one line changed', () => applied(changed, model));
}
const directory = timed('the look-ups made anew', () => new Directory(model));
const [domain] = model.domains;
if (domain === undefined) throw new Error('no domain');
const world = quietWorld(directory);
const calls = mixedCalls(domain, 10_000);
/** Of the mixture: plans that nobody answers. */
let plan: Plan = route(calls[0]!, world);
const rows = timeByTurns(
  [
    ...floors(LIKE_A_CALL_US),
    {
      name: 'the mixture: route()',
      run: (i) => {
        plan = route(calls[i % calls.length]!, world);
      },
      calls: calls.length,
    },
    {
      name: 'the mixture: advance(), nobody answered',
      run: () => (plan.step.do === 'ring' ? advance(plan, { kind: 'ring-ended', outcome: 'no-answer' }, world) : plan),
      calls: calls.length,
    },
    ...kindsOf(domain, world),
  ],
  CALLS,
  WARM_UP,
);
printTimes(rows);
