/** Who has a number outside. */
export interface Contact {
  /** E.164. */
  readonly number: string;
  readonly name?: string;
  /** The responsible employee's. */
  readonly extension?: string;
}

/** Contacts that one domain may have. */
export const MOST_CONTACTS = 200_000;

/** Who rings: what is known of numbers outside. */
export interface Contacts {
  /**
   * Undefined for a number that is no contact's. The extension is there only while the domain has such a user.
   *
   * @param domain `Domain.id`
   * @param number E.164
   */
  find(domain: string, number: string): { readonly name?: string; readonly extension?: string } | undefined;
}

/** What becomes of a domain's contacts; kept as a whole or not at all. */
export interface ContactChange {
  /** `Domain.id`. */
  readonly domain: string;
  /** Takes all away that were there before. */
  readonly clear?: boolean;
  /** Numbers of contacts that go. */
  readonly remove?: readonly string[];
  /** Each takes the place of what has its number. */
  readonly put?: readonly Contact[];
}

/** Keeps the contacts of all domains. */
export interface ContactStore {
  /** Each contact there is, by domain and number; given out by and by, for they are many. */
  load(): AsyncIterable<readonly (Contact & { readonly domain: string })[]>;
  /** Resolves when it is durable. */
  save(change: ContactChange): Promise<void>;
}
