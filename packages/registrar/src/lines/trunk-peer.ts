import type { Endpoint } from '@vats/kernel';
import type { Trunk } from '@vats/pbx';
import {
  type AddressFamily,
  DEFAULT_PORT,
  type FlowTarget,
  type Locator,
  type LookupFailure,
  parseUri,
  type Server,
  type ServerList,
  type ServerTarget,
  type TlsPeer,
  type TransportName,
} from '@vats/sip';

/** Where a trunk's requests go, or why they can go nowhere. */
export type PeerTarget =
  | {
      readonly ok: true;
      readonly target: ServerTarget;
      /** Who must be there, over TLS. */
      readonly peer?: TlsPeer;
    }
  | { readonly ok: false; readonly why: string };

/** Families that we can talk to by a transport, the preferred one first. */
export type Families = (transport: TransportName) => readonly AddressFamily[];

/** Reads `proxy` and `transport` of a trunk. Without a transport the DNS may choose UDP or TCP (RFC 3263 §4.1); TLS is for who asks for it. */
export function targetOf({ proxy, transport, tls }: Trunk, families: Families): PeerTarget {
  const uri = parseUri(proxy);
  if (!uri.ok || uri.value.kind !== 'sip') return { ok: false, why: `${proxy} is not the address of a SIP server` };
  const { scheme, host, port } = uri.value;
  const name = transport ?? (scheme === 'sips' ? 'tls' : undefined);
  if (scheme === 'sips' && name !== 'tls')
    return { ok: false, why: `${proxy} asks for TLS: write transport: tls, or sip:` };
  const target = { host, port, transport: name, families };
  if (name !== 'tls') return { ok: true, target };
  const { name: expected = host, verify = 'strict', authorities } = tls ?? {};
  return { ok: true, target, peer: { name: expected, verify, ...(authorities !== undefined && { authorities }) } };
}

/** The host of From, To and Request-URI. */
export function hostOf({ domain, proxy }: Trunk): string {
  if (domain !== undefined) return domain;
  const uri = parseUri(proxy);
  return uri.ok && uri.value.kind === 'sip' ? uri.value.host : proxy;
}

/**
 * The servers of a trunk. Where the DNS fails at SRV, as behind routers that do not know that type, the addresses of the
 * name itself with the usual port are what is left (they are what stands when there is no SRV record, RFC 3263 §4.2).
 */
export class TrunkPeer {
  readonly target: ServerTarget;
  /** Who must be there, over TLS. */
  readonly tls: TlsPeer | undefined;
  readonly #locator: Locator;
  readonly #onChange: () => void;
  readonly #servers: ServerList;
  #beside: ServerList | undefined;

  constructor(target: ServerTarget, locator: Locator, onChange: () => void, tls?: TlsPeer) {
    this.tls = tls;
    this.target = target;
    this.#locator = locator;
    this.#onChange = onChange;
    this.#servers = locator.follow(target, () => this.#found());
  }

  /** In the order in which they are to be tried; those that failed lately come last. */
  get endpoints(): readonly Server[] {
    return this.#list.endpoints;
  }

  /** The first look-up is under way. */
  get isLooking(): boolean {
    return this.endpoints.length === 0 && (this.#servers.state === 'looking' || this.#beside?.state === 'looking');
  }

  get failure(): LookupFailure | undefined {
    return this.#servers.failure;
  }

  /** What the DNS said when there is no server to ask. */
  get lack(): string {
    const { failure } = this;
    if (failure !== undefined) return `DNS: ${failure.question}: ${failure.code}`;
    return this.isLooking ? 'DNS: no answer yet' : `DNS: no server is known for ${this.target.host}`;
  }

  /** One of its servers, as a flow to it is asked for. */
  targetAt(endpoint: Server): FlowTarget {
    return { transport: endpoint.transport, endpoint, ...(this.tls !== undefined && { peer: this.tls }) };
  }

  has(endpoint: Endpoint): boolean {
    return this.#list.has(endpoint);
  }

  isFailing(endpoint: Endpoint): boolean {
    return this.#list.isFailing(endpoint);
  }

  markFailing(endpoint: Endpoint, milliseconds?: number): void {
    this.#list.markFailing(endpoint, milliseconds);
  }

  markWorking(endpoint: Endpoint): void {
    this.#list.markWorking(endpoint);
  }

  markRefusing(endpoint: Endpoint, milliseconds?: number): void {
    this.#list.markRefusing(endpoint, milliseconds);
  }

  markServing(endpoint: Endpoint): void {
    this.#list.markServing(endpoint);
  }

  /** There was no server to ask: asks the DNS again, also for what may stand in SRV's place. */
  lookAgain(): void {
    if (this.#servers.state !== 'failed' || this.#servers.endpoints.length > 0) return;
    if (this.target.port === undefined) {
      this.#beside ??= this.#locator.follow(
        { ...this.target, port: DEFAULT_PORT[this.target.transport ?? 'udp'] },
        this.#onChange,
      );
    }
    this.#servers.refresh();
  }

  close(): void {
    this.#servers.close();
    this.#beside?.close();
  }

  get #list(): ServerList {
    return this.#servers.endpoints.length > 0 ? this.#servers : (this.#beside ?? this.#servers);
  }

  #found(): void {
    if (this.#servers.endpoints.length > 0) {
      this.#beside?.close();
      this.#beside = undefined;
    }
    this.#onChange();
  }
}
