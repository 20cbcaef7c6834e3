import { writtenFor } from '@vats/pbx';
import { type HeaderField, NameAddr, SipUri } from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { Party } from './call-event.ts';
import { CALLER } from './call-state.ts';

/**
 * Whom the caller has reached, for the display of its phone: P-Asserted-Identity of a response (RFC 3325 §9.1). Of ours alone: what
 * number a call was forwarded to is the business of who forwards it. Nothing of who does not want to be known.
 *
 * A trunk learns it where it is trusted and its settings want it, by a number of the domain and without a name.
 */
export function connectedIdentity({ origin, parts, invite, channels }: CallContext, party: Party): HeaderField[] {
  const { caller, domain } = origin;
  const { extension, name } = party;
  if (extension === undefined) return [];
  if (caller.kind === 'device') {
    const here = parts.hostOf(invite.flow, domain);
    const address = NameAddr.of({ displayName: name, uri: SipUri.of({ user: extension, ...here }) });
    return [['P-Asserted-Identity', address.toString()]];
  }
  const line = parts.line?.(domain, caller.trunk);
  if (line?.identity?.connected !== true || line.identity.trust !== true) return [];
  const { directory } = parts.world();
  const user = directory.findUser(domain, extension);
  if (user?.anonymous === true) return [['Privacy', 'id']];
  const own = user?.callerId !== undefined && directory.ownsNumber(domain, user.callerId) ? user.callerId : undefined;
  const number = own ?? channels.firstNumber;
  if (number === undefined) return [];
  const uri = SipUri.of({ user: writtenFor(number, line.writes ?? 'e164'), host: line.host });
  return [['P-Asserted-Identity', NameAddr.of({ uri }).toString()]];
}

/** The same while phones ring, if all of them are one person's. */
export function ringingIdentity(call: CallContext): HeaderField[] {
  const [first, ...others] = call.legs.all().filter(({ name, hides }) => name !== CALLER && hides !== true);
  if (first === undefined || others.some(({ party }) => party.extension !== first.party.extension)) return [];
  return connectedIdentity(call, first.party);
}
