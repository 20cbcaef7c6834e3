import type { Rate } from './rate.ts';

/** Whose rates they are. */
export interface RateTableName {
  /** `Domain.id`. */
  readonly domain: string;
  /** Undefined for the table of a domain's trunks that have none of their own. */
  readonly trunk?: string;
}

/** Keeps rate tables over restarts. */
export interface RateStore {
  load(): Promise<readonly (RateTableName & { readonly rates: readonly Rate[] })[]>;
  /** Puts a table in the place of the one that was there; all of it or nothing. Resolves when it is durable. */
  save(table: RateTableName, rates: Iterable<Rate>): Promise<void>;
  remove(table: RateTableName): Promise<void>;
}
