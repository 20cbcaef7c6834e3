import type { Directory, Domain, User } from '@vats/pbx';
import type { Refusal, SipRequest } from '@vats/sip';
import { dialledOf } from '../front-door/dialled.ts';
import type { Resource } from './resource.ts';

/** Who asks to watch. */
export interface WhoWatches {
  readonly domain: Domain;
  readonly user: User;
}

const NOT_FOUND: Refusal = { status: 404, headers: [] };
const FORBIDDEN: Refusal = { status: 403, headers: [] };

/**
 * Whether an employee may watch something that is there. Nobody watches another company. `dialog` and `presence`: every employee of the
 * company, and its trunks' lamps. `message-summary`: one's own mailbox, and that of a group that one is in. `reg`: oneself.
 */
export function mayWatch(
  packageName: string,
  { domain: id, kind, name }: Resource,
  { domain, user }: WhoWatches,
  directory: Directory,
): boolean {
  if (id !== domain.id) return false;
  if (packageName !== 'reg' && packageName !== 'message-summary') return true;
  if (kind === 'group') return directory.isMember(domain, name, user.extension);
  return directory.findUser(domain, name)?.extension === user.extension;
}

/** What a SUBSCRIBE or PUBLISH of an account names, if it may have it. */
export function watchTarget(
  request: SipRequest,
  packageName: string,
  { domain, user }: WhoWatches,
  directory: Directory,
): Resource | Refusal {
  const target = dialledOf(request);
  const named = target?.host === undefined ? undefined : directory.findDomain(target.host);
  if (named !== undefined && named.id !== domain.id) return FORBIDDEN;
  if (target === undefined) return NOT_FOUND;
  const { dialled } = target;
  const id = domain.id;
  const employee = directory.findUser(domain, dialled);
  if (employee !== undefined) {
    const isAccount = packageName === 'reg' && dialled !== employee.extension;
    const resource: Resource = isAccount
      ? { domain: id, kind: 'account', name: dialled }
      : { domain: id, kind: 'employee', name: employee.extension };
    return mayWatch(packageName, resource, { domain, user }, directory) ? resource : FORBIDDEN;
  }
  if (packageName === 'message-summary' && directory.findGroup(domain, dialled) !== undefined) {
    const resource: Resource = { domain: id, kind: 'group', name: dialled };
    return mayWatch(packageName, resource, { domain, user }, directory) ? resource : FORBIDDEN;
  }
  if (packageName === 'dialog' && directory.findTrunk(domain, dialled) !== undefined)
    return { domain: id, kind: 'trunk', name: dialled };
  return NOT_FOUND;
}
