import { resolve } from 'node:path';
import { parseAddress, parseNetwork } from '@vats/kernel';
import { duration } from '@vats/pbx';
import { type Command, InvalidArgumentError } from 'commander';
import * as answers from './answers.ts';
import { ask, looking, type Print, type Where } from './asking.ts';
import { isSettingsFile } from './file-kind.ts';
import { checkedPbx, checkedSettings, readText } from './read-text.ts';
import * as show from './show-access.ts';
import { geoText } from './show-geo.ts';
import { withSubcommands } from './with-subcommands.ts';

interface InDomain extends Where {
  readonly domain?: string;
}

/** The commands about who may talk to the switch. */
export function addAccessCommands(vats: Command, explain: Command, print: Print): void {
  const bans = looking(withSubcommands(vats.command('bans')).description('who is shut out at present')).action(
    async (options: Where) => {
      print(options, await ask(options, 'GET', '/bans', answers.bansAnswer), show.bansText);
    },
  );
  looking(bans.command('list').description('the bans that stand')).action(async (options: Where) => {
    print(options, await ask(options, 'GET', '/bans', answers.bansAnswer), show.bansText);
  });
  looking(bans.command('add').description('shut a network out'))
    .argument('<network>', 'an address, 203.0.113.0/24, 192.168.1.16-32, 10.20.* or 2001:db8::/32', networkArgument)
    .option('--for <time>', 'such as 1h or 7d; without it until it is removed', timeArgument)
    .option('--user <login>', 'only when this login is used from there')
    .option('--reason <text>', 'for whoever looks at the list')
    .option('--domain <domain>', 'of the login, where there are several')
    .action(async (network: string, options: InDomain & { for?: string; user?: string; reason?: string }) => {
      const { for: time, user, reason, domain } = options;
      const body = { network, for: time, user, reason, domain };
      print(options, await ask(options, 'POST', '/bans', answers.banAnswer, body), show.bannedText);
    });
  looking(bans.command('remove').description('let a network in again'))
    .argument('<id-or-network>')
    .action(async (which: string, options: Where) => {
      const path = `/bans/${encodeURIComponent(which)}`;
      print(options, await ask(options, 'DELETE', path, answers.unbanAnswer), show.unbannedText);
    });

  looking(explain.command('geo').description('whether somebody at an address may talk to the switch'))
    .argument('<ip>', 'an IPv4 or IPv6 address', addressArgument)
    .option('--device <login>', 'and use this account from there')
    .option('--domain <domain>', 'where there are several')
    .action(async (ip: string, options: InDomain & { device?: string }) => {
      const query = new URLSearchParams({ address: ip });
      if (options.device !== undefined) query.set('device', options.device);
      if (options.domain !== undefined) query.set('domain', options.domain);
      print(options, await ask(options, 'GET', `/explain/geo?${query}`, answers.geoExplanation), geoText);
    });
  looking(
    explain.command('policy').description("who would be shut out by a file's access, by the last 30 days of their use"),
  )
    .argument('<file>', "a PBX file, or this machine's settings")
    .action(async (file: string, options: Where) => {
      const text = readText(file);
      if (isSettingsFile(text)) {
        const body = { name: file, text: checkedSettings(text, file) };
        const tried = await ask(options, 'POST', '/explain/settings', answers.settingsExplanation, body);
        print(options, tried, show.settingsText);
      } else {
        const body = { name: file, text: checkedPbx(text, file) };
        const tried = await ask(options, 'POST', '/explain/policy', answers.policyExplanation, body);
        print(options, tried, show.policyText);
      }
    });

  const geo = looking(withSubcommands(vats.command('geo')).description('the country table')).action(
    async (options: Where) => {
      print(options, await ask(options, 'GET', '/geo', answers.geoTable), show.geoTableText);
    },
  );
  looking(geo.command('update').description('use another country table (.mmdb) from now on; a copy is kept'))
    .argument('<file>')
    .action(async (file: string, options: Where) => {
      const body = { file: resolve(file) };
      print(options, await ask(options, 'POST', '/geo', answers.geoTable, body), show.geoTableText);
    });
}

function networkArgument(text: string): string {
  if (parseNetwork(text).ok) return text;
  throw new InvalidArgumentError('give an address or a network such as 203.0.113.0/24.');
}

function addressArgument(text: string): string {
  if (parseAddress(text) !== undefined) return text;
  throw new InvalidArgumentError('give an IP address such as 203.0.113.5 or 2001:db8::5.');
}

function timeArgument(text: string): string {
  if (duration('1s', '3650d').safeParse(text).success) return text;
  throw new InvalidArgumentError(
    'give a time such as 30m, 1h or 7d, at most 3650d; without --for the ban stands until it is removed.',
  );
}
