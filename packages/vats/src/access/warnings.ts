import type { Place, Policy } from '@vats/access';
import { formatEndpoint, isPrivateAddress, parseAddress } from '@vats/kernel';
import { type Domain, setting } from '@vats/pbx';
import type { Listener } from '@vats/sip';

export interface Exposure {
  readonly listeners: readonly Pick<Listener, 'transport' | 'endpoint' | 'receiveBuffer'>[];
  readonly machine: Policy;
  readonly domains: readonly Domain[];
  readonly places: Iterable<Place>;
  readonly tableIsOld: boolean;
  readonly tableBuiltAt: number;
}

/** So many accounts from one private address, and none from a public one, are no office: something hides where they are. */
const SUSPICIOUS_ACCOUNTS = 3;

/** What an operator should know about who can reach the switch, and what becomes of it then; one line each, with the remedy. */
export function accessWarnings(exposure: Exposure): string[] {
  return [...openDomains(exposure), ...hiddenSources(exposure), ...oldTable(exposure), ...smallBuffers(exposure)];
}

function* openDomains({ listeners, machine, domains }: Exposure): Iterable<string> {
  const open = listeners.filter(({ endpoint }) => !isPrivate(endpoint.address));
  if (open.length === 0 || (machine.mode !== 'any' && machine.enforce !== false)) return;
  for (const domain of domains) {
    const { mode, enforce } = setting(domain, 'access');
    if (mode !== 'any' && enforce !== false) continue;
    const address = open[0]?.endpoint.address ?? '';
    const where = address === '0.0.0.0' || address === '::' ? `${address} (every address of this machine)` : address;
    yield `domain ${domain.name} may be used from anywhere, and ${where} is listened on: write access: russia, countries or list in its PBX file if its people are not everywhere`;
  }
}

function* hiddenSources({ domains, machine, places }: Exposure): Iterable<string> {
  const byCountry = (policy: { mode: string }): boolean => policy.mode === 'russia' || policy.mode === 'countries';
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

function* oldTable({ tableIsOld, tableBuiltAt }: Exposure): Iterable<string> {
  if (!tableIsOld) return;
  const date = new Date(tableBuiltAt).toISOString().slice(0, 10);
  yield `the country table is of ${date}: give a newer one with vats geo update FILE`;
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
