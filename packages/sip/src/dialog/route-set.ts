import type { SipRequest } from '../message/message.ts';
import { parseNameAddr } from '../message/name-addr.ts';
import { formatUri, parseUri, type Uri } from '../message/uri.ts';

/** What a request says of its way. */
export interface Routing {
  /** The Request-URI. */
  readonly uri: string;
  /** Route header values, first hop first. */
  readonly route: readonly string[];
  /** The URI that names the next hop, as far as one can be read. */
  readonly nextHop: Uri | undefined;
}

/**
 * Loose routing, and strict routing where the first hop knows no other: it finds itself in the Request-URI, and the target at the
 * end of the Routes (RFC 3261 §12.2.1.1; for a request outside a dialog, §8.1.2).
 *
 * @param target the remote target, or what a request outside a dialog is for
 * @param routeSet Route header values, first hop first
 */
export function routeTo(target: string, routeSet: readonly string[]): Routing {
  const [first, ...rest] = routeSet;
  if (first === undefined) return { uri: target, route: [], nextHop: uriOf(target) };
  const parsed = parseNameAddr(first);
  const hop = parsed.ok ? parsed.value.uri : undefined;
  if (hop?.kind !== 'sip' || hop.params.has('lr')) return { uri: target, route: routeSet, nextHop: hop };
  // What has no place in a Request-URI is left out (§19.1.1, table 1).
  const uri = hop.with({ headers: [], params: hop.params.without('method') });
  return { uri: formatUri(uri), route: [...rest, `<${target}>`], nextHop: hop };
}

/**
 * What a request that came to us is for. Routes that led it here are no part of that: a phone with us as its outbound proxy names us
 * in a Route, which goes (RFC 3261 §16.4), and where it thinks that we route strictly, in the Request-URI with the target at the end
 * of the Routes. What else there is of Routes is not followed: calls go where the plan says.
 *
 * @param isOurs whether a host means us
 * @returns undefined where it can't be read
 */
export function targetWithoutRoutes(request: SipRequest, isOurs: (host: string) => boolean): Uri | undefined {
  const { requestUri } = request;
  if (!requestUri.ok) return undefined;
  const uri = requestUri.value;
  if (uri.kind !== 'sip' || uri.user !== undefined || !isOurs(uri.host)) return uri;
  const last = request.list('Route').at(-1);
  const target = last === undefined ? undefined : parseNameAddr(last);
  return target?.ok ? target.value.uri : uri;
}

function uriOf(text: string): Uri | undefined {
  const parsed = parseUri(text);
  return parsed.ok ? parsed.value : undefined;
}
