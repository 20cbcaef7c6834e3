import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CountryDatabase, GeoDatabaseError } from '@vats/access';
import { writeMmdb } from '@vats/access/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CountryTable, type CountryTableParts } from './country-table.ts';

const DAY_MS = 86_400_000;
/** No country by any real table. */
const HERE = '192.0.2.1';
const BUILTIN = CountryDatabase.builtin();
const NOW = BUILTIN.builtAt + 30 * DAY_MS;

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vats-geo-'));
  data = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true }));

function tableOf(parts: Partial<CountryTableParts> = {}): CountryTable {
  return new CountryTable({ data, database: 'builtin', overrides: {}, ...parts });
}

/** A country database that says this of one network. */
function file(name: string, country: string, builtAt: number): string {
  const path = join(folder, name);
  writeFileSync(path, writeMmdb([['192.0.2.0/24', { country_code: country }]], { builtAt }));
  return path;
}

const newer = (name = 'newer.mmdb', country = 'RU'): string => file(name, country, BUILTIN.builtAt + DAY_MS);
const older = (): string => file('older.mmdb', 'DE', BUILTIN.builtAt - DAY_MS);
const INSTALLED = (): string => join(data, 'geo', 'country.mmdb');

test('without any file the built-in table is in use', () => {
  const table = tableOf();
  expect(table.description).toEqual({ path: BUILTIN.path, builtAt: BUILTIN.builtAt, kind: 'builtin', hasIPv6: true });
  expect(table.countries.countryOf('77.88.8.8')).toBe('RU');
  expect(table.countries.countryOf(HERE)).toBeUndefined();
  expect(existsSync(data)).toBe(false);
});

describe('a table that was brought', () => {
  test('is in use at once when it is newer, and after a restart; the file may go', () => {
    const table = tableOf();
    expect(table.countries.countryOf(HERE)).toBeUndefined();
    table.install(newer(), NOW);
    expect(table.countries.countryOf(HERE)).toBe('RU');
    expect(table.description).toEqual({
      path: INSTALLED(),
      builtAt: BUILTIN.builtAt + DAY_MS,
      kind: 'file',
      hasIPv6: true,
    });
    rmSync(join(folder, 'newer.mmdb'));
    expect(tableOf().countries.countryOf(HERE)).toBe('RU');
  });

  test('gives way to the built-in one when that is newer, as after an upgrade', () => {
    mkdirSync(join(data, 'geo'), { recursive: true });
    copyFileSync(older(), INSTALLED());
    const table = tableOf();
    expect(table.description.kind).toBe('builtin');
    expect(table.countries.countryOf(HERE)).toBeUndefined();
  });

  test('and is not newer than the built-in one is refused at once, with both dates and what to do', () => {
    const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
    for (const builtAt of [BUILTIN.builtAt - DAY_MS, BUILTIN.builtAt]) {
      const path = file('old.mmdb', 'DE', builtAt);
      const table = tableOf();
      expect(() => table.install(path, NOW)).toThrow(
        new GeoDatabaseError(
          `${path} is of ${day(builtAt)} and would not be used, because the built-in table, of ${day(BUILTIN.builtAt)}, is as new or newer: take a newer file, or write access.geo.database: ${path} into the settings, where a file is used whatever its age`,
        ),
      );
      expect(table.countries.countryOf(HERE)).toBeUndefined();
      expect(existsSync(data)).toBe(false);
    }
  });

  test('earlier stays when an older one than the built-in comes after it', () => {
    const table = tableOf();
    table.install(newer(), NOW);
    expect(() => table.install(older(), NOW)).toThrow(GeoDatabaseError);
    expect(table.countries.countryOf(HERE)).toBe('RU');
    expect(tableOf().countries.countryOf(HERE)).toBe('RU');
  });

  test('replaces the one that was brought before', () => {
    const table = tableOf();
    table.install(newer(), NOW);
    table.install(newer('next.mmdb', 'KZ'), NOW);
    expect(table.countries.countryOf(HERE)).toBe('KZ');
    expect(readdirSync(join(data, 'geo'))).toEqual(['country.mmdb']);
  });

  test('that is the one in use may be brought again', () => {
    const table = tableOf();
    table.install(newer(), NOW);
    table.install(INSTALLED(), NOW);
    expect(table.countries.countryOf(HERE)).toBe('RU');
  });
});

describe('a file that cannot be used', () => {
  const BAD: readonly (readonly [string, () => string])[] = [
    ['is not there', () => join(folder, 'nowhere.mmdb')],
    ['is a directory', () => folder],
    ['is something else', () => text('text.mmdb', 'country,RU\n')],
    ['is empty', () => text('empty.mmdb', '')],
    ['is cut off', () => text('cut.mmdb', readFileSync(newer('whole.mmdb')).subarray(0, 60))],
    [
      'says no date',
      () => text('dateless.mmdb', writeMmdb([['192.0.2.0/24', { country_code: 'SE' }]], { builtAt: null })),
    ],
    ['is of a day to come', () => file('future.mmdb', 'SE', NOW + 3 * DAY_MS)],
    [
      'names no countries',
      () => text('names.mmdb', writeMmdb([['192.0.2.0/24', { name: 'x' }]], { builtAt: Date.now() })),
    ],
  ];
  const text = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  test.each(BAD)('as one that %s, leaves the table in use, and nothing of itself', (_, make) => {
    const table = tableOf();
    table.install(newer(), NOW);
    const before = [table.description, readFileSync(INSTALLED())];
    const bad = make();
    expect(() => table.install(bad, NOW)).toThrow(GeoDatabaseError);
    expect(() => table.install(bad, NOW)).toThrow(bad);
    expect([table.description, readFileSync(INSTALLED())]).toEqual(before);
    expect(table.countries.countryOf(HERE)).toBe('RU');
    expect(readdirSync(join(data, 'geo'))).toEqual(['country.mmdb']);
  });

  test.each(BAD)('as one that %s, makes no directory', (_, make) => {
    expect(() => tableOf().install(make(), NOW)).toThrow(GeoDatabaseError);
    expect(existsSync(data)).toBe(false);
  });

  test('as one of a day to come, is told with its date and what to do', () => {
    const future = file('future.mmdb', 'SE', Date.UTC(2099, 0));
    expect(() => tableOf().install(future, NOW)).toThrow(
      `${future} is of 2099-01-01, which is yet to come; see to this machine's clock, or take a file with its true date`,
    );
    tableOf().install(file('tomorrow.mmdb', 'KZ', NOW + DAY_MS), NOW);
    expect(tableOf().countries.countryOf(HERE)).toBe('KZ');
  });

  test('in the place of the one that was brought is told at the start, by its path', () => {
    mkdirSync(join(data, 'geo'), { recursive: true });
    writeFileSync(INSTALLED(), 'nonsense');
    expect(() => tableOf()).toThrow(GeoDatabaseError);
    expect(() => tableOf()).toThrow(INSTALLED());
  });
});

describe('a file that the settings name', () => {
  test('is in use whatever its age, and read anew when told', () => {
    const table = tableOf({ database: older() });
    expect(table.countries.countryOf(HERE)).toBe('DE');
    expect(table.description).toMatchObject({ path: join(folder, 'older.mmdb'), kind: 'file' });
    file('older.mmdb', 'FR', BUILTIN.builtAt);
    expect(table.countries.countryOf(HERE)).toBe('DE');
    table.reload();
    expect(table.countries.countryOf(HERE)).toBe('FR');
  });

  test('stays in use when what replaced it cannot be used', () => {
    const table = tableOf({ database: older() });
    writeFileSync(join(folder, 'older.mmdb'), 'nonsense');
    expect(() => table.reload()).toThrow(GeoDatabaseError);
    expect(table.countries.countryOf(HERE)).toBe('DE');
    expect(table.description.builtAt).toBe(BUILTIN.builtAt - DAY_MS);
  });

  test('is the operator’s to replace: nothing is brought into its place, and that is said with a remedy', () => {
    const path = older();
    const table = tableOf({ database: path });
    expect(() => table.install(newer(), NOW)).toThrow(
      `the settings say access.geo.database: ${path}: replace that file and send SIGHUP, or write builtin there`,
    );
    expect(table.countries.countryOf(HERE)).toBe('DE');
    expect(existsSync(data)).toBe(false);
  });

  test('that cannot be used is an error at the start', () => {
    expect(() => tableOf({ database: join(folder, 'nowhere.mmdb') })).toThrow(GeoDatabaseError);
  });
});

test('a table says whether it knows IPv6, and a file of the settings’ that it is one', () => {
  expect(tableOf()).toMatchObject({ hasIPv6: true, named: undefined });
  const path = join(folder, 'four.mmdb');
  writeFileSync(path, writeMmdb([['192.0.2.0/24', { country_code: 'RU' }]], { ipVersion: 4 }));
  expect(tableOf({ database: path })).toMatchObject({ hasIPv6: false, named: path });
});

test('what the operator says of a network goes before any table', () => {
  const table = tableOf({ overrides: { '192.0.2.1': 'KZ', '10.0.0.0/8': 'RU' } });
  table.install(newer(), NOW);
  expect([HERE, '192.0.2.2', '10.1.2.3'].map((address) => table.countries.countryOf(address))).toEqual([
    'KZ',
    'RU',
    'RU',
  ]);
});

test('a table is old a year after it was made', () => {
  const table = tableOf();
  expect(table.isOld(BUILTIN.builtAt + 365 * DAY_MS)).toBe(false);
  expect(table.isOld(BUILTIN.builtAt + 365 * DAY_MS + 1)).toBe(true);
});
