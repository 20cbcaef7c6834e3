import { inTurns, type Steps } from '@vats/kernel';
import type { RegisteredPlace, RegisterFile, RegisterStore, RegisterTable, StoredRegister } from '@vats/pbx';
import type { DatabaseClient } from './database-client.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Write } from './worker/messages.ts';
import type { Tables } from './worker/tables.ts';

/** Ranges in one document: few milliseconds of work. */
const PART = 10_000;
/** Of one range: how far behind the one before it begins, how many numbers it has, its place and its operator. */
const FIELDS = 4;

/** The first document. */
interface Head {
  readonly importedAt: number;
  readonly files: readonly RegisterFile[];
  readonly ranges: number;
  readonly places: readonly RegisteredPlace[];
  readonly operators: readonly string[];
}

/** The numbering register as some documents: distances are much shorter than numbers. */
export class SqliteNumbering implements RegisterStore {
  readonly #client: DatabaseClient;
  readonly #writer: GroupCommit;

  constructor(client: DatabaseClient, writer: GroupCommit) {
    this.#client = client;
    this.#writer = writer;
  }

  async load(): Promise<StoredRegister | undefined> {
    await this.#writer.flush();
    const [head, ...parts] = await this.#client.read({ read: 'numbering' });
    return head === undefined ? undefined : inTurns(registerOf(head, parts));
  }

  async save(register: StoredRegister): Promise<void> {
    const parts = await inTurns(partsOf(register));
    await this.#writer.write([{ do: 'remove-numbering' }, ...parts]);
  }
}

function* partsOf({ importedAt, files, table }: StoredRegister): Steps<Write[]> {
  const { first, last, place, operator, places, operators } = table;
  const head: Head = { importedAt, files, ranges: first.length, places, operators };
  const parts: Write[] = [{ do: 'put-numbering', row: { part: 0, document: JSON.stringify(head) } }];
  for (let at = 0; at < first.length; at += PART) {
    const rows: number[] = [];
    for (let range = at; range < Math.min(at + PART, first.length); range++) {
      const before = range === 0 ? 0 : last[range - 1]!;
      rows.push(first[range]! - before, last[range]! - first[range]! + 1, place[range]!, operator[range]!);
    }
    parts.push({ do: 'put-numbering', row: { part: parts.length, document: JSON.stringify(rows) } });
    yield;
  }
  return parts;
}

function* registerOf(head: Tables['numbering'], parts: readonly Tables['numbering'][]): Steps<StoredRegister> {
  const { importedAt, files, ranges, places, operators } = JSON.parse(head.document) as Head;
  const table: RegisterTable = {
    first: new Float64Array(ranges),
    last: new Float64Array(ranges),
    place: new Uint32Array(ranges),
    operator: new Uint32Array(ranges),
    places,
    operators,
  };
  let range = 0;
  let before = 0;
  for (const { document } of parts) {
    const rows = JSON.parse(document) as number[];
    for (let at = 0; at < rows.length; at += FIELDS) {
      table.first[range] = before + rows[at]!;
      before += rows[at]! + rows[at + 1]! - 1;
      table.last[range] = before;
      table.place[range] = rows[at + 2]!;
      table.operator[range] = rows[at + 3]!;
      range++;
    }
    yield;
  }
  if (range !== ranges)
    throw new Error(`the numbering register has ${range} ranges in its parts, and should have ${ranges}`);
  return { importedAt, files, table };
}
