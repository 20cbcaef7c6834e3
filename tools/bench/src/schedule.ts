/**
 * What it costs to tell whether hours are open, why, and until when: `route()` asks it of every call to a number with a schedule.
 *
 *     node tools/bench/src/schedule.ts [--rounds N]
 *
 * "As time goes" asks about moments that follow each other by 7 s, as calls come; "anywhere" about random moments of two
 * years, as nobody's calls come: there each look ahead begins anew, and most days of a zone are not remembered.
 */
import { parseArgs } from 'node:util';
import { SeededRandom } from '@vats/kernel/testing';
import { type Calendar, type Hours, scheduleAt } from '@vats/pbx';
import { circumstances } from './load/report.ts';

const { values: flags } = parseArgs({ options: { rounds: { type: 'string' } } });
const rounds = Number(flags.rounds ?? 7);
const ASKED = 100_000;
const START = Date.UTC(2027, 0, 1);
const random = new SeededRandom(5);
const calendar: Calendar = Object.fromEntries(
  Array.from({ length: 60 }, (_, i) => [
    new Date(START + i * 12 * 86_400_000).toISOString().slice(0, 10),
    'off' as const,
  ]),
);
const OFFICE = {
  'mon-fri': ['09:00-13:00', '14:00-18:00'],
  except: { '2027-12-31': '09:00-14:00' },
  short: '09:00-15:00',
};
const RARE = { 'mon-sun': 'closed' };

console.log(circumstances());
for (const [name, hours] of Object.entries({ office: OFFICE, 'never open': RARE })) {
  for (const timezone of ['Europe/Moscow', 'Europe/Berlin']) {
    const following = Array.from({ length: ASKED }, (_, i) => START + i * 7_000);
    const anywhere = Array.from(
      { length: ASKED },
      () => START + random.below(730) * 86_400_000 + random.below(86_400_000),
    );
    report(`${name}, ${timezone}, as time goes`, hours, timezone, following);
    report(`${name}, ${timezone}, anywhere`, hours, timezone, anywhere);
  }
}

function report(name: string, hours: object, timezone: string, moments: readonly number[]): void {
  const of = { timezone, calendar };
  const means: number[] = [];
  const single: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = process.hrtime.bigint();
    for (const at of moments) scheduleAt(hours as Hours, of, at);
    means.push(Number(process.hrtime.bigint() - begun) / moments.length);
  }
  for (const at of moments) {
    const begun = process.hrtime.bigint();
    scheduleAt(hours as Hours, of, at);
    single.push(Number(process.hrtime.bigint() - begun));
  }
  means.sort((a, b) => a - b);
  single.sort((a, b) => a - b);
  const us = (ns: number | undefined): string => `${((ns ?? 0) / 1_000).toFixed(2)} µs`;
  const p99 = us(single[Math.floor(single.length * 0.99)]);
  console.log(
    `${name.padEnd(40)} median of ${rounds} rounds ${us(means[Math.floor(rounds / 2)])}, p99 of single calls ${p99}`,
  );
}
