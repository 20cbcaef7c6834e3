import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { formatAddress, parseAddress } from '@vats/kernel';
import type { CountrySource } from './country-source.ts';
import { GeoDatabaseError } from './geo-database-error.ts';
import { type MmdbMetadata, readMetadata } from './mmdb-metadata.ts';
import { SearchTree } from './search-tree.ts';

// Of the three files in that package the two with -ipv4 and -ipv6 in their names know nothing of the other family.
const BUILTIN = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';
const REMEDY = 'take a country database in MaxMind DB format, such as GeoLite2-Country or DB-IP Country Lite';
/** Countries remembered by record. A file of countries has some hundreds of records, a file of cities many more. */
const RECORDS_REMEMBERED = 4_096;
/** So many different records without a country, and there are none in the file. */
const RECORDS_SURVEYED = 1_000;
const GZIP = 0x1f8b;
/** No database of this format is older, and one that claims to be of after the second date would be the newest for ever. */
const EARLIEST = Date.UTC(2010, 0);
const LATEST = Date.UTC(2100, 0);

/** A country database in MaxMind DB format (.mmdb), held in memory as a whole. */
export class CountryDatabase implements CountrySource {
  readonly path: string;
  readonly kind: 'builtin' | 'file';
  /** When it was made: wall time in ms. */
  readonly builtAt: number;
  readonly #metadata: MmdbMetadata;
  readonly #tree: SearchTree;
  readonly #countries = new Map<number, string | undefined>();

  /** The one that comes with VATS. @throws GeoDatabaseError when the installation has lost it */
  static builtin(): CountryDatabase {
    let path: string;
    try {
      path = createRequire(import.meta.url).resolve(BUILTIN);
    } catch (cause) {
      throw new GeoDatabaseError(`${BUILTIN} is not installed; install VATS again, or name a database of your own`, {
        cause,
      });
    }
    return new CountryDatabase(path, 'builtin');
  }

  /** One of the operator's own. @throws GeoDatabaseError when it cannot be read or has no countries */
  static open(path: string): CountryDatabase {
    return new CountryDatabase(path, 'file');
  }

  private constructor(path: string, kind: 'builtin' | 'file') {
    this.path = path;
    this.kind = kind;
    const octets = readOctets(path);
    this.#metadata = metadataOf(path, octets);
    const { databaseType, buildEpoch } = this.#metadata;
    this.builtAt = dateOf(path, buildEpoch);
    this.#tree = new SearchTree(octets, this.#metadata);
    if (!this.#hasCountries()) {
      const type = databaseType === undefined ? '' : ` (its type is ${databaseType})`;
      throw new GeoDatabaseError(`${path} names no countries${type}; ${REMEDY}`);
    }
  }

  /** Without, no address of IPv6 has a country. */
  get hasIPv6(): boolean {
    return this.#metadata.ipVersion === 6;
  }

  countryOf(address: string): string | undefined {
    const value = parseAddress(address);
    if (value === undefined) return undefined;
    const record = this.#tree.find(value);
    if (record === undefined) return undefined;
    const known = this.#countries.get(record);
    if (known !== undefined || this.#countries.has(record)) return known;
    const country = this.#countryIn(record);
    if (this.#countries.size >= RECORDS_REMEMBERED) this.#countries.clear();
    this.#countries.set(record, country);
    return country;
  }

  /** The network around the address of which the database says one thing; undefined for text that is no address. */
  networkOf(address: string): string | undefined {
    const value = parseAddress(address);
    if (value === undefined) return undefined;
    const length = this.#tree.prefixLength(value);
    if (length === undefined) return undefined;
    if (typeof value === 'bigint') {
      const rest = BigInt(128 - length);
      return `${formatAddress((value >> rest) << rest)}/${length}`;
    }
    return `${formatAddress(value - (value % 2 ** (32 - length)))}/${length}`;
  }

  #hasCountries(): boolean {
    let surveyed = 0;
    for (const record of this.#tree.records()) {
      if (this.#countryIn(record) !== undefined) return true;
      if (++surveyed === RECORDS_SURVEYED) return false;
    }
    return false;
  }

  /**
   * Where a record names the country: `country_code` in files of ip-location-db, the others in those of MaxMind and DB-IP.
   * A record that cannot be read is one that says nothing: who calls must not fail for a damaged file.
   */
  #countryIn(record: number): string | undefined {
    const { records, nodeCount, treeOctets } = this.#metadata;
    const at = record - nodeCount + treeOctets;
    // Where somebody is counts; where the network is registered says something only when nothing else does.
    const place = records.find(at, 'country') ?? records.find(at, 'registered_country');
    const code = records.text(records.find(at, 'country_code') ?? records.find(place, 'iso_code'));
    return code !== undefined && /^[A-Za-z]{2}$/.test(code) ? code.toUpperCase() : undefined;
  }
}

function readOctets(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const what =
      code === 'ENOENT'
        ? 'does not exist; check the path'
        : code === 'EACCES'
          ? 'may not be read by this user; give it read permission'
          : code === 'EISDIR'
            ? 'is a directory; name the .mmdb file in it'
            : `cannot be read (${code ?? cause}); check the file`;
    throw new GeoDatabaseError(`${path} ${what}`, { cause });
  }
}

function metadataOf(path: string, octets: Buffer): MmdbMetadata {
  if (octets.length >= 2 && octets.readUInt16BE(0) === GZIP) {
    throw new GeoDatabaseError(`${path} is compressed; unpack it with gunzip or tar first`);
  }
  const metadata = readMetadata(octets);
  if (metadata !== undefined) return metadata;
  throw new GeoDatabaseError(
    `${path} is no MaxMind DB (.mmdb), or only a part of one; ${REMEDY}, and copy it as a whole`,
  );
}

/** In ms. Which table is the newer one, and when one is old, is told by it. */
function dateOf(path: string, buildEpoch: number | undefined): number {
  const builtAt = (buildEpoch ?? Number.NaN) * 1000;
  if (builtAt >= EARLIEST && builtAt < LATEST) return builtAt;
  const what = buildEpoch === undefined ? 'no build epoch' : `a build epoch of ${buildEpoch}`;
  throw new GeoDatabaseError(
    `${path} does not say when it was made (it has ${what}), so nobody can tell how old it is; take the file as its publisher made it, or a newer one`,
  );
}
