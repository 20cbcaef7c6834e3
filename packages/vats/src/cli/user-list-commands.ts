import { rmSync } from 'node:fs';
import { CSV_BOM, csvLine } from '@vats/pbx';
import type { Command } from 'commander';
import * as answers from './answers-lists.ts';
import { ask, looking, type Print, type Streams, type Where } from './asking.ts';
import { type FileWriter, readCsv, writerTo } from './csv-file.ts';
import { csvOption, exportList } from './export-list.ts';
import * as show from './show-lists.ts';

interface InDomain extends Where {
  readonly domain?: string;
}

interface ImportOptions extends InDomain {
  readonly dryRun?: boolean;
  readonly generate?: boolean;
  readonly passwords?: string;
}

/** The commands about many users at once. */
export function addUserListCommands(user: Command, streams: Streams, print: Print): void {
  looking(user.command('import').description('make or change the users of a CSV file, all of them or none'))
    .argument('<file>', 'extension;name;mobile;login;password;groups;caller id')
    .option('--dry-run', 'only say what would change')
    .option('--generate', 'make the passwords of new logins that have none, and show them')
    .option('--passwords <file>', 'write the passwords that are made into a new file instead (CSV)')
    .option('--domain <domain>', 'where there are several')
    .action(async (file: string, options: ImportOptions) => importUsers(file, options, streams, print));
  looking(user.command('export').description('the users of a domain as the CSV that import reads, without passwords'))
    .addOption(csvOption())
    .option('--domain <domain>', 'where there are several')
    .action(async (options: InDomain & { csv?: string | boolean }) => {
      const query = options.domain === undefined ? '' : `?${new URLSearchParams({ domain: options.domain })}`;
      await exportList(`/users.csv${query}`, 'user', options, streams, print);
    });
}

async function importUsers(file: string, options: ImportOptions, { err }: Streams, print: Print): Promise<void> {
  const { dryRun = false, passwords, domain } = options;
  const generate = options.generate === true || passwords !== undefined;
  const text = readCsv(file);
  const body = { name: file, text, dryRun, generate, domain };
  // The file is made before anything is changed: a password that could not be written down would be lost.
  const writer = passwords === undefined || dryRun ? undefined : writerTo(passwords, 'wx');
  let isWritten = false;
  try {
    const answer = await ask(options, 'PUT', '/users', answers.usersImported, body);
    isWritten = writer !== undefined && writtenDown(answer.read.passwords, writer, err);
    // In JSON too a password is in one place only.
    const raw = isWritten ? { ...(answer.raw as object), passwords: [] } : answer.raw;
    print(options, { raw, read: answer.read }, (read) =>
      show.usersImportedText(read, isWritten ? passwords : undefined),
    );
  } finally {
    writer?.close();
    if (writer !== undefined && !isWritten) rmSync(passwords ?? '', { force: true });
  }
}

/** False where there was nothing to write, or it failed: then the passwords must be shown. */
function writtenDown(
  passwords: answers.UsersImportedAnswer['passwords'],
  writer: FileWriter,
  err: Streams['err'],
): boolean {
  if (passwords.length === 0) return false;
  const lines = passwords.map(({ extension, name, login, password }) => csvLine([extension, name, login, password]));
  try {
    writer.write(CSV_BOM + csvLine(['extension', 'name', 'login', 'password']) + lines.join(''));
    return true;
  } catch (error) {
    err(`vats: ${error instanceof Error ? error.message : String(error)}; here they are:\n`);
    return false;
  }
}
