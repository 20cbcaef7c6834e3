import type { Endpoint } from '@vats/kernel';
import type { Trunk } from '@vats/pbx';
import {
  type AddressFamily,
  type Locator,
  type LookupFailure,
  parseUri,
  type Server,
  type ServerList,
  type ServerTarget,
  type TransportName,
} from '@vats/sip';

/** Where a trunk's requests go, or why they can go nowhere. */
export type PeerTarget =
  | { readonly ok: true; readonly target: ServerTarget }
  | { readonly ok: false; readonly why: string };

const DEFAULT_PORT = 5060;

/** Families that we can talk to by a transport, the preferred one first. */
export type Families = (transport: TransportName) => readonly AddressFamily[];

/** Reads `proxy` and `transport` of a trunk. Without a transport the DNS may choose one (RFC 3263 §4.1). */
export function targetOf({ proxy, transport }: Trunk, families: Families): PeerTarget {
  const uri = parseUri(proxy);
  if (!uri.ok || uri.value.kind !== 'sip') return { ok: false, why: `${proxy} is not the address of a SIP server` };
  const { scheme, host, port } = uri.value;
  if (transport === 'tls' || scheme === 'sips') return { ok: false, why: 'TLS is not served yet: use udp or tcp' };
  return { ok: true, target: { host, port, transport, families } };
}

/** The host of From, To and Request-URI. */
export function hostOf({ domain, proxy }: Trunk): string {
  if (domain !== undefined) return domain;
  const uri = parseUri(proxy);
  return uri.ok && uri.value.kind === 'sip' ? uri.value.host : proxy;
}

/**
 * The servers of a trunk. Where the DNS fails at SRV, as behind routers that do not know that type, the addresses of the
 * name itself with port 5060 are what is left (they are what stands when there is no SRV record, RFC 3263 §4.2).
 */
export class TrunkPeer {
  readonly target: ServerTarget;
  readonly #locator: Locator;
  readonly #onChange: () => void;
  readonly #servers: ServerList;
  #beside: ServerList | undefined;

  constructor(target: ServerTarget, locator: Locator, onChange: () => void) {
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
      this.#beside ??= this.#locator.follow({ ...this.target, port: DEFAULT_PORT }, this.#onChange);
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
