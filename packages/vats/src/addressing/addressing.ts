import { BlockList } from 'node:net';
import { isIPv6 } from '@vats/kernel';
import type { Flow } from '@vats/sip';

export interface AddressingSettings {
  /** Written into Via and Contact for everyone who is not local: a host or address, with or without port. */
  readonly advertise?: { readonly host: string; readonly port?: number };
  /** Written into SDP for everyone who is not local. */
  readonly advertiseMedia?: string;
  /** Networks whose members see our bound addresses, as CIDR. */
  readonly local: readonly { readonly address: string; readonly prefix: number }[];
}

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
    return { host: advertise.host, port: advertise.port ?? bound.port };
  }

  /** What SDP on this flow names instead of the bound media address. */
  advertisedMedia(flow: Flow): string | undefined {
    return this.isLocal(flow.observed.address) ? undefined : this.#settings.advertiseMedia;
  }
}
