import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatProblem } from '@vats/pbx';
import { Command, CommanderError, Option } from 'commander';
import type { z } from 'zod';
import { askSwitch, ControlFailure } from '../control/control-client.ts';
import { counted } from '../counted.ts';
import type { Override, SettingKey } from '../settings/index.ts';
import { VERSION } from '../version.ts';
import { addAccessCommands } from './access-commands.ts';
import * as answers from './answers.ts';
import { ask, looking, printableStreams, printer, type Streams, type Where } from './asking.ts';
import { checkFile } from './check-file.ts';
import { addConferenceCommand } from './conference-commands.ts';
import { dataDirectory } from './data-directory.ts';
import { CliFailure, configurationFailure, EXIT } from './exit-codes.ts';
import { addExplainCall } from './explain-call.ts';
import { addGroupCommands } from './group-commands.ts';
import { addHistory } from './history-commands.ts';
import { addListCommands } from './list-commands.ts';
import { addOwnCommands } from './own-commands.ts';
import { addPromptCommands } from './prompt-commands.ts';
import { addQueueCommands } from './queue-commands.ts';
import { readPbxText, readText } from './read-text.ts';
import { addRecordingCommands } from './recording-commands.ts';
import { addRegionCommands } from './region-commands.ts';
import { addScheduleCommands } from './schedule-commands.ts';
import * as show from './show.ts';
import { addSubscriptionCommand } from './subscription-commands.ts';
import { addSupervisionCommands } from './supervision-commands.ts';
import { addTrunkCommands } from './trunk-commands.ts';
import { addUserListCommands } from './user-list-commands.ts';
import { addVoicemailCommands } from './voicemail-commands.ts';
import { withSubcommands } from './with-subcommands.ts';

/** Runs one command line; resolves with the exit code (0 good, 1 runtime, 2 usage, 3 configuration). */
export async function run(argv: readonly string[], terminal: Streams): Promise<number> {
  const streams = printableStreams(terminal);
  const result = { code: EXIT.good as number };
  try {
    await program(streams, result).parseAsync([...argv], { from: 'user' });
    return result.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.usage;
    if (error instanceof CliFailure) {
      streams.err(`vats: ${error.message}\n`);
      return error.exitCode;
    }
    if (error instanceof ControlFailure) {
      // What the switch found wrong in a file or in an account is configuration, like the same thing found at start; its
      // lines begin with the file's name.
      const problems = Array.isArray(error.details);
      streams.err(`${problems ? '' : 'vats: '}${error.message}\n`);
      return problems ? EXIT.configuration : EXIT.runtime;
    }
    streams.err(`vats: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT.runtime;
  }
}

function program(streams: Streams, result: { code: number }): Command {
  const { out } = streams;
  const print = printer(streams);
  const vats = new Command('vats')
    .description('VATS: a SIP/RTP softswitch and cloud PBX')
    .version(VERSION)
    .showHelpAfterError('(vats --help shows the commands)')
    .configureOutput({ writeOut: streams.out, writeErr: streams.err })
    // An option behind a subcommand's name is the subcommand's, where both have one of that name.
    .enablePositionalOptions()
    .exitOverride();

  vats
    .command('up')
    .description('run the switch; SIGTERM lets calls end, SIGHUP reads the files again')
    .option('--config <file>', "this machine's settings (YAML)")
    .option('--apply <file>', 'a PBX file to apply when it changed; may be given several times', collect, [])
    .option('--data <directory>', 'where database, key and recordings are')
    .option('--listen <url>', 'SIP listener such as udp://127.0.0.1:5060; may be given several times', collect, [])
    .option('--advertise <host>', 'what Via and Contact say to peers that are not local')
    .option('--media-address <address>', 'where sound is received; one a family', collect, [])
    .option('--media-advertise <address>', 'what SDP says to peers that are not local')
    .option('--media-ports <range>', 'RTP ports, such as 20000-29999')
    .option('--log-level <level>', 'trace, debug, info, warn or error')
    .option('--log-format <format>', 'auto, json or pretty')
    .option('--http <listen>', 'address of the HTTP API, or off')
    .action(async (options: Record<string, string | string[] | undefined>) => {
      const { config, apply } = options as { config?: string; apply: string[] };
      // Only this command needs the switch itself; the others start faster without it.
      const { up } = await import('./up.ts');
      const { err } = streams;
      result.code = await up({ apply, flags: overridesOf(options), err, ...(config === undefined ? {} : { config }) });
    });

  vats
    .command('check')
    .description('check a settings or PBX file; errors name file, line, key and remedy')
    .argument('<file>')
    .option('--json', 'problems as JSON')
    .option('--data <directory>', 'of the running switch, asked for its regions and prompts')
    .addOption(new Option('--config <file>', 'its settings file, to find the data directory'))
    .action(async (file: string, options: Where) => {
      const { json } = options;
      const checked = await checkFile(readText(file), file, options);
      const { problems } = checked;
      if (json === true) out(`${JSON.stringify({ ok: checked.ok, problems }, null, 2)}\n`);
      else out(problems.map((problem) => `${formatProblem(problem)}\n`).join(''));
      if (!checked.ok) result.code = EXIT.configuration;
      else if (json !== true)
        out(`${file}: good${problems.length === 0 ? '' : `, ${counted(problems.length, 'warning')}`}\n`);
    });

  looking(vats.command('apply').description('make what a PBX file names equal to it'))
    .argument('<file>')
    .option('--dry-run', 'only say what would change')
    .option('--prune', 'remove what an earlier apply of this file made and it no longer names')
    .action(async (file: string, options: Where & { dryRun?: boolean; prune?: boolean }) => {
      const body = {
        path: resolve(file),
        name: file,
        text: readPbxText(file),
        dryRun: options.dryRun,
        prune: options.prune,
      };
      const change = await ask(options, 'POST', '/apply', answers.changeAnswer, body);
      print(options, change, show.changesText);
    });

  looking(vats.command('export').description('the PBX model as a file that apply accepts'))
    .argument('[domain]')
    .action(async (domain: string | undefined, options: Where) => {
      const query = domain === undefined ? '' : `?domain=${encodeURIComponent(domain)}`;
      const exported = await ask(options, 'GET', `/export${query}`, answers.exportAnswer);
      print(options, exported, ({ text }) => text);
    });

  looking(vats.command('status').description('what the switch is doing')).action(async (options: Where) => {
    print(options, await ask(options, 'GET', '/status', answers.statusAnswer), show.statusText);
  });
  looking(vats.command('reload').description('read the files again, as SIGHUP does, and say what came of it')).action(
    async (options: Where) => {
      const reloaded = await ask(options, 'POST', '/reload', answers.reloadAnswer);
      if (!reloaded.read.reloaded) throw configurationFailure(`nothing is changed: ${reloaded.read.error}`);
      print(options, reloaded, show.reloadText);
    },
  );
  looking(vats.command('registrations').description('phones that are registered')).action(async (options: Where) => {
    const found = await ask(options, 'GET', '/registrations', answers.registrationsAnswer);
    print(options, found, show.registrationsText);
  });
  const calls = looking(
    withSubcommands(vats.command('calls')).description('calls that are up; with --history those that have ended'),
  );
  addHistory(calls, streams, print, async (options) => {
    const up = await ask(options, 'GET', '/calls', answers.callsAnswer);
    print(options, up, show.callsText);
  });
  looking(calls.command('hangup').description('end a call'))
    .argument('<id>')
    .action(async (id: string, options: Where) => {
      await askSwitch(dataDirectory(options), 'DELETE', `/calls/${encodeURIComponent(id)}`);
      out(`${id} is ended\n`);
    });
  addRecordingCommands(vats, calls, streams, print);
  addVoicemailCommands(vats, streams, print);
  addSupervisionCommands(calls, streams);
  addConferenceCommand(vats, print);
  addSubscriptionCommand(vats, print);

  const user = vats.command('user').description('users of a domain, by hand');
  looking(user.command('add').description('add a user with one device'))
    .argument('<extension>')
    .argument('<name>')
    .option('--login <login>', "the device's login; the extension by default")
    .addOption(passwordStdin())
    .option('--generate', 'make the password and show it, which is what happens without --password-stdin')
    .option('--domain <domain>', 'where there are several')
    .action(async (extension: string, name: string, options: Where & UserOptions & { login?: string }) => {
      const body = { extension, name, login: options.login ?? extension, ...passwordOf(options), ...domainOf(options) };
      const made = await ask(options, 'POST', '/users', answers.accountAnswer, body);
      print(options, made, (account) => accountText(account, options.passwordStdin === true));
    });
  looking(user.command('remove').description('remove a user and their devices'))
    .argument('<extension>')
    .option('--domain <domain>', 'where there are several')
    .action(async (extension: string, options: Where & UserOptions) => {
      const path = `/users/${encodeURIComponent(extension)}${queryOf(options)}`;
      print(options, await ask(options, 'DELETE', path, answers.changeAnswer), show.changesText);
    });
  looking(user.command('password').description('give a device a new password'))
    .argument('<login>')
    .addOption(passwordStdin())
    .option('--generate', 'make one and show it, which is what happens without --password-stdin')
    .option('--domain <domain>', 'where there are several')
    .action(async (login: string, options: Where & UserOptions) => {
      const path = `/devices/${encodeURIComponent(login)}/password${queryOf(options)}`;
      const made = await ask(options, 'PUT', path, answers.accountAnswer, passwordOf(options));
      print(options, made, (account) => accountText(account, options.passwordStdin === true));
    });

  addOwnCommands(user, print);
  addUserListCommands(user, streams, print);
  addListCommands(vats, streams, print);

  const explain = vats.command('explain').description('what would happen, and why');
  addAccessCommands(vats, explain, print);
  addExplainCall(explain, print);
  addScheduleCommands(vats, explain, print);
  addRegionCommands(vats, explain, print);
  addTrunkCommands(vats, print, result);
  addGroupCommands(vats, print);
  addQueueCommands(vats, print);
  addPromptCommands(vats, print);
  return vats;
}

function passwordStdin(): Option {
  return new Option('--password-stdin', 'read the password from standard input').conflicts('generate');
}

interface UserOptions {
  readonly passwordStdin?: boolean;
  readonly domain?: string;
}

const FLAGS: Readonly<Record<string, readonly [flag: string, key: SettingKey]>> = {
  data: ['--data', 'data'],
  listen: ['--listen', 'sip.listen'],
  advertise: ['--advertise', 'sip.advertise'],
  mediaAddress: ['--media-address', 'media.address'],
  mediaAdvertise: ['--media-advertise', 'media.advertise'],
  mediaPorts: ['--media-ports', 'media.ports'],
  logLevel: ['--log-level', 'log.level'],
  logFormat: ['--log-format', 'log.format'],
  http: ['--http', 'http.listen'],
};

function overridesOf(options: Readonly<Record<string, string | readonly string[] | undefined>>): Override[] {
  return Object.entries(FLAGS).flatMap(([option, [from, key]]) => {
    const value = options[option];
    return value === undefined || value.length === 0 ? [] : [{ from, key, value }];
  });
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

/** A password never comes as an argument: every user of the machine could read it in the process list. */
function passwordOf({ passwordStdin }: UserOptions): { password?: string } {
  return passwordStdin === true ? { password: readFileSync(0, 'utf8').replace(/\r?\n$/, '') } : {};
}

function domainOf({ domain }: UserOptions): { domain?: string } {
  return domain === undefined ? {} : { domain };
}

function queryOf({ domain }: UserOptions): string {
  return domain === undefined ? '' : `?domain=${encodeURIComponent(domain)}`;
}

function accountText(account: z.output<typeof answers.accountAnswer>, known: boolean): string {
  const password = known ? '' : `login ${account.login}  password ${account.password}  (shown this once)\n`;
  return `${show.changesText(account)}${password}`;
}
