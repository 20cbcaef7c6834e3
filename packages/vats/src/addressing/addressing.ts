import { BlockList } from 'node:net';
import { isIPv6 } from '@vats/kernel';
import { type Flow, isWildcard } from '@vats/sip';

export interface AddressingSettings {
  /** Written into Via and Contact for everyone who is not local: a host or address, with or without port. */
  readonly advertise?: { readonly host: string; readonly port?: number };
  /** Written into SDP for everyone who is not local. */
  readonly advertiseMedia?: string;
  /** Where media sockets are bound; `0.0.0.0` or `::` where they take all addresses of the machine. */
  readonly media: readonly string[];
  /** Networks whose members see our bound addresses, as CIDR. */
  readonly local: readonly { readonly address: string; readonly prefix: number }[];
}

/** Which of our addresses a peer reaches us by. */
export interface OwnAddresses {
  readonly on: (flow: Flow) => string;
  /** Undefined when we have none of that family. */
  readonly towards: (remote: string) => string | undefined;
}

/** Addresses out in the world, of which none is spoken to: they stand for all of their family (RFC 5737, RFC 3849). */
const [SOME_IPV4, SOME_IPV6] = ['192.0.2.1', '2001:db8::1'];
const ADDRESSES_REMEMBERED = 4096;

interface HostPort {
  readonly host: string;
  readonly port: number;
}

/**
 * What we call ourselves towards a peer. Peers inside `local` are told where we listen, everyone else what the operator
 * says the world sees; judged by the address that we observe, since what a peer claims may be anything.
 */
export class Addressing {
  readonly #settings: AddressingSettings;
  readonly #local = new BlockList();
  readonly #known = new Map<string, boolean>();

  constructor(settings: AddressingSettings) {
    this.#settings = settings;
    for (const { address, prefix } of settings.local) {
      this.#local.addSubnet(address, prefix, isIPv6(address) ? 'ipv6' : 'ipv4');
    }
  }

  isLocal(address: string): boolean {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const local = this.#local.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
    // Asked several times a call for the same few hundred phones; a flood of strangers only empties it.
    if (this.#known.size >= ADDRESSES_REMEMBERED) this.#known.clear();
    this.#known.set(address, local);
    return local;
  }

  /** Host and port for Via and Contact on this flow, whose own end is `bound`. */
  sentBy(flow: Flow, bound: HostPort): HostPort {
    const { advertise } = this.#settings;
    if (advertise === undefined || this.isLocal(flow.observed.address)) return bound;
    // The port that is advertised is that of UDP and TCP; TLS and WebSockets have others.
    const isPlain = flow.transport === 'udp' || flow.transport === 'tcp';
    return { host: advertise.host, port: (isPlain ? advertise.port : undefined) ?? bound.port };
  }

  /**
   * What SDP on this flow names instead of the bound media address. A wildcard is no address that anybody could send to, so in its
   * place stands our own one.
   */
  advertisedMedia(flow: Flow, own: OwnAddresses): string | undefined {
    const { advertiseMedia, media } = this.#settings;
    const { address } = flow.observed;
    if (advertiseMedia !== undefined && !this.isLocal(address)) return advertiseMedia;
    // Where a phone's family has no media address the other one serves it.
    const alike = media.find((bound) => isIPv6(bound) === isIPv6(address));
    if (!isWildcard(alike ?? media[0] ?? '')) return undefined;
    return alike === undefined ? own.towards(isIPv6(address) ? SOME_IPV4 : SOME_IPV6) : own.on(flow);
  }
}
