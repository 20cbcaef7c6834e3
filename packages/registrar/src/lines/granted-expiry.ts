import type { Contact, SipResponse } from '@vats/sip';

/**
 * Seconds for which a 2xx to our REGISTER keeps our binding; 0: it keeps none. All bindings of the account are in it
 * (RFC 3261 §10.3): ours is found by its user part, because some servers echo the host rewritten. A server that echoes
 * nothing of ours has taken what Expires says, or what we asked for.
 */
export function grantedExpiry(response: SipResponse, contactUser: string, asked: number): number {
  const ours = ownContact(response, contactUser);
  const { expires } = response;
  return ours?.expires ?? (expires?.ok ? expires.value : asked);
}

/** Our binding in a 2xx to REGISTER, as the server sees it. Of several the longest: one may be of a port that we had before. */
export function ownContact({ contacts }: SipResponse, contactUser: string): Contact | undefined {
  if (!contacts.ok || contacts.value.star) return undefined;
  const named = contacts.value.list.filter(({ uri }) => uri.kind === 'sip' && uri.user === contactUser);
  return named.toSorted((one, other) => (other.expires ?? 0) - (one.expires ?? 0))[0];
}
