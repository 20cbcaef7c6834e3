import { type Command, Option } from 'commander';
import { z } from 'zod';
import { printable } from '../printable.ts';
import { ask, looking, type Print, type Where } from './asking.ts';
import { localTime } from './local-time.ts';

const callExplanation = z.object({
  domain: z.string(),
  from: z.string(),
  to: z.string(),
  at: z.number(),
  steps: z.array(
    z.object({
      do: z.string(),
      because: z.array(z.string()),
      reason: z.string().optional(),
      endsAs: z.string().optional(),
    }),
  ),
});

interface CallOptions extends Where {
  readonly from: string;
  readonly to: string;
  readonly via?: string;
  readonly at?: string;
  readonly outcome?: string;
  readonly domain?: string;
}

/** `vats explain call`: what would be done for a call, step by step, and which rule chose each. */
export function addExplainCall(explain: Command, print: Print): void {
  looking(explain.command('call').description('what would become of a call, step by step, and why; nothing rings'))
    .requiredOption('--from <caller>', 'an extension or login; with --via the number of a caller outside, or anonymous')
    .requiredOption('--to <number>', 'what is dialled: an extension, a number in any writing, a code')
    .option('--via <trunk>', 'the call comes in by this trunk')
    .option('--at <time>', 'local, such as "2026-12-31 13:00", or ISO 8601 with an offset; now by default')
    .addOption(
      new Option('--outcome <outcome>', 'how each ringing ends')
        .choices(['no-answer', 'callee-busy', 'callee-declined', 'unreachable'])
        .default('no-answer'),
    )
    .option('--domain <domain>', 'where there are several')
    .action(async (options: CallOptions) => {
      const { from, to, via, at, outcome, domain } = options;
      const query = new URLSearchParams();
      for (const [key, value] of Object.entries({ from, to, via, at, outcome, domain })) {
        if (value !== undefined) query.set(key, value);
      }
      print(options, await ask(options, 'GET', `/explain/call?${query}`, callExplanation), callText);
    });
}

function callText({ from, to, at, steps }: z.output<typeof callExplanation>): string {
  const lines = [`${from} calls ${to} at ${localTime(at)}`];
  steps.forEach((step, index) => {
    const [first = '', ...more] = step.because.map(printable);
    lines.push(`${String(index + 1).padStart(3)}. ${first}`, ...more.map((line) => `     ${line}`));
    if (step.endsAs !== undefined) lines.push(`     (and when that ends as ${step.endsAs})`);
    if (step.reason !== undefined) lines.push(`     so the caller is refused: ${step.reason}`);
  });
  return `${lines.join('\n')}\n`;
}
