import { isIP } from 'node:net';
import { type Endpoint, formatEndpoint, type Random } from '@vats/kernel';
import { DEFAULT_PORT, type TransportName } from '../transport/index.ts';
import type { DnsAnswer, DnsQuestions, SrvRecord } from './dns.ts';
import { defaultTransport, type Service, serviceBy, servicesNamed, servicesOf } from './services.ts';
import { orderOf } from './srv-order.ts';

/** Which addresses can be used here: A or AAAA records are asked for (RFC 3263 §4.2). */
export type AddressFamily = 'ipv4' | 'ipv6';

/** Where requests are to go, as an operator writes it: a trunk's peer, or its outbound proxy. */
export interface ServerTarget {
  /** A name, or an IP literal without brackets. */
  readonly host: string;
  /** With a port the DNS is asked for addresses only (RFC 3263 §4.2). */
  readonly port?: number | undefined;
  /** What the URI's `transport` parameter says; without it the DNS may choose (RFC 3263 §4.1). */
  readonly transport?: TransportName | undefined;
  /** A sips URI: nothing but TLS will do. */
  readonly secure?: boolean | undefined;
  /** Transports that we have; UDP and TCP unless given. */
  readonly transports?: readonly TransportName[] | undefined;
  /** Families that we can talk to by a transport, the preferred one first; both unless given, IPv4 first. */
  readonly families?: readonly AddressFamily[] | ((transport: TransportName) => readonly AddressFamily[]) | undefined;
}

/** A server that was found, and how it is spoken to. */
export interface Server extends Endpoint {
  readonly transport: TransportName;
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
      readonly endpoints: readonly Server[];
      /** Seconds that this holds; undefined: for ever, as no name was asked for. */
      readonly ttl: number | undefined;
      /** The same for the same records, in whatever order they came or were drawn. */
      readonly fingerprint: string;
      /** Some of several addresses could not be asked for. */
      readonly failure: LookupFailure | undefined;
    }
  | ({ readonly ok: false } & LookupFailure);

type Found = Extract<Located, { readonly ok: true }>;

/** What one host may have; the DNS of a stranger's domain would otherwise choose how much we ask and keep. */
const SERVERS_LIMIT = 16;
const ADDRESSES_LIMIT = 16;
const OURS: readonly TransportName[] = ['udp', 'tcp'];
const BOTH_FAMILIES: readonly AddressFamily[] = ['ipv4', 'ipv6'];
/** What says that there is no service at all. */
const NOTHING: Found = {
  ...{ ok: true, endpoints: [], ttl: Number.POSITIVE_INFINITY, fingerprint: '', failure: undefined },
};

interface HostAddresses {
  readonly addresses: readonly string[];
  readonly ttl: number;
  readonly failure: LookupFailure | undefined;
}

/** The server of a target that needs no DNS; undefined for a name. */
export function literalEndpoint(target: ServerTarget): Server | undefined {
  const { host, port } = target;
  if (isIP(host) === 0) return undefined;
  const transport = transportOf(target);
  return { address: host, port: port ?? DEFAULT_PORT[transport], transport };
}

/**
 * Finds the servers of a target (RFC 3263 §4): an IP literal is itself; a name with port has A and AAAA; a name with a transport has
 * SRV and, only if the DNS knows no such record, A and AAAA with the transport's port. A name alone has NAPTR, which names
 * transports and SRV; without it SRV of each transport that we have, of which the first that is there counts.
 */
export async function locate(target: ServerTarget, dns: DnsQuestions, random: Random): Promise<Located> {
  const literal = literalEndpoint(target);
  if (literal !== undefined) {
    const fingerprint = `${literal.transport} ${formatEndpoint(literal)}`;
    return { ok: true, endpoints: [literal], ttl: undefined, fingerprint, failure: undefined };
  }
  const search = new Search(target, dns, random);
  if (target.port !== undefined) return search.host(target.port);
  return target.transport === undefined ? search.domain() : search.byTransport(target.transport);
}

/** How a target is spoken to where neither it nor the DNS says. */
function transportOf({ transport, transports = OURS, secure = false }: ServerTarget): TransportName {
  return transport ?? defaultTransport(transports, secure) ?? transports[0] ?? 'udp';
}

/** One look-up of a name. */
class Search {
  readonly #target: ServerTarget;
  readonly #dns: DnsQuestions;
  readonly #random: Random;

  constructor(target: ServerTarget, dns: DnsQuestions, random: Random) {
    this.#target = target;
    this.#dns = dns;
    this.#random = random;
  }

  /** The transport that is best by the domain's own records. */
  async domain(): Promise<Located> {
    const { host, transports = OURS, secure = false } = this.#target;
    const naptr = await this.#dns.naptr(host);
    const named = naptr.ok ? servicesNamed(naptr.records, transports, secure) : [];
    if (naptr.ok && named.length > 0) return limited(await this.#services(named), naptr.ttl);
    // Some routers' DNS fails at NAPTR, as if it were not there: what follows stands without it.
    const held = naptr.ok ? naptr.ttl : Number.POSITIVE_INFINITY;
    let ttl = held;
    let isDenied = false;
    for (const service of servicesOf(host, transports, secure)) {
      const srv = await this.#dns.srv(service.name);
      if (!srv.ok) return failed('SRV', service.name, srv.code);
      if (srv.records.some(isOffered)) return limited(await this.#servers(service, srv.records, srv.ttl), held);
      // That it is decidedly not offered by one transport says nothing of the next.
      isDenied ||= srv.records.length > 0;
      ttl = Math.min(ttl, srv.ttl);
    }
    if (isDenied) return { ...NOTHING, ttl };
    return limited(await this.host(undefined), ttl);
  }

  async byTransport(transport: TransportName): Promise<Located> {
    const service = serviceBy(transport, this.#target.host);
    if (service === undefined) return this.host(undefined);
    const srv = await this.#dns.srv(service.name);
    if (!srv.ok) return failed('SRV', service.name, srv.code);
    if (srv.records.length === 0) return limited(await this.host(undefined), srv.ttl);
    return this.#servers(service, srv.records, srv.ttl);
  }

  /** @param port the transport's own unless given */
  async host(port: number | undefined): Promise<Located> {
    const transport = transportOf(this.#target);
    const { addresses, ttl, failure } = await this.#addressesOf(this.#target.host, transport);
    if (failure !== undefined && addresses.length === 0) return { ok: false, ...failure };
    const endpoints = addresses.map((address) => ({ address, port: port ?? DEFAULT_PORT[transport], transport }));
    const fingerprint = `${transport} ${endpoints.map(formatEndpoint).sort().join(' ')}`;
    return { ok: true, endpoints, ttl, fingerprint, failure };
  }

  /** The servers of several services, one service after another; a place that an earlier one named is not named again. */
  async #services(services: readonly Service[]): Promise<Located> {
    const each = await Promise.all(
      services.map(async (service): Promise<Located> => {
        const srv = await this.#dns.srv(service.name);
        if (!srv.ok) return failed('SRV', service.name, srv.code);
        return this.#servers(service, srv.records, srv.ttl);
      }),
    );
    const found = each.filter((one): one is Found => one.ok);
    const lost = each.find((one) => !one.ok);
    if (lost !== undefined && !found.some(({ endpoints }) => endpoints.length > 0)) return lost;
    const endpoints = new Map<string, Server>();
    for (const server of found.flatMap((one) => one.endpoints)) {
      const text = formatEndpoint(server);
      if (!endpoints.has(text)) endpoints.set(text, server);
    }
    return {
      ok: true,
      endpoints: [...endpoints.values()].slice(0, SERVERS_LIMIT * ADDRESSES_LIMIT),
      ttl: Math.min(...found.map(({ ttl = Number.POSITIVE_INFINITY }) => ttl)),
      fingerprint: found.map(({ fingerprint }) => fingerprint).join(' | '),
      failure: lost ?? found.find(({ failure }) => failure !== undefined)?.failure,
    };
  }

  async #servers(
    { transport }: Pick<Service, 'transport'>,
    records: readonly SrvRecord[],
    srvTtl: number,
  ): Promise<Located> {
    const offered = records.filter(isOffered);
    if (offered.length === 0) return { ...NOTHING, ttl: srvTtl };
    const ordered = orderOf(offered, this.#random).slice(0, SERVERS_LIMIT);
    const hosts = await Promise.all(ordered.map(({ target }) => this.#addressesOf(target, transport)));
    const endpoints = new Map<string, Server>();
    const prints: string[] = [];
    ordered.forEach(({ priority, weight, port }, at) => {
      const { addresses } = hosts[at]!;
      for (const address of addresses) {
        const server = { address, port, transport };
        const text = formatEndpoint(server);
        if (!endpoints.has(text)) endpoints.set(text, server);
        prints.push(`${priority}/${weight} ${text}`);
      }
    });
    const failure = hosts.find((each) => each.failure !== undefined)?.failure;
    if (failure !== undefined && endpoints.size === 0) return { ok: false, ...failure };
    return {
      ok: true,
      endpoints: [...endpoints.values()],
      ttl: Math.min(srvTtl, ...hosts.map(({ ttl }) => ttl)),
      fingerprint: `${transport} ${prints.sort().join(' ')}`,
      failure,
    };
  }

  /** A host's addresses, those of the preferred family first. */
  async #addressesOf(host: string, transport: TransportName): Promise<HostAddresses> {
    if (isIP(host) !== 0) return { addresses: [host], ttl: Number.POSITIVE_INFINITY, failure: undefined };
    const { families = BOTH_FAMILIES } = this.#target;
    const asked = typeof families === 'function' ? families(transport) : families;
    const ask = (family: AddressFamily): Promise<DnsAnswer<string>> =>
      family === 'ipv4' ? this.#dns.a(host) : this.#dns.aaaa(host);
    const answers = await Promise.all(asked.map(ask));
    const addresses: string[] = [];
    const ttls: number[] = [];
    let failure: HostAddresses['failure'];
    answers.forEach((answer, at) => {
      if (answer.ok) {
        ttls.push(answer.ttl);
        addresses.push(...answer.records);
      } else failure ??= { code: answer.code, question: `${asked[at] === 'ipv4' ? 'A' : 'AAAA'} ${host}` };
    });
    return { addresses: addresses.slice(0, ADDRESSES_LIMIT), ttl: Math.min(...ttls), failure };
  }
}

function isOffered({ target }: SrvRecord): boolean {
  return target !== '.' && target !== '';
}

function failed(type: string, name: string, code: string): Located {
  return { ok: false, code, question: `${type} ${name}` };
}

/** What rests on an answer holds no longer than that does. */
function limited(located: Located, ttl: number): Located {
  if (!located.ok) return located;
  return { ...located, ttl: Math.min(located.ttl ?? ttl, ttl) };
}
