import { CSV_BOM, csvLine } from '../csv/write-csv.ts';
import type { Domain } from '../model/model.ts';
import { groupsOfUsers } from './memberships.ts';
import { USER_HEADER } from './read-users.ts';

/** The users of a domain as a list that `readingUsers` reads, and that a spreadsheet opens. It holds no passwords: nobody knows them. */
export function exportUsers({ users, groups }: Domain): string {
  const groupsOf = groupsOfUsers(groups);
  const lines = users.map(({ extension, name, mobile = '', devices, callerId = '' }) => {
    const logins = devices.map(({ login }) => login).join(' ');
    return csvLine([extension, name, mobile, logins, groupsOf.get(extension)?.join(' ') ?? '', callerId]);
  });
  return CSV_BOM + csvLine(USER_HEADER.filter((column) => column !== 'password')) + lines.join('');
}
