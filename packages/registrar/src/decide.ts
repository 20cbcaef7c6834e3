import type { SipUri } from '@vats/sip';
import type { Binding, BindingClient, FlowRecord } from './binding.ts';
import type { RemovalReason } from './events.ts';
import { grantedExpires } from './expiry.ts';
import { isBehindNat, type KnownBinding, meansSamePhone } from './identity.ts';
import type { RegistrarLimits } from './limits.ts';
import { agreed, type OrRefusal, refused } from './refusal.ts';
import type { ContactUpdate, RegisterIntent } from './register-intent.ts';

/** What a REGISTER changes in its address-of-record: all of it, or nothing (RFC 3261 §10.3). */
export interface Verdict {
  readonly saved: readonly SavedBinding[];
  readonly removed: readonly { readonly binding: Binding; readonly reason: RemovalReason }[];
}

export interface SavedBinding {
  readonly binding: Binding;
  readonly uri: SipUri;
  /** Seconds. */
  readonly granted: number;
  /** What it stood for before; absent for a new binding. */
  readonly previous?: Binding;
}

export interface Circumstances {
  readonly domain: string;
  readonly login: string;
  readonly flow: FlowRecord;
  readonly client?: BindingClient;
  /** Wall time in ms. */
  readonly now: number;
  readonly limits: RegistrarLimits;
  /** A fresh id for each new binding. */
  readonly newId: () => string;
}

/**
 * The registrar's whole judgement on one REGISTER, as a pure function: what the bindings of the address-of-record become,
 * or the answer that refuses it.
 *
 * @param known all living bindings of the address-of-record
 */
export function decide(
  known: readonly KnownBinding[],
  intent: RegisterIntent,
  circumstances: Circumstances,
): OrRefusal<Verdict> {
  if (intent.contacts === 'fetch') return agreed({ saved: [], removed: [] });
  if (intent.contacts === 'clear') return clear(known, intent);
  return update(known, intent, intent.contacts, circumstances);
}

/** `Contact: *` with `Expires: 0` removes every binding, other devices' too (RFC 3261 §10.3 item 6). */
function clear(known: readonly KnownBinding[], intent: RegisterIntent): OrRefusal<Verdict> {
  if (known.some((one) => isOutOfOrder(one, intent))) return outOfOrder();
  return agreed({ saved: [], removed: known.map(({ binding }) => ({ binding, reason: 'phone' })) });
}

function update(
  known: readonly KnownBinding[],
  intent: RegisterIntent,
  contacts: readonly ContactUpdate[],
  circumstances: Circumstances,
): OrRefusal<Verdict> {
  const { limits, flow } = circumstances;
  if (contacts.length > limits.contactsPerRequest) return refused(400, 'Too Many Contacts');
  const untouched = new Set(known);
  const removed = new Map<string, { binding: Binding; reason: RemovalReason }>();
  let saved: SavedBinding[] = [];

  for (const contact of contacts) {
    const shortLived = flow.transport === 'udp' && isBehindNat(contact.uri, flow.observed);
    const granted = grantedExpires(contact.asked, shortLived, limits);
    if (granted === undefined) return tooBrief(limits);

    const meant = [...untouched].filter((one) => meansSamePhone(one, contact, { flow, callId: intent.callId }));
    if (meant.some((one) => isOutOfOrder(one, intent))) return outOfOrder();
    for (const one of meant) untouched.delete(one);
    // The same Contact a second time in one request: the later one counts.
    const earlier = saved.find((one) => meansSamePhone(asKnown(one), contact, { flow, callId: intent.callId }));
    saved = saved.filter((one) => one !== earlier);
    const previous = earlier?.previous ?? meant[0]?.binding;

    if (granted === 0) {
      for (const { binding } of meant) removed.set(binding.id, { binding, reason: 'phone' });
      if (previous !== undefined) removed.set(previous.id, { binding: previous, reason: 'phone' });
      continue;
    }
    for (const { binding } of meant) {
      if (binding !== previous) removed.set(binding.id, { binding, reason: 'replaced' });
    }
    const binding = written(contact, granted, previous ?? earlier?.binding, intent, circumstances);
    saved.push({ binding, uri: contact.uri, granted, ...(previous !== undefined && { previous }) });
  }
  return withinLimit({ saved, removed: [...removed.values()] }, [...untouched], limits);
}

/**
 * An account that is full gives up bindings that cannot be reached anyway, those silent longest first; if that is not
 * enough the REGISTER is refused, so that a stolen password cannot push a phone out.
 */
function withinLimit(
  verdict: Verdict,
  untouched: readonly KnownBinding[],
  limits: RegistrarLimits,
): OrRefusal<Verdict> {
  const added = verdict.saved.some((one) => one.previous === undefined);
  const excess = verdict.saved.length + untouched.length - limits.bindingsPerAccount;
  if (!added || excess <= 0) return agreed(verdict);
  const dead = untouched.filter((one) => !one.alive).sort((one, other) => one.lastSeen - other.lastSeen);
  if (dead.length < excess) return refused(403, 'Too Many Bindings');
  const pushedOut = dead.slice(0, excess).map(({ binding }) => ({ binding, reason: 'replaced' as const }));
  return agreed({ saved: verdict.saved, removed: [...verdict.removed, ...pushedOut] });
}

function written(
  contact: ContactUpdate,
  granted: number,
  previous: Binding | undefined,
  intent: RegisterIntent,
  { domain, login, flow, client, now, newId }: Circumstances,
): Binding {
  return {
    id: previous?.id ?? newId(),
    domain,
    login,
    contact: contact.contact,
    params: contact.params,
    ...(contact.q !== undefined && { q: contact.q }),
    callId: intent.callId,
    cseq: intent.cseq,
    ...(contact.instanceId !== undefined && { instanceId: contact.instanceId }),
    ...(contact.regId !== undefined && { regId: contact.regId }),
    flow,
    ...(client !== undefined && { client }),
    path: intent.path,
    ...(intent.userAgent !== undefined && { userAgent: intent.userAgent }),
    registeredAt: previous?.registeredAt ?? now,
    expiresAt: now + granted * 1000,
  };
}

/**
 * Within one series of REGISTERs (one Call-ID) the CSeq must rise (RFC 3261 §10.3 items 6, 7). A phone that rebooted begins
 * a new series, whatever its CSeq. Right after our restart the same CSeq may come once more: its 200 was on its way when the old
 * process ended, and the transaction that would know the repetition ended with it.
 */
function isOutOfOrder({ binding, restored }: KnownBinding, intent: RegisterIntent): boolean {
  if (binding.callId !== intent.callId) return false;
  return restored ? intent.cseq < binding.cseq : intent.cseq <= binding.cseq;
}

function asKnown({ binding, uri }: SavedBinding): KnownBinding {
  return { binding, uri, alive: true, restored: false, lastSeen: 0 };
}

/** RFC 3261 §10.3 item 7: the update is aborted and the request fails. */
function outOfOrder(): OrRefusal<never> {
  return refused(500, 'CSeq Out Of Order');
}

function tooBrief(limits: RegistrarLimits): OrRefusal<never> {
  return refused(423, undefined, [['Min-Expires', String(limits.minExpires)]]);
}
