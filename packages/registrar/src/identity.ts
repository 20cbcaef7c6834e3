import { type Endpoint, sameEndpoint } from '@vats/kernel';
import { type SipUri, sameHost, sameUri } from '@vats/sip';
import type { Binding, FlowRecord } from './binding.ts';
import type { ContactUpdate } from './register-intent.ts';

/** A binding as the registrar compares with it. */
export interface KnownBinding {
  readonly binding: Binding;
  /** `binding.contact`, read. */
  readonly uri: SipUri;
  /** False when its flow is gone for good: a closed connection, or one of an earlier process. */
  readonly alive: boolean;
  /** Read from the store at start and not written since. */
  readonly restored: boolean;
  /** Wall time in ms. */
  readonly lastSeen: number;
}

/** Where and in which series of REGISTERs a Contact came. */
export interface Origin {
  readonly flow: FlowRecord;
  readonly callId: string;
}

/**
 * Whether a Contact means the phone that a binding was made for.
 *
 * Two that name their instance are the same exactly when it is the same, and the same one of its flows (RFC 5626 §6):
 * neither a new address nor a new Call-ID after a reboot makes another phone of it.
 *
 * Otherwise the Contact alone cannot tell: 192.168.1.10 exists behind every NAT. The same Contact is the same phone
 * when it comes over the same flow; or in the same series of REGISTERs, since a Call-ID is unique (its NAT gave it
 * another port); or when the binding's connection is gone, for then only its phone, if any, can have a use for it.
 */
export function meansSamePhone(known: KnownBinding, contact: ContactUpdate, origin: Origin): boolean {
  const { binding } = known;
  if (binding.instanceId !== undefined && contact.instanceId !== undefined) {
    return binding.instanceId === contact.instanceId && binding.regId === contact.regId;
  }
  if (!sameUri(known.uri, contact.uri)) return false;
  return sameFlow(binding.flow, origin.flow) || binding.callId === origin.callId || !known.alive;
}

/** The ends decide, not the id: that of a datagram flow may differ after a restart. */
export function sameFlow(one: FlowRecord, other: FlowRecord): boolean {
  return (
    one.transport === other.transport &&
    sameEndpoint(one.bound, other.bound) &&
    sameEndpoint(one.observed, other.observed)
  );
}

/** A Contact whose host is a name, or not the address that packets come from, tells of a NAT in between. */
export function isBehindNat(contact: SipUri, observed: Endpoint): boolean {
  return !sameHost(contact.host, observed.address);
}
