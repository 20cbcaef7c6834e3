import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { formatAddress } from '@vats/kernel';
import { SeededRandom } from '@vats/kernel/testing';
import { type CountryResponse, Reader } from 'maxmind';
import { afterAll, describe, expect, test } from 'vitest';
import { type MmdbOptions, writeMmdb } from '../testing/index.ts';
import { CountryDatabase } from './country-database.ts';
import { GeoDatabaseError } from './geo-database-error.ts';

const directory = mkdtempSync(join(tmpdir(), 'vats-geo-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;

function fileOf(octets: Uint8Array | string): string {
  const path = join(directory, `${++files}.mmdb`);
  writeFileSync(path, octets);
  return path;
}

function open(records: Parameters<typeof writeMmdb>[0], options?: MmdbOptions): CountryDatabase {
  return CountryDatabase.open(fileOf(writeMmdb(records, options)));
}

function refusalOf(path: string): string {
  try {
    CountryDatabase.open(path);
  } catch (fault) {
    expect(fault).toBeInstanceOf(GeoDatabaseError);
    return (fault as GeoDatabaseError).message;
  }
  throw new Error(`${path} was taken`);
}

describe('the database that comes with VATS', () => {
  const builtin = CountryDatabase.builtin();

  test('it knows well-known addresses of both families', () => {
    const countries = ['77.88.8.8', '5.45.207.1', '2a02:6b8::feed:ff', '::ffff:77.88.8.8', '193.0.6.139'].map(
      (address) => builtin.countryOf(address),
    );
    expect(countries).toEqual(['RU', 'RU', 'RU', 'RU', 'NL']);
  });

  test.each(['10.0.0.1', '127.0.0.1', '::1', 'fe80::1%eth0', '', 'pbx.example', '77.88.8', '77.88.8.8 ', '[::1]'])(
    '%j has no country',
    (address) => {
      expect(builtin.countryOf(address)).toBeUndefined();
    },
  );

  test('it says where it is and when it was made', () => {
    expect(builtin.kind).toBe('builtin');
    expect(builtin.path).toMatch(/geo-whois-asn-country\.mmdb$/);
    expect(builtin.builtAt).toBeGreaterThan(Date.UTC(2026, 0));
    expect(builtin.builtAt).toBeLessThan(Date.UTC(2100, 0));
  });

  test('it says of which network it speaks', () => {
    expect(builtin.networkOf('77.88.8.8')).toMatch(/^77\.88\.\d+\.0\/\d+$/);
    expect(builtin.networkOf('2a02:6b8::feed:ff')).toMatch(/^2a02:6b8:.*\/\d+$/);
    expect(builtin.networkOf('pbx.example')).toBeUndefined();
  });

  test('it answers as the maxmind reader does', () => {
    const reader = new Reader<CountryResponse>(readFileSync(builtin.path));
    const random = new SeededRandom(7);
    const addresses = Array.from({ length: 20_000 }, (_, i) =>
      i % 2 === 0 ? formatAddress(random.below(2 ** 32)) : formatAddress(global6(random)),
    );
    const differing = addresses.filter((address) => {
      const [record, length] = reader.getWithPrefixLength(address);
      const { country_code: country } = (record ?? {}) as { country_code?: string };
      return builtin.countryOf(address) !== country || !builtin.networkOf(address)?.endsWith(`/${length}`);
    });
    expect(differing).toEqual([]);
  });
});

describe("an operator's own file", () => {
  test.each([24, 28, 32] as const)('records of %i bits, of both families', (recordSize) => {
    const records = [
      ['198.51.100.0/24', { country_code: 'RU' }],
      ['198.51.100.128/25', { country_code: 'DE' }],
      ['198.51.100.200', { country_code: 'FR' }],
      ['2001:db8::/32', { country_code: 'BY' }],
      ['2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', { country_code: 'KZ' }],
    ] as const;
    const database = open(records, { recordSize, builtAt: 1_750_000_000_000 });
    const asked = ['198.51.100.1', '198.51.100.129', '198.51.100.200', '198.51.101.1', '2001:db8::1', '2001:db9::1'];
    expect(asked.map((address) => database.countryOf(address))).toEqual(['RU', 'DE', 'FR', undefined, 'BY', undefined]);
    expect(database.countryOf('2001:db8:ffff:ffff:ffff:ffff:ffff:ffff')).toBe('KZ');
    expect(database.countryOf('2001:db8:ffff:ffff:ffff:ffff:ffff:fffe')).toBe('BY');
    expect(database).toMatchObject({ kind: 'file', builtAt: 1_750_000_000_000 });
    expect(database.networkOf('198.51.100.1')).toBe('198.51.100.0/25');
    expect(database.networkOf('2001:db8:ffff:ffff:ffff:ffff:ffff:fffe')).toMatch(/^2001:db8:.*fffe\/128$/);
  });

  test('of IPv4 alone: IPv6 has no country in it', () => {
    const database = open([['0.0.0.0/1', { country_code: 'RU' }]], { ipVersion: 4 });
    expect(database.countryOf('1.2.3.4')).toBe('RU');
    expect(database.countryOf('129.2.3.4')).toBeUndefined();
    expect(database.countryOf('2001:db8::1')).toBeUndefined();
    expect(database.networkOf('2001:db8::1')).toBeUndefined();
  });

  test.each([
    ['of ip-location-db', { country_code: 'RU' }, 'RU'],
    ['of MaxMind and DB-IP', { continent: { code: 'EU' }, country: { iso_code: 'RU' } }, 'RU'],
    [
      'of MaxMind, used elsewhere than registered',
      { country: { iso_code: 'RU' }, registered_country: { iso_code: 'US' } },
      'RU',
    ],
    ['of MaxMind, registered alone', { registered_country: { iso_code: 'US' } }, 'US'],
    [
      'with a country that has no code',
      { country: { geoname_id: 1 }, registered_country: { iso_code: 'US' } },
      undefined,
    ],
    ['in small letters', { country_code: 'ru' }, 'RU'],
    ['with no code of ISO 3166', { country_code: 'A1' }, undefined],
    ['with a number', { country_code: 7 }, undefined],
    ['with nothing', { continent: { code: 'EU' } }, undefined],
    ['of text', 'RU', undefined],
  ])('a record %s', (_, record, country) => {
    const database = open([
      ['198.51.100.0/24', record],
      ['192.0.2.0/24', { country_code: 'SE' }],
    ]);
    expect(database.countryOf('198.51.100.1')).toBe(country);
    // The second time the answer is a remembered one.
    expect(database.countryOf('198.51.100.2')).toBe(country);
  });

  test('a record that cannot be read says nothing, and nobody who asks fails', () => {
    const octets = writeMmdb([
      ['192.0.2.0/24', { country_code: 'SE' }],
      ['198.51.100.0/24', { country_code: 'RU' }],
    ]);
    // The second record's map becomes a type that does not exist.
    const at = octets.lastIndexOf(Buffer.from('\xe1Lcountry_code', 'latin1'));
    octets.writeUInt16BE(0x00ff, at);
    const database = CountryDatabase.open(fileOf(octets));
    expect(database.countryOf('198.51.100.1')).toBeUndefined();
    expect(database.countryOf('192.0.2.1')).toBe('SE');
  });
});

describe('a file that was made to do harm', () => {
  /** 64 maps, in each of which two pointers lead to the next one: written out it would be 2 ** 64. @param also an entry of the first */
  const unfolding = (also = ''): Buffer => {
    const pointer = (to: number): Buffer => Buffer.of(0x20 | (to >> 8), to & 0xff);
    const maps = Array.from({ length: 64 }, (_, i) => {
      const next = pointer(9 * i + 9 + also.length);
      const entries = [Buffer.from('Aa'), next, Buffer.from('Ab'), next];
      return i === 0 && also !== ''
        ? Buffer.concat([Buffer.of(0xe3), ...entries, Buffer.from(also)])
        : Buffer.concat([Buffer.of(0xe2), ...entries]);
    });
    return Buffer.concat([...maps, Buffer.of(0xe0)]);
  };
  const asRecord = (raw: Buffer) => fileOf(writeMmdb([['192.0.2.0/24', raw]]));

  test('by pointers that unfold to more than there is time for, names no countries', () => {
    expect(refusalOf(asRecord(unfolding()))).toMatch(/names no countries/);
  });

  test('with such beside the countries, is read as if they were not there', () => {
    const database = CountryDatabase.open(asRecord(unfolding('Lcountry_codeBRU')));
    expect(database.countryOf('192.0.2.1')).toBe('RU');
    expect(database.networkOf('192.0.2.1')).toBe('192.0.2.0/24');
  });

  test('by maps in maps, or arrays in arrays, without end', () => {
    const maps = Buffer.from('\xe1Aa'.repeat(100_000), 'latin1');
    const arrays = Buffer.from(`\xe2Aa${'\x01\x04'.repeat(100_000)}`, 'latin1');
    for (const raw of [maps, arrays]) expect(refusalOf(asRecord(raw))).toMatch(/names no countries/);
  });

  test('by a map that claims more entries than there are octets', () => {
    expect(refusalOf(asRecord(Buffer.from('\xffÿÿÿAaAa', 'latin1')))).toMatch(/names no countries/);
  });

  test('in what it says of itself, is read as far as that is of use', () => {
    const ring = { description: Buffer.of(0x20, 0), languages: unfolding() };
    const path = fileOf(writeMmdb([['192.0.2.0/24', { country_code: 'SE' }]], { metadata: ring }));
    expect(CountryDatabase.open(path).countryOf('192.0.2.1')).toBe('SE');
  });
});

describe('a file that is of no use is refused, with what to do', () => {
  const builtin = readFileSync(CountryDatabase.builtin().path);

  test.each([
    ['empty', ''],
    ['text', 'network,country\n192.0.2.0/24,SE\n'],
    ['zeros', Buffer.alloc(4096)],
    ['the first half of a database', builtin.subarray(0, builtin.length / 2)],
    ['the second half of a database', builtin.subarray(builtin.length / 2)],
  ])('%s', (_, octets) => {
    const path = fileOf(octets);
    expect(refusalOf(path)).toBe(
      `${path} is no MaxMind DB (.mmdb), or only a part of one; take a country database in MaxMind DB format, such as GeoLite2-Country or DB-IP Country Lite, and copy it as a whole`,
    );
  });

  test('another kind of database', () => {
    const asn = { autonomous_system_number: 13238, autonomous_system_organization: 'YANDEX LLC' };
    const path = fileOf(
      writeMmdb(
        Array.from({ length: 50 }, (_, i) => [`77.88.${i}.0/24`, asn] as const),
        { databaseType: 'GeoLite2-ASN' },
      ),
    );
    expect(refusalOf(path)).toMatch(/names no countries \(its type is GeoLite2-ASN\); take a country database/);
  });

  test.each([
    [null, 'no build epoch'],
    [0, 'a build epoch of 0'],
    [-1000, 'a build epoch of -1'],
    [Date.UTC(9999, 0), 'a build epoch of 253370764800'],
    [Date.UTC(2100, 0), 'a build epoch of 4102444800'],
  ])('one that does not say when it was made (%s)', (builtAt, what) => {
    const path = fileOf(writeMmdb([['192.0.2.0/24', { country_code: 'SE' }]], { builtAt }));
    expect(refusalOf(path)).toBe(
      `${path} does not say when it was made (it has ${what}), so nobody can tell how old it is; take the file as its publisher made it, or a newer one`,
    );
  });

  test('one without any network', () => {
    expect(refusalOf(fileOf(writeMmdb([])))).toMatch(/names no countries/);
  });

  test('a compressed one', () => {
    expect(refusalOf(fileOf(gzipSync(writeMmdb([['192.0.2.0/24', { country_code: 'SE' }]]))))).toMatch(
      /is compressed; unpack it/,
    );
  });

  test('none at all, or a directory', () => {
    const missing = join(directory, 'missing.mmdb');
    expect(refusalOf(missing)).toBe(`${missing} does not exist; check the path`);
    expect(refusalOf(directory)).toBe(`${directory} is a directory; name the .mmdb file in it`);
  });
});

/** An address of 2000::/3, where the addresses of the internet lie. */
function global6(random: SeededRandom): bigint {
  return (1n << 125n) | (BigInt(`0x${random.bytes(16).toString('hex')}`) & ((1n << 125n) - 1n));
}
