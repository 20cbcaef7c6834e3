import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { OF_CALLS } from './faults-of-calls.ts';
import { OF_PEOPLE } from './faults-of-people.ts';
import { ON_THE_WAY } from './faults-on-the-way.ts';
import { OUTSIDE } from './faults-outside.ts';
import type { Mutation } from './mutation.ts';

/*
 * Makes one fault after the other in the router and in what carries its plans out, runs the tests that must see it, and takes it back.
 *
 *   node tools/mutate/src/mutate.ts [--only TEXT]... [--part way|people|outside|calls] [--markdown]
 *
 * The property test comes first; a fault that it lets pass is shown to the other tests, and the line names the one that sees it.
 * It changes files of the checkout it runs in: use one in which nobody else works. Ends with 1 where no test sees a fault.
 */

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    part: { type: 'string', default: '' },
    markdown: { type: 'boolean', default: false },
  },
});
const ROOT = join(import.meta.dirname, '../../..');
const NODE = join(ROOT, 'node_modules/node/bin/node');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
/** A test run that takes longer has been made to go on for ever by the fault. */
const TIME_LIMIT_MS = 300_000;
/** Of one test, on a machine that may be busy: a test that is late has not seen a fault. */
const TEST_LIMIT_MS = 120_000;

/** Tests that are run together, in the order in which they are shown a fault. */
interface Stage {
  /** How the table calls it; absent where the test that sees the fault is named. */
  readonly as?: string;
  readonly tests: readonly string[];
  readonly exclude?: string;
}

interface Part {
  readonly name: string;
  readonly mutations: readonly Mutation[];
  readonly stages: readonly Stage[];
}

/** Of the router: the property test first, then the unit tests beside the code, then those of the calls that follow its plans. */
const ROUTER: readonly Stage[] = [
  { as: 'property', tests: ['packages/pbx/src/routing/route.property.test.ts'] },
  { tests: ['packages/pbx/src/routing', 'packages/pbx/src/spending'], exclude: '**/route.property.test.ts' },
  { tests: ['packages/calls/src'] },
];
const PARTS: readonly Part[] = [
  { name: 'way', mutations: ON_THE_WAY, stages: ROUTER },
  { name: 'people', mutations: OF_PEOPLE, stages: ROUTER },
  { name: 'outside', mutations: OUTSIDE, stages: ROUTER },
  {
    name: 'calls',
    mutations: OF_CALLS,
    stages: [
      { tests: ['step', 'leaving-legs', 'outward-legs'].map((name) => `packages/calls/src/${name}.test.ts`) },
      { tests: ['limits', 'replay'].map((name) => `packages/calls/src/${name}.property.test.ts`) },
      { tests: ['packages/calls/src'], exclude: '**/*.property.test.ts' },
      { tests: ['packages/testkit/src/scenarios'] },
    ],
  },
];

/** No answer: the machine was too busy, or the fault makes something go on for ever. */
const TOO_SLOW = '**too slow to tell**';

const scratch = mkdtempSync(join(tmpdir(), 'mutate-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** Runs the tests of a stage. @returns the name of one that fails; undefined where all pass */
function failing({ tests, exclude }: Stage): string | undefined {
  const report = join(scratch, 'report.json');
  rmSync(report, { force: true });
  const output = [
    '--reporter',
    'json',
    '--outputFile',
    report,
    ...(exclude === undefined ? [] : ['--exclude', exclude]),
  ];
  const limit = ['--testTimeout', String(TEST_LIMIT_MS)];
  const run = spawnSync(NODE, [VITEST, 'run', '--project', 'unit', '--bail', '1', ...limit, ...output, ...tests], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: TIME_LIMIT_MS,
    // The property's seed is fixed; a counterexample need not be made small for nobody to read it.
    env: { ...process.env, VATS_NO_SHRINK: '1' },
  });
  return run.status === 0 ? undefined : nameIn(report);
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

function nameIn(report: string): string {
  let results: Report['testResults'];
  try {
    results = (JSON.parse(readFileSync(report, 'utf8')) as Report).testResults;
  } catch {
    return TOO_SLOW;
  }
  for (const { name, assertionResults } of results) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed === undefined) continue;
    if (failed.failureMessages?.some((text) => text.includes('timed out'))) return TOO_SLOW;
    return `${short(relative(ROOT, name))}: ${failed.title}`;
  }
  return 'the tests could not be run';
}

/** Makes the fault and shows it to one stage after the other. @returns who sees it */
function seenBy({ file, from, to }: Mutation, stages: readonly Stage[]): string | undefined {
  const path = join(ROOT, file);
  const before = readFileSync(path, 'utf8');
  if (before.split(from).length !== 2) throw new Error(`${file} does not hold this once: ${from}`);
  try {
    writeFileSync(
      path,
      before.replace(from, () => to),
    );
    for (const stage of stages) {
      const name = failing(stage);
      if (name !== undefined) return name === TOO_SLOW ? name : (stage.as ?? name);
    }
    return undefined;
  } finally {
    writeFileSync(path, before);
  }
}

function short(file: string): string {
  return file.replace(/^packages\/(.*)\/src\//, '$1/');
}

const rows: string[] = [];
let survivors = 0;
for (const { name, mutations, stages } of PARTS) {
  if (flags.part !== '' && flags.part !== name) continue;
  const chosen = mutations.filter(({ what, file }) => flags.only.some((text) => `${file} ${what}`.includes(text)));
  if (chosen.length === 0) continue;
  const broken = failing(stages[0]!);
  if (broken !== undefined) throw new Error(`without any fault this fails: ${broken}`);
  for (const mutation of chosen) {
    const by = seenBy(mutation, stages);
    if (by === undefined) survivors++;
    rows.push(`| ${short(mutation.file)} | ${mutation.what} | ${by ?? '**nobody**'} |`);
    console.log(flags.markdown ? rows.at(-1) : `${short(mutation.file)}: ${mutation.what}: ${by ?? 'SEEN BY NOBODY'}`);
  }
}
if (!flags.markdown) console.log(`\n${rows.length} faults, ${survivors} seen by nobody`);
process.exitCode = survivors === 0 ? 0 : 1;
