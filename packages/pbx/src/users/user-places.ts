import { formatKeyPath } from '../problems/problem.ts';
import type { Places } from '../yaml/yaml-source.ts';
import type { UserCells, UserLine } from './read-users.ts';

const COLUMNS: readonly (keyof UserCells)[] = ['extension', 'name', 'mobile', 'callerId'];

/** Where a list of users says what a PBX file's users and devices would. @param lines of the users, in the order of that file */
export function placesInList(file: string, lines: readonly UserLine[]): Places {
  return {
    problem: (path, message, remedy, { severity = 'error' } = {}) => {
      const [list, index, key, , part] = path;
      const about = { severity, file, message, ...(remedy !== undefined && { remedy }) };
      const row = list === 'users' && typeof index === 'number' ? lines[index] : undefined;
      if (row === undefined) return { ...about, line: 0, column: 0, path: formatKeyPath(path) };
      const column = key === 'devices' ? (part === 'password' ? 'password' : 'login') : columnNamed(key);
      return { ...about, line: row.line, column: row.columnOf(column), path: column };
    },
  };
}

function columnNamed(key: string | number | undefined): keyof UserCells {
  return COLUMNS.find((column) => column === key) ?? 'extension';
}
