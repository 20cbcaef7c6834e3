import { isIP } from 'node:net';
import { type Endpoint, formatEndpoint, type Random } from '@vats/kernel';
import type { TransportName } from '../transport/index.ts';
import type { DnsAnswer, DnsQuestions, SrvRecord } from './dns.ts';
import { orderOf } from './srv-order.ts';

/** Which addresses can be used here: A or AAAA records are asked for (RFC 3263 §4.2). */
export type AddressFamily = 'ipv4' | 'ipv6';

/** Where requests are to go, as an operator writes it: a trunk's peer, or its outbound proxy. */
export interface ServerTarget {
  /** A name, or an IP literal without brackets. */
  readonly host: string;
  /** With a port the DNS is asked for addresses only (RFC 3263 §4.2). */
  readonly port?: number | undefined;
  readonly transport: TransportName;
  /** Families that we can talk to, the preferred one first; both unless given, IPv4 first. */
  readonly families?: readonly AddressFamily[] | undefined;
}

/** A question that got no answer: as a person writes it ('SRV _sip._udp.a.example'), and Node's code for why. */
export interface LookupFailure {
  readonly code: string;
  readonly question: string;
}

/** The servers of a target. Not `ok`: the DNS could not be asked. */
export type Located =
  | {
      readonly ok: true;
      /** In the order in which they are to be tried; none when the DNS says that there is no server. */
      readonly endpoints: readonly Endpoint[];
      /** Seconds that this holds; undefined: for ever, as no name was asked for. */
      readonly ttl: number | undefined;
      /** The same for the same records, in whatever order they came or were drawn. */
      readonly fingerprint: string;
      /** Some of several addresses could not be asked for. */
      readonly failure: LookupFailure | undefined;
    }
  | ({ readonly ok: false } & LookupFailure);

/** What one host may have; the DNS of a stranger's domain would otherwise choose how much we ask and keep. */
const SERVERS_LIMIT = 16;
const ADDRESSES_LIMIT = 16;
const DEFAULT_PORT = 5060;
const BOTH_FAMILIES: readonly AddressFamily[] = ['ipv4', 'ipv6'];

interface HostAddresses {
  readonly addresses: readonly string[];
  readonly ttl: number;
  readonly failure: LookupFailure | undefined;
}

/** The endpoint of a target that needs no DNS; undefined for a name. */
export function literalEndpoint({ host, port = DEFAULT_PORT }: ServerTarget): Endpoint | undefined {
  return isIP(host) === 0 ? undefined : { address: host, port };
}

/**
 * Finds the servers of a target (RFC 3263 §4.2, without NAPTR, since the transport is given): an IP literal is itself; a
 * name with port has A and AAAA; a name alone has SRV and, only if the DNS knows no such record, A and AAAA with port 5060.
 */
export async function locate(target: ServerTarget, dns: DnsQuestions, random: Random): Promise<Located> {
  const { host, port, transport, families = BOTH_FAMILIES } = target;
  const literal = literalEndpoint(target);
  if (literal !== undefined) {
    return { ok: true, endpoints: [literal], ttl: undefined, fingerprint: formatEndpoint(literal), failure: undefined };
  }
  if (port !== undefined) return locateHost(host, port, families, dns);
  const question = `_sip._${transport}.${host}`;
  const srv = await dns.srv(question);
  if (!srv.ok) return { ok: false, code: srv.code, question: `SRV ${question}` };
  if (srv.records.length === 0) return limited(await locateHost(host, DEFAULT_PORT, families, dns), srv.ttl);
  return locateServers(srv.records, srv.ttl, families, dns, random);
}

async function locateHost(
  host: string,
  port: number,
  families: readonly AddressFamily[],
  dns: DnsQuestions,
): Promise<Located> {
  const { addresses, ttl, failure } = await addressesOf(host, families, dns);
  if (failure !== undefined && addresses.length === 0) return { ok: false, ...failure };
  const endpoints = addresses.map((address) => ({ address, port }));
  const fingerprint = endpoints.map(formatEndpoint).sort().join(' ');
  return { ok: true, endpoints, ttl, fingerprint, failure };
}

async function locateServers(
  records: readonly SrvRecord[],
  srvTtl: number,
  families: readonly AddressFamily[],
  dns: DnsQuestions,
  random: Random,
): Promise<Located> {
  const offered = records.filter(({ target }) => target !== '.' && target !== '');
  const ordered = orderOf(offered, random).slice(0, SERVERS_LIMIT);
  const hosts = await Promise.all(ordered.map(({ target }) => addressesOf(target, families, dns)));
  const endpoints = new Map<string, Endpoint>();
  const prints: string[] = [];
  ordered.forEach(({ priority, weight, port }, at) => {
    const { addresses } = hosts[at]!;
    for (const address of addresses) {
      const endpoint = { address, port };
      const text = formatEndpoint(endpoint);
      if (!endpoints.has(text)) endpoints.set(text, endpoint);
      prints.push(`${priority}/${weight} ${text}`);
    }
  });
  const failure = hosts.find((each) => each.failure !== undefined)?.failure;
  if (failure !== undefined && endpoints.size === 0) return { ok: false, ...failure };
  return {
    ok: true,
    endpoints: [...endpoints.values()],
    ttl: Math.min(srvTtl, ...hosts.map(({ ttl }) => ttl)),
    fingerprint: prints.sort().join(' '),
    failure,
  };
}

/** A host's addresses, those of the preferred family first. */
async function addressesOf(
  host: string,
  families: readonly AddressFamily[],
  dns: DnsQuestions,
): Promise<HostAddresses> {
  if (isIP(host) !== 0) return { addresses: [host], ttl: Number.POSITIVE_INFINITY, failure: undefined };
  const ask = (family: AddressFamily): Promise<DnsAnswer<string>> => (family === 'ipv4' ? dns.a(host) : dns.aaaa(host));
  const answers = await Promise.all(families.map(ask));
  const addresses: string[] = [];
  const ttls: number[] = [];
  let failure: HostAddresses['failure'];
  answers.forEach((answer, at) => {
    if (answer.ok) {
      ttls.push(answer.ttl);
      addresses.push(...answer.records);
    } else failure ??= { code: answer.code, question: `${families[at] === 'ipv4' ? 'A' : 'AAAA'} ${host}` };
  });
  return { addresses: addresses.slice(0, ADDRESSES_LIMIT), ttl: Math.min(...ttls), failure };
}

/** What rests on there being no SRV record holds no longer than that does. */
function limited(located: Located, ttl: number): Located {
  if (!located.ok) return located;
  return { ...located, ttl: Math.min(located.ttl ?? ttl, ttl) };
}
