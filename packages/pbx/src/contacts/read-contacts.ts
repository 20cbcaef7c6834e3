import type { Steps } from '@vats/kernel';
import { cellBy, cellOrNothing, withRounded } from '../csv/cell.ts';
import { type TableFormat, tableColumn } from '../csv/table-format.ts';
import { TableProblems } from '../csv/table-problems.ts';
import { readingTable } from '../csv/table-reader.ts';
import type { Checked } from '../problems/problem.ts';
import { publicNumber } from '../schema/number.ts';
import { extension, line } from '../schema/words.ts';

/** A line of a contact list: undefined leaves what is known of the number as it is, null takes it away. */
export interface ContactLine {
  /** E.164. */
  readonly number: string;
  readonly name?: string | null;
  readonly extension?: string | null;
}

const FORMAT: TableFormat<ContactLine> = {
  columns: [
    tableColumn<ContactLine, 'number'>({
      key: 'number',
      names: ['number', 'phone', 'telephone', 'phone number', 'номер', 'телефон', 'номер телефона'],
      required: true,
      read: withRounded(cellBy(publicNumber)),
    }),
    tableColumn<ContactLine, 'name'>({
      key: 'name',
      names: ['name', 'contact', 'company', 'имя', 'название', 'контакт', 'клиент', 'фио', 'компания'],
      read: cellOrNothing(cellBy(line(128))),
    }),
    tableColumn<ContactLine, 'extension'>({
      key: 'extension',
      names: [
        ...['extension', 'responsible', 'employee', 'manager'],
        ...['ответственный', 'сотрудник', 'менеджер', 'внутренний номер', 'добавочный'],
      ],
      read: cellOrNothing(cellBy(extension)),
    }),
  ],
  row: 'contact',
  isRow: (cells) => /^[+(]?\d/.test(cells[0] ?? ''),
  header: 'number;name;extension',
  example: '+74951234567;Ivan Petrov;201',
};

/**
 * Reads a list of contacts: `number;name;extension`, as `readRates` reads its file. Everything wrong is told at once; then nothing is
 * read.
 *
 * @param isUser whether the domain has a user of that extension: nobody else can be responsible
 */
export function* readingContacts(
  text: string | Uint8Array,
  file: string,
  isUser: (extension: string) => boolean,
): Steps<Checked<readonly ContactLine[]>> {
  const problems = new TableProblems(file);
  const lines = new Map<string, number>();
  const contacts: ContactLine[] = [];
  yield* readingTable(text, FORMAT, problems, ({ line: at, values, columnOf }) => {
    const contact = values as ContactLine;
    const before = lines.get(contact.number);
    if (before !== undefined) {
      const message = `${contact.number} is in line ${before} already`;
      problems.report('error', at, columnOf('number'), 'number', message, 'keep one of the two lines');
      return;
    }
    lines.set(contact.number, at);
    contacts.push(contact);
    const responsible = contact.extension;
    if (typeof responsible !== 'string' || isUser(responsible)) return;
    const message = `there is no user ${responsible}`;
    problems.report(
      'error',
      at,
      columnOf('extension'),
      'extension',
      message,
      'name the extension of one, or leave it empty',
    );
  });
  return problems.outcome(() => contacts);
}
