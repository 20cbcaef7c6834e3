import { sameHost } from '../message/host.ts';
import { parseNameAddr } from '../message/name-addr.ts';
import { parseUri, type Uri } from '../message/uri.ts';
import { type Flow, isSecure } from '../transport/index.ts';
import type { DialogFacts } from './user.ts';

/**
 * Whether a request that names this dialog may have come over `arrived`. Tags cannot be guessed, but they can be read on
 * the way; so a request counts only when it comes
 *
 * - over the dialog's flow, or from that flow's observed address (a phone that reconnected, a NAT that gave it another
 *   port), or
 * - from an address that the peer itself named when the dialog was made: in its Contact or in the route set (RFC 3261
 *   lets the peer behind a proxy speak to us directly, and a proxy with several addresses use another one); or named later over a
 *   connection. A datagram within the dialog, whose source may be forged, names no third host.
 *
 * Whoever moved to an address that is none of these is refused, unless the wiring's own rule, `mayMove`, lets it in. What is on TLS stays
 * there: whoever writes in the clear can be anybody, wherever it seems to come from.
 */
export function mayArriveOver(
  dialog: DialogFacts,
  arrived: Flow,
  mayMove: (dialog: DialogFacts, arrived: Flow) => boolean = () => false,
): boolean {
  const { address } = arrived.observed;
  if (isSecure(dialog.flow.transport) && !isSecure(arrived.transport)) return false;
  if (arrived === dialog.flow || sameHost(address, dialog.flow.observed.address)) return true;
  return namedHosts(dialog).some((host) => sameHost(address, host)) || mayMove(dialog, arrived);
}

function namedHosts(dialog: DialogFacts): string[] {
  const target = parseUri(dialog.vouchedTarget);
  const hosts = target.ok ? hostsOf(target.value) : [];
  for (const route of dialog.routeSet) {
    const parsed = parseNameAddr(route);
    if (parsed.ok) hosts.push(...hostsOf(parsed.value.uri));
  }
  return hosts;
}

function hostsOf(uri: Uri): string[] {
  return uri.kind === 'sip' ? [uri.host] : [];
}
