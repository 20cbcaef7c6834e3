import { limitText } from '@vats/pbx';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { printable } from '../printable.ts';
import { leftMessage, reachedLimit } from './answers.ts';
import { ask, looking, type Print, type Where } from './asking.ts';
import { localTime } from './local-time.ts';
import { limitReached, messageText } from './show-history.ts';

const limitUse = z.object({
  kind: z.string(),
  key: z.string().optional(),
  calls: z.string(),
  limit: z.string(),
  used: z.union([z.string(), z.number()]),
  of: z.union([z.string(), z.number()]).optional(),
  percent: z.number().optional(),
});

const target = z.object({
  rings: z.string(),
  extension: z.string().optional(),
  /** The number that a PBX behind the account hears as called. */
  did: z.string().optional(),
  /** The number outside that such a PBX is rung for. */
  number: z.string().optional(),
  /** Of a number outside: local, abroad ... */
  kind: z.string().optional(),
  orderedBy: z.string().optional(),
  afterMs: z.number().optional(),
  ringMs: z.number().optional(),
  ways: z
    .array(
      z.object({
        trunk: z.string(),
        sends: z.string(),
        shows: z.string(),
        rate: z.string().optional(),
        price: z.object({ minute: z.string(), compared: z.string() }).optional(),
        /** What is the matter with the trunk. */
        down: z.string().optional(),
        /** Headers in which the trunk is told whose number it is. */
        identity: z.array(z.string()).optional(),
        /** Whose number From has, where it is another one. */
        from: z.string().optional(),
        /** From where the call is sent on, and in which headers the trunk is told so. */
        diversion: z
          .object({ from: z.string(), reason: z.string(), times: z.number(), told: z.array(z.string()) })
          .optional(),
      }),
    )
    .optional(),
  /** Where a rule takes the cheapest trunk: why that is the first. */
  firstBecause: z.string().optional(),
  limits: z.array(limitUse).optional(),
  /** Used-up limits by which the call would be refused now. */
  refusedBy: z.array(limitUse).optional(),
});

const callExplanation = z.object({
  domain: z.string(),
  from: z.string(),
  to: z.string(),
  at: z.number(),
  timezone: z.string(),
  localTime: z.string(),
  /** Of a call by a trunk: what of it says who calls. */
  believed: z.string().optional(),
  steps: z.array(
    z.object({
      do: z.string(),
      because: z.array(z.string()),
      reason: z.string().optional(),
      endsAs: z.string().optional(),
      recorded: z.object({ record: z.boolean(), because: z.string() }).optional(),
      targets: z.array(target).optional(),
      keys: z.array(z.string()).optional(),
      otherwise: z
        .array(
          z.object({
            endsAs: z.string(),
            do: z.string(),
            because: z.array(z.string()),
            reason: z.string().optional(),
          }),
        )
        .optional(),
    }),
  ),
});

const keptExplanation = z.object({
  id: z.string(),
  domain: z.string(),
  from: z.string(),
  to: z.string(),
  at: z.number(),
  outcome: z.string(),
  answeredBy: z.object({ number: z.string(), name: z.string().optional() }).optional(),
  limits: z.array(reachedLimit).optional(),
  message: leftMessage.optional(),
  steps: z.array(
    z.object({
      at: z.number(),
      after: z.string().optional(),
      because: z.array(z.string()),
      now: z.array(z.string()).optional(),
    }),
  ),
  verdict: z.enum(['same', 'differs', 'not-replayed']),
  why: z.string().optional(),
});

interface CallOptions extends Where {
  readonly from?: string;
  readonly to?: string;
  readonly id?: string;
  readonly via?: string;
  readonly at?: string;
  readonly outcome?: string;
  readonly keys?: string;
  readonly domain?: string;
}

/** `vats explain call`: what would be done for a call, or what chose what was done for one, step by step. */
export function addExplainCall(explain: Command, print: Print): void {
  const call = looking(
    explain
      .command('call')
      .description('what would become of a call, or became of one, step by step, and why; nothing rings'),
  );
  call
    .option('--from <caller>', 'an extension or login; with --via the number of a caller outside, or anonymous')
    .option('--to <number>', 'what is dialled: an extension, a number in any writing, a code')
    .option('--id <call>', 'a finished call, by the id that vats calls --history shows')
    .option('--via <trunk>', 'the call comes in by this trunk')
    .option('--at <time>', 'local, such as "2026-12-31 13:00", or ISO 8601 with an offset; now by default')
    .addOption(
      new Option('--outcome <outcome>', 'how each ringing ends; no-answer by default').choices([
        'no-answer',
        'busy',
        'declined',
        'unreachable',
        'callee-busy',
        'callee-declined',
      ]),
    )
    .option('--keys <keys>', 'what the caller presses in each menu, with commas between: 2,201; nothing by default')
    .option('--domain <domain>', 'where there are several')
    .action(async (options: CallOptions) => {
      const { from, to, id, via, at, outcome, keys, domain } = options;
      const asked = Object.entries({ from, to, via, at, outcome, keys, domain }).filter(
        ([, value]) => value !== undefined,
      );
      if (id !== undefined) {
        const [stray] = asked;
        if (stray !== undefined)
          call.error(`error: --${stray[0]} asks about another call than --id does: leave one out`);
        const path = `/explain/call/${encodeURIComponent(id)}`;
        print(options, await ask(options, 'GET', path, keptExplanation), keptText);
        return;
      }
      if (from === undefined) call.error("error: required option '--from <caller>' not specified (or --id <call>)");
      if (to === undefined) call.error("error: required option '--to <number>' not specified");
      const query = new URLSearchParams(asked as [string, string][]);
      print(options, await ask(options, 'GET', `/explain/call?${query}`, callExplanation), callText);
    });
}

/** The plan as it was made; and, where the present model makes another one, from where on. */
function keptText(call: z.output<typeof keptExplanation>): string {
  const { id, from, to, at, steps, outcome, answeredBy, limits = [], message, verdict, why } = call;
  const lines = [`${from} called ${to} at ${localTime(at)} (${id})`];
  steps.forEach(({ after, because, now }, index) => {
    if (after !== undefined) lines.push(`     (and that ended as ${after})`);
    const [first = '', ...more] = because.map(printable);
    lines.push(`${String(index + 1).padStart(3)}. ${first}`, ...more.map((line) => `     ${line}`));
    if (now === undefined) return;
    lines.push('     the present PBX decides otherwise in the same moment:');
    lines.push(...now.map((line) => `     > ${printable(line)}`));
  });
  if (answeredBy !== undefined) {
    const { number, name } = answeredBy;
    lines.push(`     (answered by ${printable(number)}${name === undefined ? '' : ` ${printable(name)}`})`);
  }
  lines.push(...limits.map((limit) => `     ${printable(limitReached(limit))}`));
  if (message !== undefined) lines.push(`     ${messageText(message)}`);
  lines.push(`     (and the call ended as ${outcome})`, VERDICTS[verdict] + (why === undefined ? '' : `: ${why}`));
  return `${lines.join('\n')}\n`;
}

const VERDICTS: Record<z.output<typeof keptExplanation>['verdict'], string> = {
  same: 'made again from what the call keeps: the present PBX comes to the same plan',
  differs: 'the plan was made by an earlier PBX file or edit; it is shown as it was then',
  'not-replayed': 'the plan is shown as it was told then; it can not be made again',
};

function callText({ from, to, localTime, timezone, believed, steps }: z.output<typeof callExplanation>): string {
  const lines = [`${from} calls ${to} at ${localTime} (${timezone})`];
  if (believed !== undefined) lines.push(`     - ${printable(believed)}`);
  steps.forEach((step, index) => {
    const [first = '', ...more] = step.because.map(printable);
    lines.push(`${String(index + 1).padStart(3)}. ${first}`, ...more.map((line) => `     ${line}`));
    lines.push(...detailsOf(step).map((line) => `     - ${printable(line)}`));
    for (const { endsAs, because, reason } of step.otherwise ?? []) {
      const [next = '', ...then] = because.map(printable);
      lines.push(`     (if that ends as ${endsAs}: ${next}`, ...then.map((line) => `      ${line}`));
      lines[lines.length - 1] += reason === undefined ? ')' : `; refused: ${reason})`;
    }
    if (step.endsAs !== undefined) lines.push(`     (and when that ends as ${step.endsAs})`);
    if (step.reason !== undefined) lines.push(`     so the caller is refused: ${step.reason}`);
  });
  return `${lines.join('\n')}\n`;
}

type Step = z.output<typeof callExplanation>['steps'][number];

type ToldWay = NonNullable<z.output<typeof target>['ways']>[number];

/** How a trunk is told who calls and who sends the call on, where that is worth a line: another way than all trunks are. */
function identityLines({ trunk, identity = [], from, diversion }: ToldWay): string[] {
  const usual = identity.length === 1 && identity[0] === 'p-asserted-identity';
  const whose = identity.length === 0 ? 'From alone' : identity.join(', ');
  const lines = usual ? [] : [`${trunk} is told the number in ${whose}`];
  if (from !== undefined) lines.push(`From shows ${from}, whose call is sent on`);
  if (diversion === undefined) return lines;
  const { reason, times, told } = diversion;
  const by = told.length === 0 ? 'no header (identity.forwarded)' : told.join(', ');
  const often = times > 1 ? `, ${times} times` : '';
  return [...lines, `${trunk} is told in ${by} that ${diversion.from} sends the call on (${reason}${often})`];
}

/** How the call looks to whom it rings, what it counts against, and whether it is recorded. */
function detailsOf({ targets = [], keys = [], recorded }: Step): string[] {
  const lines = [
    ...keys,
    ...targets.flatMap(({ rings, kind, ways = [], limits = [], refusedBy = [], firstBecause }) => [
      ...ways.map(({ trunk, sends, shows, down }) => {
        const trouble = down === undefined ? '' : `; the trunk is ${down}`;
        return `${rings} (${kind}) by ${trunk}: sends ${sends}, shows ${shows}${trouble}`;
      }),
      ...ways.flatMap(identityLines),
      ...ways.flatMap(({ trunk, rate, price }) => {
        if (rate !== undefined && price !== undefined)
          return [`${trunk} costs ${price.minute} for a minute (rate ${rate})`];
        return firstBecause === undefined ? [] : [`${trunk} has no rate for the number`];
      }),
      ...(firstBecause === undefined ? [] : [firstBecause]),
      ...limits.map(
        ({ kind: whose, key, calls, limit, used, of }) =>
          `counts against ${[whose, key].filter((each) => each !== undefined).join(' ')}: ${limit} of ${calls} calls, ${used} of ${of} used`,
      ),
      ...(refusedBy.length === 0 ? [] : [`would be refused now: ${refusedBy.map(limitText).join(', ')}`]),
    ]),
  ];
  if (recorded === undefined) return lines;
  return [...lines, `${recorded.record ? 'recorded' : 'not recorded'}: ${recorded.because}`];
}
