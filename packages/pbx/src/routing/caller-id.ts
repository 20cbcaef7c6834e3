import type { Domain, User } from '../model/model.ts';
import type { Orderer, OutboundMatch } from './outbound.ts';
import { isGroup } from './outbound.ts';
import type { World } from './plan.ts';

/**
 * What a call outside shows: what its rule says, else what the caller prefers, else who orders it, else the first of that employee's groups that says anything, else
 * the domain. A number that is not the domain's own is never shown, whoever asks for it: the next one is.
 */
export function callerIdFor(
  domain: Domain,
  match: OutboundMatch | undefined,
  by: Orderer | undefined,
  { directory }: World,
  preferred?: string,
): string | undefined {
  const owned = (number: string | undefined): string | undefined =>
    number !== undefined && directory.ownsNumber(domain, number) ? number : undefined;
  return (
    owned(match?.rule.callerId) ??
    owned(preferred) ??
    owned(by?.callerId) ??
    (by === undefined || isGroup(by) ? undefined : ofGroups(domain, by, owned, directory)) ??
    owned(domain.settings.callerId)
  );
}

function ofGroups(
  domain: Domain,
  { extension }: User,
  owned: (number: string | undefined) => string | undefined,
  directory: World['directory'],
): string | undefined {
  for (const group of directory.groupsOf(domain, extension)) {
    const number = owned(group.callerId);
    if (number !== undefined) return number;
  }
  return undefined;
}
