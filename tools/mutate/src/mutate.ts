import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MACHINE, type Mutation, ROUTING } from './mutations.ts';

/*
 * Makes one fault after the other in the router and in the call's machine, runs the tests that must see it, and takes it back.
 *
 *   node tools/mutate/src/mutate.ts [--only TEXT] [--markdown]
 *
 * It changes files of the checkout it runs in: use one in which nobody else works. Ends with 1 where a fault survives.
 */

const { values: flags } = parseArgs({
  options: { only: { type: 'string', default: '' }, markdown: { type: 'boolean', default: false } },
});
const ROOT = join(import.meta.dirname, '../../..');
const NODE = join(ROOT, 'node_modules/node/bin/node');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const PROPERTY = 'packages/pbx/src/routing/route.property.test.ts';
const MACHINE_TESTS = 'packages/calls/src/';

function passes(tests: string): boolean {
  const run = spawnSync(NODE, [VITEST, 'run', '--project', 'unit', '--bail', '1', tests], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 300_000,
    // The property's seed is fixed; a counterexample need not be made small for nobody to read it.
    env: { ...process.env, VATS_NO_SHRINK: '1' },
  });
  return run.status === 0;
}

function isSeen({ file, from, to }: Mutation, tests: string): boolean {
  const path = join(ROOT, file);
  const before = readFileSync(path, 'utf8');
  if (before.split(from).length !== 2) throw new Error(`${file} does not hold this once: ${from}`);
  try {
    writeFileSync(
      path,
      before.replace(from, () => to),
    );
    return !passes(tests);
  } finally {
    writeFileSync(path, before);
  }
}

const rows: string[] = [];
let survivors = 0;
for (const [mutations, tests] of [
  [ROUTING, PROPERTY],
  [MACHINE, MACHINE_TESTS],
] as const) {
  const chosen = mutations.filter(({ what, file }) => `${file} ${what}`.includes(flags.only));
  if (chosen.length === 0) continue;
  if (!passes(tests)) throw new Error(`${tests} fails without any fault`);
  for (const mutation of chosen) {
    const seen = isSeen(mutation, tests);
    if (!seen) survivors++;
    const name = mutation.file.replace(/^packages\/(.*)\/src\//, '$1/');
    rows.push(`| ${name} | ${mutation.what} | ${seen ? 'seen' : '**survives**'} |`);
    if (!flags.markdown) console.log(`${seen ? 'seen     ' : 'SURVIVES '} ${name}: ${mutation.what}`);
  }
}
if (flags.markdown) console.log(['| where | fault | |', '|---|---|---|', ...rows].join('\n'));
console.log(`\n${rows.length} faults, ${survivors} survive`);
process.exitCode = survivors === 0 ? 0 : 1;
