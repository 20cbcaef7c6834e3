import { type Clock, LineBudget, type Log, type Network, NetworkMap, NetworkSet, networkOf } from '@vats/kernel';
import { type TransportName, toWire } from '@vats/sip';
import type { TrunkLine } from './trunk-line.ts';

/** The lines of one network, in the model's order. */
type LinesOf = NetworkMap<readonly TrunkLine[]>;

/**
 * Finds the trunk that a request belongs to: by our Contact's user part first, which the peer had from us, else by address.
 * Each look-up is a map or a binary search, however many trunks there are.
 */
export class LineIndex {
  readonly #log: Log;
  readonly #ambiguous: LineBudget;
  #byUser = new Map<string, TrunkLine[]>();
  #byAddress: LinesOf = new NetworkMap([]);
  /** Lines that register and whose calls are known by where they come from and what number they call. */
  #byNumber: LinesOf = new NetworkMap([]);
  #servers = new Set<string>();
  #ownNetworks = new NetworkSet([]);

  constructor(clock: Clock, log: Log) {
    this.#log = log;
    this.#ambiguous = new LineBudget(clock, log);
  }

  build(lines: Iterable<TrunkLine>): void {
    this.#byUser = new Map();
    this.#servers = new Set();
    const byAddress: TrunkLine[] = [];
    const byNumber: TrunkLine[] = [];
    const own: Network[] = [];
    for (const line of lines) {
      for (const { address } of line.endpoints) this.#servers.add(address);
      if (!line.way.ok) continue;
      own.push(...line.addresses.narrow);
      if (line.contactUser === undefined) byAddress.push(line);
      else pushTo(this.#byUser, toWire(line.contactUser), line);
      if (line.trunk.register?.recognise === 'address') byNumber.push(line);
    }
    this.#byAddress = mapOf(byAddress);
    this.#byNumber = mapOf(byNumber);
    this.#ownNetworks = new NetworkSet(own);
  }

  /** Whether a server of some trunk has this address, or it lies in an operator's own network that a trunk may be called from. */
  isOfTrunk(address: string): boolean {
    return this.#servers.has(address) || this.#ownNetworks.find(address) !== undefined;
  }

  /**
   * @param domain id of the domain that the request speaks of, which decides where addresses don't
   * @param calls whether it calls a number of that line: what a line that registers is known by where `recognise` is `address`
   */
  find(
    address: string,
    user: string | undefined,
    domain: string | undefined,
    calls: (line: TrunkLine) => boolean,
    transport: TransportName,
  ): TrunkLine | undefined {
    const comesAs = (line: TrunkLine): boolean => line.takesCallsOver(transport);
    const named =
      user === undefined
        ? []
        : (this.#byUser.get(user) ?? []).filter((line) => line.admits(address, user) && comesAs(line));
    // Several lines have one Contact only where it is set by hand; the smallest network decides, as among addresses.
    if (named.length > 1) return this.#choose(mapOf(named).find(address) ?? named, address, domain);
    if (named[0] !== undefined) return named[0];
    const numbered = (this.#byNumber.find(address) ?? []).filter((line) => comesAs(line) && calls(line));
    if (numbered.length > 0) return this.#choose(numbered, address, domain);
    return this.#choose((this.#byAddress.find(address) ?? []).filter(comesAs), address, domain);
  }

  /** A line that registers and may be called from there for this number, if the request had named its Contact. */
  missed(address: string, calls: (line: TrunkLine) => boolean): TrunkLine | undefined {
    for (const lines of this.#byUser.values()) {
      const line = lines.find((each) => each.mayCallFrom(address) && calls(each));
      if (line !== undefined) return line;
    }
    return undefined;
  }

  #choose(lines: readonly TrunkLine[], address: string, domain: string | undefined): TrunkLine | undefined {
    const inDomain = lines.length > 1 ? lines.filter((line) => line.domain === domain) : lines;
    const [chosen] = inDomain.length > 0 ? inDomain : lines;
    if (chosen !== undefined && (inDomain.length > 1 || (lines.length > 1 && inDomain.length === 0))) {
      this.#tell(chosen, lines, address);
    }
    return chosen;
  }

  #tell(chosen: TrunkLine, lines: readonly TrunkLine[], address: string): void {
    if (!this.#ambiguous.allows(`${chosen.domain} ${chosen.name}`)) return;
    this.#log.warn('trunk.ambiguous', {
      address,
      taken: `${chosen.name} of ${chosen.domainName}`,
      others: lines.filter((line) => line !== chosen).map((line) => `${line.name} of ${line.domainName}`),
      remedy: 'give the trunks allow lists that do not overlap, or let them register',
    });
  }
}

function mapOf(lines: readonly TrunkLine[]): LinesOf {
  const networks = new Map<string, { network: Network; lines: TrunkLine[] }>();
  for (const line of lines) {
    const texts = line.trunk.allow ?? line.endpoints.map(({ address }) => address);
    for (const network of texts.map(networkOf)) {
      const key = `${network.family} ${network.first} ${network.last}`;
      const entry = networks.get(key);
      if (entry === undefined) networks.set(key, { network, lines: [line] });
      else if (!entry.lines.includes(line)) entry.lines.push(line);
    }
  }
  return new NetworkMap(Array.from(networks.values(), (each) => [each.network, each.lines] as const));
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
