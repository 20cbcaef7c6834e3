import { type Endpoint, type Network, NetworkSet, networkOf } from '@vats/kernel';
import { isOperatorsOwn } from '@vats/pbx';

/** Where one trunk is, and where its calls may come from. */
export class LineAddresses {
  readonly #endpoints: () => readonly Endpoint[];
  #allow: readonly string[] | undefined;
  #networks: NetworkSet | undefined;
  #narrow: NetworkSet | undefined;

  /** @param endpoints its servers as the DNS names them now */
  constructor(allow: readonly string[] | undefined, endpoints: () => readonly Endpoint[]) {
    this.#allow = allow;
    this.#endpoints = endpoints;
  }

  /** Its allow list is this one from now on. */
  use(allow: readonly string[] | undefined): void {
    this.#allow = allow;
    this.#networks = undefined;
    this.#narrow = undefined;
  }

  /** Its servers have changed. */
  serversChanged(): void {
    this.#networks = undefined;
  }

  /** Where its calls may come from: `allow`, else the addresses of its servers. */
  get networks(): NetworkSet {
    this.#networks ??= NetworkSet.of(this.#allow ?? this.#endpoints().map(({ address }) => address));
    return this.#networks;
  }

  /** The networks of `allow` that are an operator's own. A wider one is half the world, and its sources are strangers like others. */
  get narrow(): readonly Network[] {
    return (this.#allow ?? []).map(networkOf).filter(isOperatorsOwn);
  }

  /** Whether this is one of its servers, or an address of an operator's own network that it may call from. */
  has(address: string): boolean {
    if (this.#endpoints().some((each) => each.address === address)) return true;
    this.#narrow ??= new NetworkSet(this.narrow);
    return this.#narrow.find(address) !== undefined;
  }
}
