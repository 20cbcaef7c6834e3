import type { DeviceTarget } from '@vats/pbx';
import { type Flow, type HeaderField, NameAddr, type OutgoingInviteOptions, parseUri, SipUri } from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { PhoneRing } from './rings.ts';

/** The addresses of an INVITE. */
export type Addresses = Pick<OutgoingInviteOptions, 'requestUri' | 'from' | 'to'>;

/** How a phone, or a PBX that is registered, is addressed: who calls, as they may be called back, and who is called. */
export function phoneAddresses({ origin, parts }: CallContext, { target, phone, prefix }: PhoneRing): Addresses {
  const here = parts.hostOf(phone.flow, origin.domain);
  const { number, name } = origin.party;
  const shown = prefix === undefined ? name : `${prefix}${name ?? number}`;
  const { device, user } = target;
  const did = didOf(target);
  const place = did === undefined ? 'contact' : (device.did ?? 'request-uri');
  return {
    requestUri: place === 'request-uri' && did !== undefined ? withUser(phone.requestUri, did) : phone.requestUri,
    from: NameAddr.of({ displayName: shown, uri: SipUri.of({ user: number, ...here }) }),
    to: NameAddr.of({ uri: SipUri.of({ user: place === 'contact' ? user.extension : did, ...here }) }),
  };
}

/** Who has sent the caller on, as a phone of the domain is told (RFC 3892 §2.2); undefined where nobody has. */
export function referredByAt({ origin, parts }: CallContext, flow: Flow): HeaderField | undefined {
  const { referredBy } = origin;
  if (referredBy === undefined) return undefined;
  const { number, name } = referredBy;
  const uri = SipUri.of({ user: number, ...parts.hostOf(flow, origin.domain) });
  return ['Referred-By', NameAddr.of({ displayName: name, uri }).toString()];
}

/** The number that a PBX is called by; none for a phone. */
export function didOf({ device, did }: DeviceTarget): string | undefined {
  return device.trunk === true ? did : undefined;
}

/** A registered Contact with another user part: all else in it is what the PBX wants to have back (RFC 3261 §10.2.1). */
function withUser(contact: string, user: string): string {
  const parsed = parseUri(contact);
  if (!parsed.ok || parsed.value.kind !== 'sip') return contact;
  return parsed.value.with({ user }).toString();
}
