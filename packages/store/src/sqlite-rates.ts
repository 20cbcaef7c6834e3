import { inTurns, type Steps } from '@vats/kernel';
import type { Rate, RateStore, RateTableName } from '@vats/pbx';
import type { DatabaseClient } from './database-client.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Write } from './worker/messages.ts';
import type { Tables } from './worker/tables.ts';

/** Rates in one document: few milliseconds of work. */
const PART = 5_000;

type RateRow = readonly [
  prefix: string,
  perMinute: number,
  connection: number,
  first: number,
  next: number,
  name: string,
];

/** Rate tables, each as some documents of thousands of rates. */
export class SqliteRates implements RateStore {
  readonly #client: DatabaseClient;
  readonly #writer: GroupCommit;

  constructor(client: DatabaseClient, writer: GroupCommit) {
    this.#client = client;
    this.#writer = writer;
  }

  async load(): Promise<(RateTableName & { rates: Rate[] })[]> {
    await this.#writer.flush();
    const parts = await this.#client.read({ read: 'rates' });
    return inTurns(tablesOf(parts));
  }

  async save({ domain, trunk = '' }: RateTableName, rates: Iterable<Rate>): Promise<void> {
    const parts = await inTurns(partsOf(domain, trunk, [...rates]));
    await this.#writer.write([{ do: 'remove-rates', domain, name: trunk }, ...parts]);
  }

  remove({ domain, trunk = '' }: RateTableName): Promise<void> {
    return this.#writer.write([{ do: 'remove-rates', domain, name: trunk }]);
  }
}

function* partsOf(domain: string, name: string, rates: readonly Rate[]): Steps<Write[]> {
  const parts: Write[] = [];
  for (let at = 0; at < rates.length; at += PART) {
    const rows = rates.slice(at, at + PART).map((rate): RateRow => {
      return [rate.prefix, rate.perMinute, rate.connection, rate.first, rate.next, rate.name];
    });
    parts.push({ do: 'put-rates', row: { domain, name, part: at / PART, document: JSON.stringify(rows) } });
    yield;
  }
  return parts;
}

function* tablesOf(parts: readonly Tables['rates'][]): Steps<(RateTableName & { rates: Rate[] })[]> {
  const tables: (RateTableName & { rates: Rate[] })[] = [];
  for (const { domain, name, document } of parts) {
    let table = tables.at(-1);
    if (table?.domain !== domain || (table.trunk ?? '') !== name) {
      table = { domain, ...(name !== '' && { trunk: name }), rates: [] };
      tables.push(table);
    }
    for (const [prefix, perMinute, connection, first, next, called] of JSON.parse(document) as RateRow[]) {
      table.rates.push({ prefix, perMinute, connection, first, next, name: called });
    }
    yield;
  }
  return tables;
}
