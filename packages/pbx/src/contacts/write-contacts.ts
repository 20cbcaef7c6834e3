import type { Steps } from '@vats/kernel';
import { writingTable } from '../csv/writing-table.ts';
import type { Contact } from './contact.ts';

/**
 * A list that `readingContacts` reads back, and that a spreadsheet opens. An employee who is no user any more is left out: the cell is
 * empty then, which an import into the same domain takes as no change.
 */
export function writingContacts(contacts: Iterable<Contact>, isUser: (extension: string) => boolean): Steps<string> {
  return writingTable(['number', 'name', 'extension'], contacts, ({ number, name = '', extension = '' }) => [
    number,
    name,
    extension !== '' && isUser(extension) ? extension : '',
  ]);
}
