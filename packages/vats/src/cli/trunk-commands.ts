import { type Command, Option } from 'commander';
import { RECIPES } from '../trunk-recipe/facts.ts';
import { trunkRecipeAnswer, trunksAnswer, trunkTestAnswer } from './answers-trunks.ts';
import { ask, looking, type Print, type Where } from './asking.ts';
import { EXIT } from './exit-codes.ts';
import * as show from './show-trunks.ts';

interface InDomain extends Where {
  readonly domain?: string;
}

/** The commands about trunks. */
export function addTrunkCommands(vats: Command, print: Print, result: { code: number }): void {
  looking(vats.command('trunks').description('trunks: registrations at operators, and whether they are up'))
    .option('--domain <domain>', 'of one domain')
    .action(async (options: InDomain) => {
      const found = await ask(options, 'GET', `/trunks${queryOf(options)}`, trunksAnswer);
      print(options, found, show.trunksText);
    });

  const trunk = vats.command('trunk').description('one trunk');
  looking(
    trunk
      .command('test')
      .description('try it step by step, with each exact answer; exit code 1 when something is wrong'),
  )
    .argument('<name>')
    .option('--domain <domain>', 'where there are several')
    .action(async (name: string, options: InDomain) => {
      const path = `/trunks/${encodeURIComponent(name)}/test${queryOf(options)}`;
      const tested = await ask(options, 'POST', path, trunkTestAnswer);
      print(options, tested, show.trunkTestText);
      if (!tested.read.good) result.code = EXIT.runtime;
    });
  looking(
    trunk
      .command('recipe')
      .description(
        "what to write on both sides so that a PBX registers here, by its account's login; never the password",
      ),
  )
    .argument('<name>')
    .addOption(new Option('--for <pbx>', 'the PBX and its channel driver').choices(RECIPES).makeOptionMandatory())
    .option('--domain <domain>', 'where there are several')
    .action(async (name: string, options: InDomain & { for: string }) => {
      const query = new URLSearchParams({
        for: options.for,
        ...(options.domain !== undefined && { domain: options.domain }),
      });
      const path = `/trunks/${encodeURIComponent(name)}/recipe?${query}`;
      print(options, await ask(options, 'GET', path, trunkRecipeAnswer), show.trunkRecipeText);
    });
}

function queryOf({ domain }: InDomain): string {
  return domain === undefined ? '' : `?domain=${encodeURIComponent(domain)}`;
}
