import { type Command, Option } from 'commander';
import { counted } from '../counted.ts';
import * as answers from './answers-lists.ts';
import { ask, looking, type Print, type Streams, type Where } from './asking.ts';
import { readCsv } from './csv-file.ts';
import { csvOption, exportList } from './export-list.ts';
import * as show from './show-lists.ts';
import { countArgument } from './values.ts';

interface InDomain extends Where {
  readonly domain?: string;
}

interface OfTrunk extends InDomain {
  readonly trunk?: string;
}

/** The commands about contacts, rates and limits. */
export function addListCommands(vats: Command, streams: Streams, print: Print): void {
  addContactCommands(vats.command('contacts').description('who has which number outside'), streams, print);
  addRateCommands(vats.command('rates').description('what calls outside cost'), streams, print);
  inDomain(looking(vats.command('limits').description('how far the limits of calls outside are used')))
    .option('--user <extension>', 'of this user only')
    .addOption(new Option('--trunk <name>', 'of this trunk only').conflicts('user'))
    .action(async (options: OfTrunk & { user?: string }) => {
      const path = `/limits?${queryOf(options, 'domain', 'user', 'trunk')}`;
      print(options, await ask(options, 'GET', path, answers.limitsAnswer), show.limitsText);
    });
}

function addContactCommands(contacts: Command, streams: Streams, print: Print): void {
  inDomain(looking(contacts.command('import').description('add or change the contacts of a CSV file, all or none')))
    .argument('<file>', 'number;name;extension of the responsible employee')
    .option('--dry-run', 'only say what would change')
    .option('--replace', 'and remove those that it does not name')
    .action(async (file: string, options: InDomain & { dryRun?: boolean; replace?: boolean }) => {
      const { dryRun, replace, domain } = options;
      const body = { name: file, text: readCsv(file), dryRun, replace, domain };
      const answer = await ask(options, 'PUT', '/contacts', answers.listChanged, body);
      print(options, answer, (change) => show.listChangeText(change, 'contact'));
    });
  inDomain(looking(contacts.command('export').description('all contacts as the CSV that import reads')))
    .addOption(csvOption())
    .action(async (options: InDomain & { csv?: string | boolean }) => {
      await exportList(`/contacts.csv?${queryOf(options, 'domain')}`, 'contact', options, streams, print);
    });
  inDomain(looking(contacts.command('show').description('contacts')))
    .option('--number <number>', 'the one of this number, in any writing')
    .option('--limit <contacts>', 'at most so many', countArgument, 100)
    .action(async (options: InDomain & { number?: string; limit: number }) => {
      const path = `/contacts?${queryOf(options, 'domain', 'number', 'limit')}`;
      print(options, await ask(options, 'GET', path, answers.contactsAnswer), show.contactsText);
    });
  const remove = contacts.command('remove').description('remove a contact, or all of them');
  inDomain(looking(remove))
    .argument('[number]', 'in any writing')
    .option('--all', "all of the domain's")
    .action(async (number: string | undefined, options: InDomain & { all?: boolean }) => {
      if ((number === undefined) === (options.all !== true)) {
        remove.error('error: name a number, or --all and no number');
      }
      const path = `/contacts?${queryOf({ domain: options.domain, number }, 'domain', 'number')}`;
      const answer = await ask(options, 'DELETE', path, answers.contactsRemoved);
      print(options, answer, ({ domain, removed }) => `${counted(removed, 'contact')} of ${domain} removed\n`);
    });
}

function addRateCommands(rates: Command, streams: Streams, print: Print): void {
  inDomain(looking(rates.command('import').description('take a price list over, in the place of the one before')))
    .argument('<file>', 'prefix;price per minute;connection fee;first interval;next interval;name')
    .option('--trunk <name>', "a trunk's own; without it, for trunks that have none")
    .option('--dry-run', 'only say what would change')
    .action(async (file: string, options: OfTrunk & { dryRun?: boolean }) => {
      const { dryRun, trunk, domain } = options;
      const body = { name: file, text: readCsv(file), dryRun, trunk, domain };
      const answer = await ask(options, 'PUT', '/rates', answers.listChanged, body);
      print(options, answer, (change) => show.listChangeText(change, 'rate'));
    });
  inDomain(looking(rates.command('export').description('a price list as the CSV that import reads')))
    .option('--trunk <name>', "a trunk's own; without it, the one for trunks that have none")
    .addOption(csvOption())
    .action(async (options: OfTrunk & { csv?: string | boolean }) => {
      await exportList(`/rates.csv?${queryOf(options, 'domain', 'trunk')}`, 'rate', options, streams, print);
    });
  inDomain(looking(rates.command('show').description('the price lists that there are, or what a call costs')))
    .option('--number <number>', 'what a call to it costs by each trunk')
    .action(async (options: InDomain & { number?: string }) => {
      const path = `/rates?${queryOf(options, 'domain', 'number')}`;
      if (options.number === undefined) {
        print(options, await ask(options, 'GET', path, answers.rateTables), show.rateTablesText);
      } else print(options, await ask(options, 'GET', path, answers.ratePrices), show.ratePricesText);
    });
  inDomain(looking(rates.command('remove').description('forget a price list')))
    .option('--trunk <name>', "a trunk's own")
    .action(async (options: OfTrunk) => {
      const path = `/rates?${queryOf(options, 'domain', 'trunk')}`;
      const answer = await ask(options, 'DELETE', path, answers.ratesRemoved);
      const whose = options.trunk === undefined ? answer.read.domain : `the trunk ${options.trunk}`;
      print(options, answer, () => `the rates of ${whose} are removed\n`);
    });
}

function inDomain(command: Command): Command {
  return command.option('--domain <domain>', 'where there are several');
}

function queryOf<Key extends string>(
  options: { readonly [K in Key]?: string | number | undefined },
  ...keys: readonly Key[]
): URLSearchParams {
  const query = new URLSearchParams();
  for (const key of keys) {
    const value = options[key];
    if (value !== undefined) query.set(key, String(value));
  }
  return query;
}
