import type { Clock } from '@vats/kernel';
import type { AgentOrder, Domain } from '@vats/pbx';
import type { GroupLogins } from './group-logins.ts';

/** Keeps what an employee has ordered by a code. @throws the file system's error, with as much done as could be written */
export function orderOfAgent(
  logins: GroupLogins,
  clock: Clock,
  domain: Domain,
  extension: string,
  { action, groups }: { readonly action: AgentOrder; readonly groups: readonly string[] },
): void {
  switch (action) {
    case 'login':
    case 'logout':
      for (const group of groups) logins.set(domain.id, group, extension, action === 'login');
      return;
    case 'pause':
      logins.setPause(domain.id, extension, { since: clock.now() });
      return;
    case 'resume':
      logins.setPause(domain.id, extension, undefined);
      return;
  }
}
