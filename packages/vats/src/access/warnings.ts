import type { Place, Policy } from '@vats/access';
import { formatEndpoint, isPrivateAddress, parseAddress } from '@vats/kernel';
import { type Domain, setting } from '@vats/pbx';
import { isWildcard, type Listener } from '@vats/sip';
import { counted } from '../counted.ts';

export interface Exposure {
  readonly listeners: readonly Pick<Listener, 'transport' | 'endpoint' | 'receiveBuffer'>[];
  readonly machine: Policy;
  readonly domains: readonly Domain[];
  readonly places: Iterable<Place>;
  readonly table: ExposedTable;
  /** The header of each known proxy, by the proxy's address. */
  readonly proxies: Readonly<Record<string, string>>;
  /** Requests by proxies that did not say, or not clearly, who their client is. */
  readonly withoutClient: number;
}

/** The country table, as far as somebody may have to do something about it. */
export interface ExposedTable {
  readonly isOld: boolean;
  readonly builtAt: number;
  readonly hasIPv6: boolean;
  /** The file that the settings name, which no command replaces. */
  readonly named?: string;
}

/** So many accounts from one private address, and none from a public one, are no office: something hides where they are. */
const SUSPICIOUS_ACCOUNTS = 3;

/** What an operator should know about who can reach the switch, and what becomes of it then; one line each, with the remedy. */
export function accessWarnings(exposure: Exposure): string[] {
  return [
    ...openDomains(exposure),
    ...hiddenSources(exposure),
    ...speechlessProxies(exposure),
    ...oldTable(exposure),
    ...halfTable(exposure),
    ...smallBuffers(exposure),
  ];
}

function* openDomains({ listeners, machine, domains }: Exposure): Iterable<string> {
  const open = listeners.filter(({ endpoint }) => !isPrivate(endpoint.address));
  if (open.length === 0 || (machine.mode !== 'any' && machine.enforce !== false)) return;
  for (const domain of domains) {
    const { mode, enforce } = setting(domain, 'access');
    if (mode !== 'any' && enforce !== false) continue;
    const address = open[0]?.endpoint.address ?? '';
    const where = isWildcard(address) ? `${address} (every address of this machine)` : address;
    const remedy =
      mode !== 'any'
        ? 'its access is only tried out (enforce: false): take that out of its PBX file when vats explain policy shuts out none of its people'
        : machine.mode !== 'any'
          ? "the machine's access.policy is only tried out (enforce: false): take that out of the settings when vats explain policy shuts out nobody who belongs here"
          : 'write access: russia, countries or list in its PBX file if its people are not everywhere';
    yield `domain ${domain.name} may be used from anywhere, and ${where} is listened on: ${remedy}`;
  }
}

function* hiddenSources({ domains, machine, places }: Exposure): Iterable<string> {
  const judged = new Set(
    domains.filter((domain) => byCountry(machine) || byCountry(setting(domain, 'access'))).map(({ id }) => id),
  );
  if (judged.size === 0) return;
  const accounts = new Map<string, Set<string>>();
  for (const { domain, login, address } of places) {
    if (!judged.has(domain)) continue;
    if (!isPrivate(address)) return;
    const logins = accounts.get(address) ?? new Set();
    accounts.set(address, logins.add(`${domain}\n${login}`));
  }
  const [most] = [...accounts].sort(([, one], [, other]) => other.size - one.size);
  if (most === undefined || accounts.size > 1 || most[1].size < SUSPICIOUS_ACCOUNTS) return;
  yield `all ${most[1].size} accounts come from ${most[0]}, a private address, which the geofence lets pass: if a container or a proxy stands in front, use the host's network or name the proxy in access.proxies`;
}

/** Told from the first request on: whoever calls through such a proxy is not heard. */
function* speechlessProxies({ proxies, withoutClient }: Exposure): Iterable<string> {
  if (withoutClient === 0) return;
  const overwriting = Object.entries(proxies).map(([proxy, header]) => `${proxy} overwrites ${header}`);
  yield `dropped since the start: ${counted(withoutClient, 'request')} of a proxy that did not say, once and clearly, who its client is: see that ${overwriting.join(' and ')} in every request`;
}

function* oldTable({ table: { isOld, builtAt, named } }: Exposure): Iterable<string> {
  if (!isOld) return;
  const date = new Date(builtAt).toISOString().slice(0, 10);
  const remedy = named === undefined ? 'give a newer one with vats geo update FILE' : replacing(named, 'a newer one');
  yield `the country table is of ${date}: ${remedy}`;
}

function* halfTable({ table: { hasIPv6, named }, machine, domains }: Exposure): Iterable<string> {
  if (hasIPv6 || ![machine, ...domains.map((domain) => setting(domain, 'access'))].some(byCountry)) return;
  const whole = 'one that knows both IPv4 and IPv6';
  const remedy = named === undefined ? `give ${whole} with vats geo update FILE` : replacing(named, whole);
  yield `the country table knows no IPv6, so whoever comes by IPv6 has no country and is refused: ${remedy}`;
}

function replacing(file: string, by: string): string {
  return `replace ${file} by ${by} and send SIGHUP`;
}

function byCountry({ mode }: { readonly mode: string }): boolean {
  return mode === 'russia' || mode === 'countries';
}

/** Told once: the limit is the machine's, the same for all. On the loopback alone nobody floods. */
function* smallBuffers({ listeners }: Exposure): Iterable<string> {
  for (const { transport, endpoint, receiveBuffer } of listeners) {
    if (receiveBuffer === undefined || receiveBuffer.granted >= receiveBuffer.asked) continue;
    if (endpoint.address.startsWith('127.') || endpoint.address === '::1') continue;
    const { asked, granted } = receiveBuffer;
    yield `the system keeps no more than ${Math.floor(granted / 1024)} KiB of what comes to ${transport}://${formatEndpoint(endpoint)} until it is read, where ${asked / 1024} KiB were asked for, so that in a burst or a flood phones' messages are lost: sysctl -w net.core.rmem_max=${asked}, the same into /etc/sysctl.d, and start the switch again`;
    return;
  }
}

function isPrivate(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && isPrivateAddress(address);
}
