import { type Contact, detached, parseNameAddr, parseUri, type SipRequest, type SipUri } from '@vats/sip';
import { agreed, type OrRefusal, refused } from './refusal.ts';
import type { ContactUpdate, RegisterIntent } from './register-intent.ts';

/** Extensions that a REGISTER may require (RFC 3261 §10.3 item 2). */
export const REGISTRAR_EXTENSIONS: readonly string[] = ['path', 'outbound'];

/** Proxies in a row between a phone and us; what a stranger's Path adds to every request to the phone is bounded by it. */
const PATH_LIMIT = 8;

/** What is kept of a phone's User-Agent; the longest that real phones send has some 100 characters. */
const USER_AGENT_CHARACTERS = 256;

/** Reads what a REGISTER wants, or says what is wrong with it. */
export function readRegister(request: SipRequest): OrRefusal<RegisterIntent> {
  const unsupported = request.require.filter((tag) => !REGISTRAR_EXTENSIONS.includes(tag.toLowerCase()));
  if (unsupported.length > 0) return refused(420, undefined, [['Unsupported', unsupported.join(', ')]]);

  const { callId, cseq } = request;
  if (!callId.ok) return refused(400, 'Bad Call-ID');
  if (!cseq.ok) return refused(400, 'Bad CSeq');
  const contacts = readContacts(request);
  if (!contacts.ok) return contacts;
  const path = request.list('Path');
  const hops = pathUris(path);
  if (hops === undefined) return refused(400, 'Bad Path');
  if (path.length > PATH_LIMIT) return refused(400, 'Too Many Paths');

  const userAgent = request.value('User-Agent');
  return agreed({
    callId: detached(callId.value),
    cseq: cseq.value.number,
    contacts: contacts.value,
    path: path.map(detached),
    supportsPath: has(request.supported, 'path'),
    wantsOutbound:
      has([...request.supported, ...request.require], 'outbound') &&
      contacts.value !== 'fetch' &&
      contacts.value !== 'clear' &&
      contacts.value.some(({ regId }) => regId !== undefined),
    firstHopKeepsFlow:
      hops.length > 0 ? hops.at(-1)!.params.has('ob') : !request.vias.ok || request.vias.value.length === 1,
    ...(userAgent && { userAgent: detached(userAgent.slice(0, USER_AGENT_CHARACTERS)) }),
  });
}

/** The URIs of a Path, outermost first; undefined where one is none of SIP. */
export function pathUris(path: readonly string[]): SipUri[] | undefined {
  const uris: SipUri[] = [];
  for (const value of path) {
    const hop = parseNameAddr(value);
    if (!hop.ok || hop.value.uri.kind !== 'sip') return undefined;
    uris.push(hop.value.uri);
  }
  return uris;
}

function has(tags: readonly string[], tag: string): boolean {
  return tags.some((each) => each.toLowerCase() === tag);
}

function readContacts(request: SipRequest): OrRefusal<RegisterIntent['contacts']> {
  if (!request.has('Contact')) return agreed('fetch');
  const { contacts, expires } = request;
  if (!contacts.ok) return refused(400, 'Bad Contact');
  // RFC 3261 §20.19: what cannot be read is as if it were not there.
  const expiresHeader = expires?.ok ? expires.value : undefined;
  if (contacts.value.star) {
    return expiresHeader === 0 ? agreed('clear') : refused(400, 'Contact: * Without Expires: 0');
  }
  const updates: ContactUpdate[] = [];
  for (const contact of contacts.value.list) {
    const update = readContact(contact, expiresHeader);
    if (update === undefined) return refused(400, 'Contact Is No SIP URI');
    updates.push(update);
  }
  return agreed(updates);
}

function readContact(contact: Contact, expiresHeader: number | undefined): ContactUpdate | undefined {
  const { q, instance, regId } = contact;
  const text = detached(contact.uri.toString());
  // Read anew, because the parts of `contact.uri` are views of the whole message and the binding outlives it.
  const uri = parseUri(text);
  if (!uri.ok || uri.value.kind !== 'sip') return undefined;
  const asked = contact.expires ?? expiresHeader;
  return {
    contact: text,
    uri: uri.value,
    params: detached(contact.params.without('expires').toString()),
    ...(q !== undefined && { q }),
    ...(instance !== undefined && { instanceId: detached(instance) }),
    // Without an instance it would tell nobody apart (RFC 5626 §6).
    ...(instance !== undefined && regId !== undefined && { regId }),
    ...(asked !== undefined && { asked }),
  };
}
