import { resolve } from 'node:path';
import type { Command } from 'commander';
import * as answers from './answers-regions.ts';
import { ask, looking, type Print, type Where } from './asking.ts';
import * as show from './show-regions.ts';
import { countArgument } from './values.ts';
import { withSubcommands } from './with-subcommands.ts';

/** The commands about the numbering register: which number outside is whose, and from where. */
export function addRegionCommands(vats: Command, explain: Command, print: Print): void {
  const regions = looking(
    withSubcommands(vats.command('regions')).description('the register of Russian numbers that regions are known by'),
  ).action(async (options: Where) => {
    print(options, await ask(options, 'GET', '/regions', answers.registerAnswer), show.registerText);
  });
  looking(regions.command('import').description("take the regulator's register over, in the place of the one before"))
    .argument('<files...>', 'all its CSV files: ABC-3xx.csv ABC-4xx.csv ABC-8xx.csv DEF-9xx.csv; the switch reads them')
    .option('--dry-run', 'only say what would change')
    .action(async (files: string[], options: Where & { dryRun?: boolean }) => {
      const named = files.map((name) => ({ path: resolve(name), name }));
      const body = { files: named, dryRun: options.dryRun };
      const answer = await ask(options, 'PUT', '/regions', answers.registerImported, body);
      print(options, answer, show.registerImportedText);
    });
  looking(regions.command('names').description('the names that byCaller may say, those with most numbers first'))
    .argument('[text]', 'that has this in it')
    .option('--limit <names>', 'at most so many', countArgument, 100)
    .action(async (text: string | undefined, options: Where & { limit: number }) => {
      const query = new URLSearchParams({ limit: String(options.limit), ...(text !== undefined && { text }) });
      const path = `/regions/names?${query}`;
      print(options, await ask(options, 'GET', path, answers.regionNames), show.regionNamesText);
    });

  looking(explain.command('number').description('where a number is from, and whose it is'))
    .argument('<number>', 'a public number in any writing')
    .option('--domain <domain>', "only this domain's own regions")
    .action(async (number: string, options: Where & { domain?: string }) => {
      const { domain } = options;
      const query = new URLSearchParams({ number, ...(domain !== undefined && { domain }) });
      const path = `/explain/number?${query}`;
      print(options, await ask(options, 'GET', path, answers.numberExplanation), show.numberText);
    });
}
