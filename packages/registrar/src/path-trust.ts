import { type SipUri, sameHost } from '@vats/sip';

/** What is known, not claimed, of the way that a REGISTER came. */
export interface PathSource {
  /** The address that it was observed to come from. */
  readonly observed: string;
  /** Where a proxy that is believed saw its own client. */
  readonly client?: string;
  readonly isProxy: (address: string) => boolean;
  /** Whether a host is a name of the account's domain. */
  readonly isOwnName: (host: string) => boolean;
}

/**
 * Whether the way to a phone that a Path names may be believed (RFC 3327 §6.2). Requests to the phone go back over the flow that
 * it came on, whatever its Path says, so a Path sends nothing of ours elsewhere; but the proxy at that flow's end reads it as
 * Route, and a phone that wrote a line of its own into it would have the proxy send our requests to a third party. So each hop
 * must be one that the REGISTER is known to have passed: where it was seen to come from, the domain itself; and of what came by a proxy that is
 * believed, other such proxies and where that one saw it come from.
 *
 * @param path outermost hop (the nearest to us) first
 */
export function believesPath(path: readonly SipUri[], { observed, client, isProxy, isOwnName }: PathSource): boolean {
  const isByProxy = isProxy(observed);
  const seenByProxy = isByProxy ? client : undefined;
  return path.every(
    ({ host }) =>
      sameHost(host, observed) ||
      (isByProxy && isProxy(host)) ||
      isOwnName(host) ||
      (seenByProxy !== undefined && sameHost(host, seenByProxy)),
  );
}
