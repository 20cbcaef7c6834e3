import { parseArgs } from 'node:util';
import { SeededRandom } from '@vats/kernel/testing';
import { readCorpus, writeCorpus, writeFault } from './corpus.ts';
import { BlockCoverage } from './coverage.ts';
import { Fuzzer, type FuzzReport } from './fuzzer.ts';
import { minimal } from './minimal.ts';
import { loadTarget, TARGET_NAMES } from './targets.ts';

const USAGE = `node tools/fuzz/src/main.ts [options] [TARGET...]   (all targets unless named: ${TARGET_NAMES.join(', ')})
  --runs N     executions for each target, 20000 unless given
  --seed N     of the random numbers, 1 unless given: the same seed does the same again
  --keep       keep what was found in fixtures/fuzz, made as small as it can be
  --blind      without guidance, to compare
  --first      end a target at its first fault
  --json       the report as one line of JSON`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
    blind: { type: 'boolean', default: false },
    first: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** A whole number that an option was given. */
function wholeNumber(option: 'runs' | 'seed'): number {
  const number = Number(values[option]);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(`--${option} ${values[option]}: want a whole number, as in --${option} 100000`);
  process.exit(2);
}

/** Only what is fuzzed counts, and not the random numbers that it is fuzzed with. */
const coverage = new BlockCoverage(
  (url) =>
    /\/(?:packages\/(?:sip|media|kernel)\/src|tools\/fuzz\/src\/testing)\//.test(url) &&
    !/\/kernel\/src\/(?:random\.ts|testing\/)/.test(url),
);

async function fuzz(name: string): Promise<FuzzReport & { readonly cpuMicroseconds: number }> {
  const target = await loadTarget(name);
  const corpus = readCorpus(name).map(({ octets }) => octets);
  const guidance = values.blind ? undefined : coverage;
  const random = new SeededRandom(wholeNumber('seed'));
  const fuzzer = new Fuzzer({ target, random, corpus, coverage: guidance, stopsAtFault: values.first });
  const before = process.cpuUsage();
  const report = fuzzer.run(wholeNumber('runs'));
  const { user, system } = process.cpuUsage(before);
  if (values.keep && guidance !== undefined) writeCorpus(name, minimal(report.kept, target, guidance));
  return { ...report, cpuMicroseconds: user + system };
}

function tell(name: string, report: FuzzReport & { readonly cpuMicroseconds: number }): void {
  const { executions, covered, kept, faults, cpuMicroseconds } = report;
  if (values.json) {
    const told = faults.map(({ what, octets, after }) => ({ what, after, octets: octets.toString('base64') }));
    console.log(JSON.stringify({ target: name, executions, covered, kept: kept.length, faults: told }));
    return;
  }
  const each = (cpuMicroseconds / Math.max(1, executions)).toFixed(0);
  console.log(
    `${name}: ${executions} executions, ${each} µs of CPU each; ${kept.length} inputs run ${covered} characters of source`,
  );
  for (const { what, octets, after } of faults) {
    const file = writeFault(name, octets);
    console.log(`  FAULT after ${after} executions: ${what}`);
    console.log(`  kept as fixtures/fuzz/${name}/${file}, which the tests run from now on; by itself:`);
    console.log(`    test('${name}: ${file}', async () => {`);
    console.log(`      (await loadTarget('${name}')).run(Buffer.from('${octets.toString('base64')}', 'base64'));`);
    console.log('    });');
  }
}

if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
if (!values.blind) coverage.start();
let faults = 0;
for (const name of positionals.length > 0 ? positionals : TARGET_NAMES) {
  const report = await fuzz(name);
  tell(name, report);
  faults += report.faults.length;
}
if (!values.blind) coverage.stop();
process.exitCode = faults > 0 ? 1 : 0;
