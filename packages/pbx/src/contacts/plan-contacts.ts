import type { Steps } from '@vats/kernel';
import type { Problem } from '../problems/problem.ts';
import { NO_PLACES } from '../yaml/yaml-source.ts';
import { type Contact, type ContactChange, MOST_CONTACTS } from './contact.ts';
import type { ContactList } from './contact-list.ts';
import type { ContactLine } from './read-contacts.ts';

const STEP = 5_000;

/** What a list of contacts makes of those that a domain has. */
export type ContactPlan =
  | {
      readonly ok: true;
      readonly change: ContactChange;
      readonly created: readonly Contact[];
      readonly updated: readonly { readonly before: Contact; readonly after: Contact }[];
      readonly removed: readonly Contact[];
      readonly unchanged: number;
      /** Contacts, afterwards, whose responsible employee is no user any more. */
      readonly orphans: number;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ContactImport {
  /** `Domain.id`. */
  readonly domain: string;
  readonly current: ContactList;
  readonly lines: readonly ContactLine[];
  /** Contacts that the list does not name go. */
  readonly replace: boolean;
  readonly isUser: (extension: string) => boolean;
}

/** Compares a list with what there is; changes nothing. */
export function* planningContacts({ domain, current, lines, replace, isUser }: ContactImport): Steps<ContactPlan> {
  const created: Contact[] = [];
  const updated: { before: Contact; after: Contact }[] = [];
  const named = new Set<string>();
  let unchanged = 0;
  let orphans = 0;
  const countOrphan = ({ extension }: Contact): void => {
    if (extension !== undefined && !isUser(extension)) orphans++;
  };
  for (const [index, line] of lines.entries()) {
    const before = current.find(line.number);
    const after = merged(before, line);
    named.add(line.number);
    countOrphan(after);
    if (before === undefined) created.push(after);
    else if (before.name === after.name && before.extension === after.extension) unchanged++;
    else updated.push({ before, after });
    if (index % STEP === STEP - 1) yield;
  }
  const removed: Contact[] = [];
  let seen = 0;
  for (const contact of current) {
    if (++seen % STEP === 0) yield;
    if (named.has(contact.number)) continue;
    if (replace) removed.push(contact);
    else countOrphan(contact);
  }
  const size = current.size + created.length - removed.length;
  if (size > MOST_CONTACTS) {
    const message = `the domain would have ${size} contacts, and ${MOST_CONTACTS} is the most`;
    return {
      ok: false,
      problems: [NO_PLACES.problem([], message, 'take some out, or --replace those that are there')],
    };
  }
  const put = [...created, ...updated.map(({ after }) => after)];
  const change = { domain, remove: removed.map(({ number }) => number), put };
  return { ok: true, change, created, updated, removed, unchanged, orphans };
}

function merged(before: Contact | undefined, { number, ...line }: ContactLine): Contact {
  const name = line.name === undefined ? before?.name : line.name;
  const extension = line.extension === undefined ? before?.extension : line.extension;
  return { number, ...(name != null && { name }), ...(extension != null && { extension }) };
}
