import type { Steps } from '@vats/kernel';
import { cellBy, cellOrNothing, cellsBy, withRounded } from '../csv/cell.ts';
import { type CellFault, type TableFormat, type TableRow, tableColumn } from '../csv/table-format.ts';
import { TableProblems } from '../csv/table-problems.ts';
import { readingTable } from '../csv/table-reader.ts';
import type { Checked } from '../problems/problem.ts';
import { publicNumber } from '../schema/number.ts';
import { extension, line, login, secret } from '../schema/words.ts';

/** What a line says of a user: undefined leaves it as it is, null takes it away. */
export interface UserCells {
  readonly extension: string;
  readonly name?: string;
  /** E.164. */
  readonly mobile?: string | null;
  /** Accounts that the user has; others that are there stay. */
  readonly login?: readonly string[];
  /** Of the one account that the line names. */
  readonly password?: string;
  /** All groups that the user is in, by extension. */
  readonly groups?: readonly string[] | null;
  readonly callerId?: string | null;
}

export type UserLine = TableRow<UserCells> & { readonly values: UserCells };

export const USER_HEADER = ['extension', 'name', 'mobile', 'login', 'password', 'groups', 'caller id'] as const;

const FORMAT: TableFormat<UserCells> = {
  columns: [
    tableColumn<UserCells, 'extension'>({
      key: 'extension',
      names: ['extension', 'number', 'ext', 'внутренний номер', 'внутренний', 'добавочный', 'номер'],
      required: true,
      read: cellBy(extension),
    }),
    tableColumn<UserCells, 'name'>({
      key: 'name',
      names: ['name', 'full name', 'employee', 'имя', 'фио', 'сотрудник'],
      read: cellBy(line(128)),
    }),
    tableColumn<UserCells, 'mobile'>({
      key: 'mobile',
      names: ['mobile', 'mobiles', 'mobile phone', 'мобильный', 'мобильный телефон', 'мобильные'],
      read: cellOrNothing(withRounded(readMobile)),
    }),
    tableColumn<UserCells, 'login'>({
      key: 'login',
      names: ['login', 'logins', 'account', 'логин', 'учетная запись'],
      read: cellsBy(cellBy(login)),
    }),
    tableColumn<UserCells, 'password'>({ key: 'password', names: ['password', 'пароль'], read: cellBy(secret) }),
    tableColumn<UserCells, 'groups'>({
      key: 'groups',
      names: ['groups', 'group', 'группы', 'группа'],
      read: cellOrNothing(cellsBy(cellBy(extension))),
    }),
    tableColumn<UserCells, 'callerId'>({
      key: 'callerId',
      names: ['caller id', 'callerid', 'исходящий номер', 'внешний номер', 'аон'],
      read: cellOrNothing(withRounded(cellBy(publicNumber))),
    }),
  ],
  row: 'user',
  isRow: (cells) => /^\d{1,8}$/.test(cells[0] ?? ''),
  header: USER_HEADER.join(';'),
  example: '201;Anna Petrova;+79161234567;anna',
};

function readMobile(text: string): string | CellFault {
  const [first = '', second] = text.split(/[,;/]/).filter((part) => part.trim() !== '');
  if (second === undefined) return cellBy(publicNumber)(first.trim());
  return {
    message: 'a user has one mobile number',
    remedy: 'keep one of them; others belong under reach in a PBX file',
  };
}

/**
 * Reads a list of users: `extension;name;mobile;login;password;groups;caller id`, as `readRates` reads its file. What it says is not compared
 * with any domain here.
 */
export function* readingUsers(text: string | Uint8Array, file: string): Steps<Checked<readonly UserLine[]>> {
  const problems = new TableProblems(file);
  const lines: UserLine[] = [];
  const extensions = new Map<string, number>();
  const logins = new Map<string, number>();
  const isNew = (seen: Map<string, number>, key: 'extension' | 'login', written: string, row: UserLine): boolean => {
    // People write logins in any case of letters, so two that differ by it alone would be mistaken for one.
    const value = written.toLowerCase();
    const before = seen.get(value);
    if (before === undefined) seen.set(value, row.line);
    else {
      const message = `${key} ${written} is in line ${before} already`;
      problems.report('error', row.line, row.columnOf(key), key, message, 'keep one of the two lines');
    }
    return before === undefined;
  };
  yield* readingTable(text, FORMAT, problems, (row) => {
    const user = row as UserLine;
    const { extension: own, login: accounts = [], password } = user.values;
    if (!isNew(extensions, 'extension', own, user)) return;
    if (!accounts.every((account) => isNew(logins, 'login', account, user))) return;
    if (password !== undefined && accounts.length !== 1) {
      const message = accounts.length === 0 ? 'the password is for no login' : 'one password for several logins';
      const remedy = 'name one login; it may be the extension';
      problems.report('error', user.line, user.columnOf('password'), 'password', message, remedy);
      return;
    }
    lines.push(user);
  });
  return problems.outcome(() => lines);
}
