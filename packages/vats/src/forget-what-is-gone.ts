import type { Log } from '@vats/kernel';
import type { Directory, Model } from '@vats/pbx';
import type { Registrar } from '@vats/registrar';
import type { ContactBook } from './contact-book.ts';
import type { RateTables } from './rate-tables.ts';
import { accountsGone } from './registrations.ts';
import type { GroupLogins } from './routing-world/group-logins.ts';
import type { OwnSettingsKeeper } from './routing-world/own-settings.ts';
import type { Watching } from './watching/watching.ts';

/** Who keeps something of accounts and domains beside the model. */
interface Keepers {
  readonly watching: Pick<Watching, 'forgetAccount'>;
  readonly registrar: Pick<Registrar, 'remove'>;
  readonly rates: Pick<RateTables, 'forget'>;
  readonly contacts: Pick<ContactBook, 'forget'>;
  readonly own: Pick<OwnSettingsKeeper, 'keepOnly'>;
  readonly logins: Pick<GroupLogins, 'keepOnly'>;
  /** As it is now. */
  readonly model: { readonly directory: Directory };
  readonly log: Log;
}

/** The model has become another: bindings and subscriptions of accounts that it has no more, what former employees had set and agents were, and lists of its former domains, go. */
export function forgetWhatIsGone(before: Model, after: Model, keepers: Keepers): void {
  const { watching, registrar, rates, contacts, own, logins, model, log } = keepers;
  for (const [domain, login] of accountsGone(before, after)) {
    watching.forgetAccount(domain, login);
    registrar.remove(domain, login).catch((error: unknown) => {
      log.error('registrar.not-removed', { login, error: String(error) });
    });
  }
  const { directory } = model;
  const isThere = (id: string, extension: string): boolean => {
    const domain = directory.domainById(id);
    return domain !== undefined && directory.findUser(domain, extension)?.extension === extension;
  };
  own.keepOnly(isThere);
  logins.keepOnly({
    isThere,
    isMember(id, group, extension) {
      const domain = directory.domainById(id);
      return domain !== undefined && directory.isMember(domain, group, extension);
    },
  });
  const there = new Set(after.domains.map(({ id }) => id));
  for (const { id } of before.domains) {
    if (there.has(id)) continue;
    rates.forget(id);
    contacts.forget(id);
  }
}

/** Whoever is not to be disturbed by the new model and was by the former, or the other way round, is shown so. */
export function noteDisturbance(before: Model, after: Model, watching: Pick<Watching, 'noteEmployee'>): void {
  const [was, is] = [undisturbedIn(before), undisturbedIn(after)];
  for (const [key, [domain, extension]] of [...was, ...is]) {
    if (was.has(key) !== is.has(key)) watching.noteEmployee(domain, extension);
  }
}

function undisturbedIn({ domains }: Model): Map<string, readonly [domain: string, extension: string]> {
  const found = new Map<string, readonly [string, string]>();
  for (const { id, users } of domains)
    for (const { dnd, extension } of users) if (dnd === true) found.set(`${id}\n${extension}`, [id, extension]);
  return found;
}
