import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { formatAddress, type IpAddress, parseAddress } from '@vats/kernel';
import { type CountryResponse, Reader } from 'maxmind';
import type { CountrySource } from './country-source.ts';
import { GeoDatabaseError } from './geo-database-error.ts';
import { SearchTree } from './search-tree.ts';

// Of the three files in that package the two with -ipv4 and -ipv6 in their names know nothing of the other family.
const BUILTIN = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';
const REMEDY = 'take a country database in MaxMind DB format, such as GeoLite2-Country or DB-IP Country Lite';
/** Countries remembered by record. A file of countries has some hundreds of records, a file of cities many more. */
const RECORDS_REMEMBERED = 4_096;
/** So many different records without a country, and there are none in the file. */
const RECORDS_SURVEYED = 1_000;
const GZIP = 0x1f8b;

/** Where a record names the country: `country_code` in files of ip-location-db, the others in those of MaxMind and DB-IP. */
interface CountryRecord {
  readonly country_code?: unknown;
  readonly country?: { readonly iso_code?: unknown };
  readonly registered_country?: { readonly iso_code?: unknown };
}

/** A country database in MaxMind DB format (.mmdb), held in memory as a whole. */
export class CountryDatabase implements CountrySource {
  readonly path: string;
  readonly kind: 'builtin' | 'file';
  /** When it was made: wall time in ms. */
  readonly builtAt: number;
  readonly #reader: Reader<CountryResponse>;
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
    this.#reader = readerOf(path, octets);
    const { metadata } = this.#reader;
    this.builtAt = metadata.buildEpoch.getTime();
    this.#tree = new SearchTree(octets, metadata);
    if (!this.#hasCountries()) {
      const type = typeof metadata.databaseType === 'string' ? ` (its type is ${metadata.databaseType})` : '';
      throw new GeoDatabaseError(`${path} names no countries${type}; ${REMEDY}`);
    }
  }

  countryOf(address: string): string | undefined {
    const value = parseAddress(address);
    if (value === undefined) return undefined;
    const record = this.#tree.find(value);
    if (record === undefined) return undefined;
    const known = this.#countries.get(record);
    if (known !== undefined || this.#countries.has(record)) return known;
    const country = this.#countryAt(value);
    if (this.#countries.size >= RECORDS_REMEMBERED) this.#countries.clear();
    this.#countries.set(record, country);
    return country;
  }

  /** The network around the address of which the database says one thing; undefined for text that is no address. */
  networkOf(address: string): string | undefined {
    const value = parseAddress(address);
    if (value === undefined) return undefined;
    if (typeof value === 'bigint' && this.#reader.metadata.ipVersion !== 6) return undefined;
    try {
      const [, length] = this.#reader.getWithPrefixLength(formatAddress(value));
      if (typeof value === 'bigint') {
        const rest = BigInt(128 - length);
        return `${formatAddress((value >> rest) << rest)}/${length}`;
      }
      return `${formatAddress(value - (value % 2 ** (32 - length)))}/${length}`;
    } catch {
      return undefined;
    }
  }

  #hasCountries(): boolean {
    let surveyed = 0;
    for (const { address } of this.#tree.leaves()) {
      if (this.#countryAt(address) !== undefined) return true;
      if (++surveyed === RECORDS_SURVEYED) return false;
    }
    return false;
  }

  #countryAt(address: IpAddress): string | undefined {
    try {
      return countryIn(this.#reader.get(formatAddress(address)) as CountryRecord | null);
    } catch {
      // A record that cannot be read is one that says nothing: who calls must not fail for a damaged file.
      return undefined;
    }
  }
}

function countryIn(record: CountryRecord | null): string | undefined {
  if (record === null || typeof record !== 'object') return undefined;
  // Where somebody is counts; where the network is registered says something only when nothing else does.
  const code = record.country_code ?? (record.country ?? record.registered_country)?.iso_code;
  return typeof code === 'string' && /^[A-Za-z]{2}$/.test(code) ? code.toUpperCase() : undefined;
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

function readerOf(path: string, octets: Buffer): Reader<CountryResponse> {
  if (octets.length >= 2 && octets.readUInt16BE(0) === GZIP) {
    throw new GeoDatabaseError(`${path} is compressed; unpack it with gunzip or tar first`);
  }
  const damaged = (cause?: unknown) =>
    new GeoDatabaseError(`${path} is no MaxMind DB (.mmdb), or only a part of one; ${REMEDY}, and copy it as a whole`, {
      cause,
    });
  let reader: Reader<CountryResponse>;
  try {
    reader = new Reader<CountryResponse>(octets);
  } catch (cause) {
    throw damaged(cause);
  }
  const { nodeCount, ipVersion, searchTreeSize } = reader.metadata;
  const sane = nodeCount > 0 && (ipVersion === 4 || ipVersion === 6) && searchTreeSize < octets.length;
  if (!sane) throw damaged();
  return reader;
}
