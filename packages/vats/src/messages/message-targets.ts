import { type Directory, type Domain, normaliseNumber, type User } from '@vats/pbx';

/** Whom a MESSAGE is for, or why it goes nowhere. */
export type MessageTargets =
  | { readonly to: string; readonly users: readonly User[] }
  /** A number outside: trunks carry none. */
  | 'outside'
  | 'unknown';

/** Members of one group who get a message. */
const MEMBERS = 200;

/** The employee with this extension or login, or all members of the group with this extension but its sender. */
export function messageTargets(dialled: string, sender: User, domain: Domain, directory: Directory): MessageTargets {
  const user = directory.findUser(domain, dialled);
  if (user !== undefined) return { to: user.extension, users: [user] };
  const group = directory.findGroup(domain, dialled);
  if (group === undefined) return isOutside(dialled) ? 'outside' : 'unknown';
  const users = group.members
    .flatMap(({ to }) => directory.findUser(domain, to) ?? [])
    .filter(({ extension }) => extension !== sender.extension)
    .slice(0, MEMBERS);
  return { to: dialled, users };
}

function isOutside(dialled: string): boolean {
  return normaliseNumber(dialled).number.startsWith('+');
}
