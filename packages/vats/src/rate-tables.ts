import { cheapestOf, type Rate, type RateStore, RateTable, type RateTableName } from '@vats/pbx';

/**
 * What calls cost, for all domains: in memory, on disk before anyone sees a change. A trunk that has a table goes by it alone: what it
 * does not name has no known price, whatever the domain's table says.
 */
export class RateTables {
  readonly #store: RateStore;
  readonly #tables = new Map<string, Map<string, RateTable>>();

  constructor(store: RateStore) {
    this.#store = store;
  }

  /** What is kept from before the start. */
  async load(): Promise<void> {
    for (const { rates, ...table } of await this.#store.load()) this.#put(table, new RateTable(rates));
  }

  /** The price of a call by the trunk; undefined where nobody knows it. */
  rateOf(domain: string, trunk: string, number: string): Rate | undefined {
    return this.tableFor(domain, trunk)?.find(number);
  }

  /** The table that a trunk goes by. */
  tableFor(domain: string, trunk: string): RateTable | undefined {
    return this.table({ domain, trunk }) ?? this.table({ domain });
  }

  /** Trunks in the order of what a call to the number costs by them; those whose price is not known come last. */
  cheapestFirst(domain: string, number: string, trunks: readonly string[]): readonly string[] {
    const tables = trunks.flatMap((trunk) => {
      const table = this.tableFor(domain, trunk);
      return table === undefined ? [] : [[trunk, table] as const];
    });
    const priced = cheapestOf(number, tables).map(({ trunk }) => trunk);
    return [...priced, ...trunks.filter((trunk) => !priced.includes(trunk))];
  }

  table({ domain, trunk = '' }: RateTableName): RateTable | undefined {
    return this.#tables.get(domain)?.get(trunk);
  }

  /** The tables of a domain, its own first; no trunk is its own. */
  *of(domain: string): Iterable<RateTableName & { readonly table: RateTable }> {
    const tables = [...(this.#tables.get(domain) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [trunk, table] of tables) yield { domain, ...(trunk !== '' && { trunk }), table };
  }

  /** Puts a table in the place of the one that was there. Resolves when it is durable. */
  async save(name: RateTableName, table: RateTable): Promise<void> {
    await this.#store.save(name, table.rates);
    this.#put(name, table);
  }

  /** Resolves with whether there was one. */
  async remove(name: RateTableName): Promise<boolean> {
    if (this.table(name) === undefined) return false;
    await this.#store.remove(name);
    return this.#tables.get(name.domain)?.delete(name.trunk ?? '') ?? false;
  }

  /** The domain is gone; the store knows it already. */
  forget(domain: string): void {
    this.#tables.delete(domain);
  }

  #put({ domain, trunk = '' }: RateTableName, table: RateTable): void {
    const tables = this.#tables.get(domain);
    if (tables === undefined) this.#tables.set(domain, new Map([[trunk, table]]));
    else tables.set(trunk, table);
  }
}
