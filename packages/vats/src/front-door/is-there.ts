import { type Directory, type Domain, normaliseNumber } from '@vats/pbx';
import type { SipRequest } from '@vats/sip';
import { dialledOf } from './dialled.ts';

/**
 * Whether a call to a Request-URI would go anywhere, as far as names tell; one that names nobody means the switch itself. Numbers
 * outside and codes of services may all be dialled.
 */
export function isThere(request: SipRequest, domain: Domain, directory: Directory): boolean {
  const dialled = dialledOf(request)?.dialled;
  if (dialled === undefined || /^[*#]/.test(dialled) || normaliseNumber(dialled).kind === 'e164') return true;
  return (
    directory.findUser(domain, dialled) !== undefined ||
    directory.findGroup(domain, dialled) !== undefined ||
    directory.findConference(domain, dialled) !== undefined
  );
}
