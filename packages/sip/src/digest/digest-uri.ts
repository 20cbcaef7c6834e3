import { sameHost } from '../message/host.ts';
import type { SipRequest } from '../message/message.ts';
import type { SipUri } from '../message/sip-uri.ts';
import { parseUri } from '../message/uri.ts';

const DEFAULT_PORT = { sip: 5060, sips: 5061 } as const;

/**
 * Whether the `uri` of credentials means the request that carries them (RFC 3261 §22.4, RFC 7616 §3.4.6). The digest
 * covers this `uri` and not the Request-URI, so another one could be replayed from another request. Phones do not write
 * both alike: parameters are left out or come from the registrar's entry, the default port comes and goes, hosts differ
 * in case, `sip` stands for `sips`. So scheme and parameters do not count; user, host and port do. A `uri` without a user
 * means the whole server, as SIPp writes it by default: RFC 3261 §22.4 does not let the difference alone be a failure.
 */
export function namesRequest(uri: string, request: SipRequest): boolean {
  if (uri === request.requestUriText) return true;
  const named = parseUri(uri);
  const { requestUri } = request;
  if (!named.ok || !requestUri.ok || named.value.kind !== 'sip' || requestUri.value.kind !== 'sip') return false;
  const one = named.value;
  const other = requestUri.value;
  const sameUser = one.user === undefined || one.user === other.user;
  return sameUser && sameHost(one.host, other.host) && portOf(one) === portOf(other);
}

function portOf(uri: SipUri): number {
  return uri.port ?? DEFAULT_PORT[uri.scheme];
}
