import type { Log } from '@vats/kernel';
import type { Model } from '@vats/pbx';
import type { Registrar } from '@vats/registrar';
import type { ContactBook } from './contact-book.ts';
import type { RateTables } from './rate-tables.ts';
import { accountsGone } from './registrations.ts';
import type { Watching } from './watching/watching.ts';

/** Who keeps something of accounts and domains beside the model. */
interface Keepers {
  readonly watching: Pick<Watching, 'forgetAccount'>;
  readonly registrar: Pick<Registrar, 'remove'>;
  readonly rates: Pick<RateTables, 'forget'>;
  readonly contacts: Pick<ContactBook, 'forget'>;
  readonly log: Log;
}

/** The model has become another: bindings and subscriptions of accounts that it has no more, and lists of its former domains, go. */
export function forgetWhatIsGone(before: Model, after: Model, keepers: Keepers): void {
  const { watching, registrar, rates, contacts, log } = keepers;
  for (const [domain, login] of accountsGone(before, after)) {
    watching.forgetAccount(domain, login);
    registrar.remove(domain, login).catch((error: unknown) => {
      log.error('registrar.not-removed', { login, error: String(error) });
    });
  }
  const there = new Set(after.domains.map(({ id }) => id));
  for (const { id } of before.domains) {
    if (there.has(id)) continue;
    rates.forget(id);
    contacts.forget(id);
  }
}
