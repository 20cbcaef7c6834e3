import { inTurns, type Steps } from '@vats/kernel';
import {
  type Contact,
  type ContactChange,
  type ContactLine,
  ContactList,
  type ContactPlan,
  type ContactStore,
  type Contacts,
  planningContacts,
  writingContacts,
} from '@vats/pbx';

/** Contacts taken over in one step. */
const STEP = 5_000;

export interface ContactBookParts {
  readonly store: ContactStore;
  /** Whether the domain has a user of that extension now. */
  readonly isUser: (domain: string, extension: string) => boolean;
}

/** Who has which number outside, of all domains: in memory, on disk before anyone sees a change. Changes wait for one another. */
export class ContactBook implements Contacts {
  readonly #store: ContactStore;
  readonly #isUser: ContactBookParts['isUser'];
  readonly #lists = new Map<string, ContactList>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ store, isUser }: ContactBookParts) {
    this.#store = store;
    this.#isUser = isUser;
  }

  /** What is kept from before the start. */
  async load(): Promise<void> {
    for await (const contacts of this.#store.load()) {
      for (const contact of contacts) this.#listOf(contact.domain).put(contact);
    }
  }

  find(domain: string, number: string): { readonly name?: string; readonly extension?: string } | undefined {
    const found = this.#lists.get(domain)?.find(number);
    if (found === undefined) return undefined;
    const { name, extension } = found;
    const isThere = extension !== undefined && this.#isUser(domain, extension);
    return { ...(name !== undefined && { name }), ...(isThere && { extension }) };
  }

  sizeOf(domain: string): number {
    return this.#lists.get(domain)?.size ?? 0;
  }

  /** The contacts of a domain as they were written down, users or not; in the order that they came in. */
  *of(domain: string): Iterable<Contact> {
    yield* this.#lists.get(domain) ?? [];
  }

  /** What is written down of a number. */
  entry(domain: string, number: string): Contact | undefined {
    return this.#lists.get(domain)?.find(number);
  }

  /** All contacts of a domain as one file for spreadsheets, which an import reads back. */
  written(domain: string): Promise<{ readonly text: string; readonly rows: number }> {
    // In turn, so that no change is half in it.
    return this.#inTurn(async () => {
      const list = this.#lists.get(domain) ?? new ContactList();
      const text = await inTurns(writingContacts(list, (extension) => this.#isUser(domain, extension)));
      return { text, rows: list.size };
    });
  }

  /** Takes a list over, or says what it would change. */
  take(
    domain: string,
    lines: readonly ContactLine[],
    { replace = false, dryRun = false }: { replace?: boolean; dryRun?: boolean } = {},
  ): Promise<ContactPlan> {
    return this.#inTurn(async () => {
      const current = this.#lists.get(domain) ?? new ContactList();
      const isUser = (extension: string): boolean => this.#isUser(domain, extension);
      const plan = await inTurns(planningContacts({ domain, current, lines, replace, isUser }));
      if (plan.ok && !dryRun) await this.#save(plan.change);
      return plan;
    });
  }

  /** Removes a contact, or all of the domain; resolves with how many. */
  remove(domain: string, number?: string): Promise<number> {
    return this.#inTurn(async () => {
      const list = this.#lists.get(domain);
      const removed = number === undefined ? (list?.size ?? 0) : Number(list?.find(number) !== undefined);
      if (removed > 0) await this.#save(number === undefined ? { domain, clear: true } : { domain, remove: [number] });
      return removed;
    });
  }

  /** The domain is gone; the store knows it already. */
  forget(domain: string): void {
    this.#lists.delete(domain);
  }

  async #save(change: ContactChange): Promise<void> {
    await this.#store.save(change);
    await inTurns(applying(this.#listOf(change.domain), change));
  }

  #listOf(domain: string): ContactList {
    const known = this.#lists.get(domain);
    if (known !== undefined) return known;
    const list = new ContactList();
    this.#lists.set(domain, list);
    return list;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }
}

function* applying(list: ContactList, { clear = false, remove = [], put = [] }: ContactChange): Steps<void> {
  if (clear) list.clear();
  for (const [index, number] of remove.entries()) {
    list.remove(number);
    if (index % STEP === STEP - 1) yield;
  }
  for (const [index, contact] of put.entries()) {
    list.put(contact);
    if (index % STEP === STEP - 1) yield;
  }
}
