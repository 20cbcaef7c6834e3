import type { Placed } from '../model/merge.ts';
import type { Conference, Group, User } from '../model/model.ts';
import { EMERGENCY_NUMBERS } from '../schema/number.ts';
import { below, type DomainView, type Report } from './domain-view.ts';

/** Who has an extension. */
type Addressed = User | Group | Conference;

/** The conferences of a domain, with where the file names each. */
export function conferencesOf({ settings, settingsNamed }: DomainView): Placed<Conference>[] {
  const isNamed = settingsNamed.has('conferences');
  return (settings.conferences ?? []).map((object, index) =>
    isNamed ? { object, path: ['conferences', index] } : { object },
  );
}

/** Finds two that answer to one address, and addresses that hide what must be reachable. */
export function checkAddresses(view: DomainView, report: Report): void {
  const owners = new Map<string, Addressed>();
  // What the file does not name was there first, so it is the file's that has to give way.
  const all: Placed<Addressed>[] = [...view.users, ...view.groups, ...conferencesOf(view)];
  all.sort((a, b) => Number(a.path !== undefined) - Number(b.path !== undefined));
  for (const { object, path } of all) {
    const before = owners.get(object.extension);
    if (before === undefined) owners.set(object.extension, object);
    else {
      const who = `extension ${object.extension} is taken by ${before.name}`;
      report('error', below(path, 'extension'), who, 'give each user, group and conference its own');
    }
    if (!EMERGENCY_NUMBERS.includes(object.extension)) continue;
    report(
      'warning',
      below(path, 'extension'),
      `extension ${object.extension} hides the emergency number ${object.extension}`,
      'take another: local extensions win over outside numbers',
    );
  }
  checkLogins(view.users, owners, report);
  unique('trunk', 'name', view.trunks, ({ name }) => name, report);
  unique('scheme', 'name', view.schemes, ({ name }) => name, report);
  unique('number', 'number', view.numbers, ({ number }) => number, report);
}

function checkLogins(users: DomainView['users'], owners: ReadonlyMap<string, Addressed>, report: Report): void {
  const logins = new Map<string, User>();
  for (const { object: user, path } of users) {
    for (const [index, { login }] of user.devices.entries()) {
      const at = below(path, 'devices', index, 'login');
      // People write logins in any case of letters, so two that differ by it alone would be mistaken for one.
      const key = login.toLowerCase();
      const before = logins.get(key);
      if (before === undefined) logins.set(key, user);
      else report('error', at, `login ${login} is taken by user ${before.extension}`, 'give each device its own');
      const owner = owners.get(login);
      if (owner === undefined || owner === user) continue;
      report(
        'error',
        at,
        `login ${login} is the extension of ${owner.name}`,
        'take a login that is nobody else’s extension',
      );
    }
  }
}

function unique<T>(
  kind: string,
  key: string,
  list: readonly Placed<T>[],
  nameOf: (object: T) => string,
  report: Report,
): void {
  const seen = new Set<string>();
  for (const { object, path } of list) {
    const name = nameOf(object);
    if (seen.has(name)) report('error', below(path, key), `${kind} ${name} is there already`, 'keep one of them');
    seen.add(name);
  }
}
