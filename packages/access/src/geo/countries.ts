import { isPrivateAddress, NetworkMap, networkOf, parseAddress } from '@vats/kernel';
import type { CountrySource } from './country-source.ts';

/** A database that can also say of which network it speaks. */
export interface NetworkCountrySource extends CountrySource {
  networkOf?(address: string): string | undefined;
}

/** How the country of an address is known, for a person who asks. */
export interface CountryFinding {
  /** ISO 3166 code; absent when none is known. */
  readonly country?: string;
  readonly from: 'override' | 'database';
  /** The override as it was written, or the database's network around the address. */
  readonly network?: string;
}

type Overrides = NetworkMap<{ readonly country: string; readonly network: string }>;

/** Longer text is no address without a zone, and is not worth remembering. */
const LONGEST_REMEMBERED = 64;

/**
 * The country of an address: what the operator says of its network, else what the database says. A private address is in no
 * country that a database could know, though some say so: everybody has the same ones. Answers are remembered by
 * address, for a bounded number of addresses.
 */
export class Countries implements CountrySource {
  #overrides: Overrides;
  readonly #limit: number;
  #database: NetworkCountrySource;
  // Two generations: when the young one is full it becomes the old one, and what is still asked for moves over. So nothing
  // needs to be kept in order, and an attack from many addresses does not push out those who speak all the time.
  #young = new Map<string, string | null>();
  #old = new Map<string, string | null>();

  /**
   * @param overrides networks as a person writes them, and the ISO code of the country that each is taken for
   * @param remembered addresses remembered at least, and at most twice as many
   * @throws RangeError for an override that is no network
   */
  constructor(overrides: Readonly<Record<string, string>>, database: NetworkCountrySource, remembered = 4_096) {
    this.#overrides = overridesOf(overrides);
    this.#database = database;
    this.#limit = remembered;
  }

  countryOf(address: string): string | undefined {
    const young = this.#young.get(address);
    if (young !== undefined) return young ?? undefined;
    const old = this.#old.get(address);
    const country = old === undefined ? this.#lookUp(address) : (old ?? undefined);
    if (address.length <= LONGEST_REMEMBERED) this.#remember(address, country ?? null);
    return country;
  }

  /** As `countryOf`, with how it is known. */
  explain(address: string): CountryFinding {
    const override = this.#overrides.find(address);
    if (override !== undefined) return { ...override, from: 'override' };
    const country = this.#ofDatabase(address);
    const network = this.#database.networkOf?.(address);
    return { ...(country !== undefined && { country }), from: 'database', ...(network !== undefined && { network }) };
  }

  /** From now on this database answers, beside other overrides if they are given; what was said before is not remembered. */
  use(database: NetworkCountrySource, overrides?: Readonly<Record<string, string>>): void {
    if (overrides !== undefined) this.#overrides = overridesOf(overrides);
    this.#database = database;
    this.#young.clear();
    this.#old.clear();
  }

  #lookUp(address: string): string | undefined {
    return this.#overrides.find(address)?.country ?? this.#ofDatabase(address);
  }

  #ofDatabase(address: string): string | undefined {
    const value = parseAddress(address);
    return value !== undefined && isPrivateAddress(value) ? undefined : this.#database.countryOf(address);
  }

  #remember(address: string, country: string | null): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(address, country);
  }
}

function overridesOf(overrides: Readonly<Record<string, string>>): Overrides {
  return new NetworkMap(
    Object.entries(overrides).map(([network, country]) => [networkOf(network), { country, network }] as const),
  );
}
