import type { z } from 'zod';
import { printable } from '../printable.ts';
import type { trunkRecipeAnswer, trunksAnswer, trunkTestAnswer } from './answers-trunks.ts';
import { duration, table } from './table.ts';

type Row = z.output<typeof trunksAnswer>['trunks'][number];

export function trunksText({ trunks, now }: z.output<typeof trunksAnswer>): string {
  return table(
    ['trunk', 'domain', 'proxy', 'state', 'answer', 'since', 'next try', 'options', 'server', 'round trip'],
    trunks.map((row) => [
      row.name,
      row.domain,
      row.transport === 'udp' ? row.proxy : `${row.proxy} (${row.transport})`,
      row.until === undefined ? row.state : `${row.state}, ${duration(Math.max(0, row.until - now))} left`,
      answerText(row),
      duration(Math.max(0, now - row.since)),
      row.nextTryAt === undefined ? '' : duration(Math.max(0, row.nextTryAt - now)),
      optionsText(row, now),
      row.endpoint ?? 'none',
      row.roundTrip === undefined ? '' : `${Math.round(row.roundTrip)} ms`,
    ]),
    'there are no trunks',
  );
}

function answerText({ answer, why }: Row): string {
  if (answer === undefined) return why ?? '';
  const words = `${answer.status ?? ''} ${answer.reason}`.trim();
  return answer.why === undefined ? words : `${words}: ${answer.why}`;
}

function optionsText({ up, upSince = 0, upAnswer }: Row, now: number): string {
  if (up === undefined) return 'no answer yet';
  const since = `${up ? 'up' : 'DOWN'} ${duration(Math.max(0, now - upSince))}`;
  return up || upAnswer === undefined ? since : `${since} (${`${upAnswer.status ?? ''} ${upAnswer.reason}`.trim()})`;
}

export function trunkTestText({
  trunk,
  domain,
  steps,
  good,
  verdict,
  remedy,
}: z.output<typeof trunkTestAnswer>): string {
  const rows = steps.map((each) => `${each.good ? ' ok ' : 'FAIL'}  ${each.step.padEnd(9)}  ${printable(each.text)}\n`);
  const end = `${good ? 'good' : 'not good'}: ${printable(verdict)}\n`;
  return `trunk ${trunk} of ${domain}\n${rows.join('')}${end}${remedy === undefined ? '' : `remedy: ${printable(remedy)}\n`}`;
}

/** One section after the other, each under where it is written. */
export function trunkRecipeText({ account, domain, for: kind, sections }: z.output<typeof trunkRecipeAnswer>): string {
  const of = (side: 'pbx' | 'vats', heading: string): string =>
    `${heading}\n\n${sections
      .filter((section) => section.side === side)
      .map(({ title, text }) => `${title}\n${text.replaceAll(/^(?=.)/gm, '    ')}\n`)
      .join('')}`;
  return `${of('vats', `== here: account ${account} of ${domain}`)}${of('pbx', `== at the PBX (${kind})`)}`;
}
