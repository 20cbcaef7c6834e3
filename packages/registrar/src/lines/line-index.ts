import { type Clock, LineBudget, type Log, type Network, NetworkMap, networkOf } from '@vats/kernel';
import { toWire } from '@vats/sip';
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
  #servers = new Set<string>();

  constructor(clock: Clock, log: Log) {
    this.#log = log;
    this.#ambiguous = new LineBudget(clock, log);
  }

  build(lines: Iterable<TrunkLine>): void {
    this.#byUser = new Map();
    this.#servers = new Set();
    const byAddress: TrunkLine[] = [];
    for (const line of lines) {
      for (const { address } of line.endpoints) this.#servers.add(address);
      if (!line.way.ok) continue;
      if (line.contactUser === undefined) byAddress.push(line);
      else pushTo(this.#byUser, toWire(line.contactUser), line);
    }
    this.#byAddress = mapOf(byAddress);
  }

  /** Whether a server of some trunk has this address. */
  hasServerAt(address: string): boolean {
    return this.#servers.has(address);
  }

  /** @param domain id of the domain that the request speaks of, which decides where addresses don't */
  find(address: string, user: string | undefined, domain: string | undefined): TrunkLine | undefined {
    const named = user === undefined ? [] : (this.#byUser.get(user) ?? []).filter((line) => line.admits(address, user));
    // Several lines have one Contact only where it is set by hand; the smallest network decides, as among addresses.
    if (named.length > 1) return this.#choose(mapOf(named).find(address) ?? named, address, domain);
    return named[0] ?? this.#choose(this.#byAddress.find(address) ?? [], address, domain);
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
