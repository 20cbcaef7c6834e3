import type { Contact, ContactChange } from '@vats/pbx';

/** The contacts of all domains, for a store that keeps everything in memory. */
export class MemoryContacts {
  readonly #all = new Map<string, Map<string, Contact>>();

  take({ domain, clear = false, remove = [], put = [] }: ContactChange): void {
    const known = clear ? new Map<string, Contact>() : (this.#all.get(domain) ?? new Map<string, Contact>());
    for (const number of remove) known.delete(number);
    for (const contact of put) known.set(contact.number, structuredClone(contact));
    this.#all.set(domain, known);
  }

  forget(domain: string): void {
    this.#all.delete(domain);
  }

  all(): (Contact & { domain: string })[] {
    return [...this.#all].flatMap(([domain, known]) => [...known.values()].map((contact) => ({ domain, ...contact })));
  }
}
