import type { Clock, Log } from '@vats/kernel';
import { type Directory, SpendingAccounts, type SpendingEvent } from '@vats/pbx';
import type { Store } from '@vats/store';
import { ContactBook } from './contact-book.ts';
import { Numbering } from './numbering/numbering.ts';
import { RateTables } from './rate-tables.ts';
import { spendingRules } from './spending-rules.ts';

/** What the switch knows beside the model: prices, contacts, and what was used of the limits. */
export interface Lists {
  readonly rates: RateTables;
  readonly contacts: ContactBook;
  readonly spending: SpendingAccounts;
  readonly numbering: Numbering;
}

export interface ListsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly directory: () => Directory;
  readonly onSpendingEvent?: ((event: SpendingEvent) => void) | undefined;
}

/** The lists as they were when the last process ended. */
export async function openLists({ store, clock, log, directory, onSpendingEvent }: ListsParts): Promise<Lists> {
  const rates = new RateTables(store.rates);
  await rates.load();
  const numbering = new Numbering({ store: store.numbering, clock, log });
  await numbering.load();
  const isUser = (id: string, extension: string): boolean => {
    const domain = directory().domainById(id);
    return domain !== undefined && directory().findUser(domain, extension)?.extension === extension;
  };
  const contacts = new ContactBook({ store: store.contacts, isUser });
  await contacts.load();
  const spending = await SpendingAccounts.restored({
    clock,
    store: store.spending,
    rules: spendingRules(directory, rates),
    onEvent: (event) => {
      log.warn(`spending.${event.kind}`, fieldsOf(event, directory().domainById(event.subject.domain)?.name));
      onSpendingEvent?.(event);
    },
    onStoreFault: (error) => log.error('spending.not-saved', { error: String(error) }),
  });
  return { rates, contacts, spending, numbering };
}

function fieldsOf({ subject, scope, limit, used, of, call }: SpendingEvent, domain: string | undefined) {
  const who = subject.kind === 'user' ? subject.extension : subject.kind === 'trunk' ? subject.trunk : undefined;
  return { domain, ...(who !== undefined && { [subject.kind]: who }), calls: scope, limit, used, of, call };
}
