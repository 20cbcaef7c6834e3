import { expect, test } from 'vitest';
import { Countries } from './countries.ts';
import { CountryDatabase } from './country-database.ts';

/** Says `country` of everything, and counts how often it is asked. */
function saying(country: string | undefined) {
  const asked: string[] = [];
  return {
    asked,
    countryOf: (address: string) => {
      asked.push(address);
      return country;
    },
  };
}

test('what the operator says of a network goes before the database, the smallest network first', () => {
  const countries = new Countries(
    { '10.0.0.0/8': 'RU', '10.1.*': 'BY', '10.1.2.3': 'KZ', '2001:db8::/32': 'DE' },
    saying('US'),
  );
  const asked = ['10.2.3.4', '10.1.9.9', '10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1', '192.0.2.1'];
  expect(asked.map((address) => countries.countryOf(address))).toEqual(['RU', 'BY', 'KZ', 'KZ', 'DE', 'US']);
});

test('a private address is in the country that the operator says, and in none by the database', () => {
  const countries = new Countries({ '192.168.7.*': 'RU' }, saying('AU'));
  const asked = [
    '192.168.7.1',
    '192.168.1.20',
    '172.16.0.1',
    '10.0.0.1',
    '100.64.0.1',
    '::ffff:192.168.1.20',
    'fd00::1',
  ];
  const none = asked.slice(1).map(() => undefined);
  expect(asked.map((address) => countries.countryOf(address))).toEqual(['RU', ...none]);
  expect(asked.map((address) => countries.explain(address).country)).toEqual(['RU', ...none]);
  // As the built-in one does, which has 192.168.0.0/16 and 172.16.0.0/12 in Australia.
  const builtin = new Countries({}, CountryDatabase.builtin());
  expect(asked.map((address) => builtin.countryOf(address))).toEqual([undefined, ...none]);
});

test('an override that is no network is our own mistake, for settings are checked before', () => {
  expect(() => new Countries({ 'pbx.example': 'RU' }, saying('US'))).toThrow(RangeError);
});

test('an address is looked up once, also when nothing is known of it', () => {
  for (const country of ['RU', undefined]) {
    const database = saying(country);
    const countries = new Countries({}, database);
    expect([1, 2, 3].map(() => countries.countryOf('192.0.2.1'))).toEqual([country, country, country]);
    expect(database.asked).toEqual(['192.0.2.1']);
  }
});

test('another database answers at once, with nothing of the earlier one', () => {
  const countries = new Countries({ '10.*': 'RU' }, saying('US'), 1);
  for (const address of ['192.0.2.1', '192.0.2.2', '10.0.0.1']) countries.countryOf(address);
  countries.use(saying('FR'));
  expect(['192.0.2.1', '192.0.2.2', '10.0.0.1'].map((address) => countries.countryOf(address))).toEqual([
    'FR',
    'FR',
    'RU',
  ]);
});

test('it remembers a bounded number of addresses, and longest those that speak all the time', () => {
  const database = saying('RU');
  const countries = new Countries({}, database, 100);
  for (let i = 0; i < 10_000; i++) {
    countries.countryOf(`20.0.${i >> 8}.${i & 255}`);
    countries.countryOf('192.0.2.1');
  }
  expect(database.asked.filter((address) => address === '192.0.2.1')).toHaveLength(1);
  database.asked.length = 0;
  for (let i = 0; i < 10_000; i++) countries.countryOf(`20.0.${i >> 8}.${i & 255}`);
  expect(database.asked.length).toBeGreaterThan(9_700);
});

test('long text is answered and not kept', () => {
  const database = saying(undefined);
  const countries = new Countries({}, database);
  const long = '1'.repeat(65);
  countries.countryOf(long);
  countries.countryOf(long);
  expect(database.asked).toEqual([long, long]);
});

test('for a person it says how a country is known', () => {
  const countries = new Countries({ '10.20.*': 'RU' }, CountryDatabase.builtin());
  expect(countries.explain('10.20.3.4')).toEqual({ country: 'RU', from: 'override', network: '10.20.*' });
  expect(countries.explain('77.88.8.8')).toEqual({
    country: 'RU',
    from: 'database',
    network: expect.stringMatching(/^77\.88\./),
  });
  expect(countries.explain('127.0.0.1')).toEqual({ from: 'database', network: expect.stringMatching(/\/\d+$/) });
  expect(countries.explain('pbx.example')).toEqual({ from: 'database' });
});

test('other overrides hold from the moment that they are given, and stay where only the database is another', () => {
  const countries = new Countries({ '10.0.0.0/8': 'RU' }, saying('US'));
  expect(countries.countryOf('10.0.0.1')).toBe('RU');
  countries.use(saying('US'), { '10.0.0.0/8': 'KZ' });
  expect(countries.countryOf('10.0.0.1')).toBe('KZ');
  countries.use(saying('FR'));
  expect(['10.0.0.1', '192.0.2.1'].map((address) => countries.countryOf(address))).toEqual(['KZ', 'FR']);
});
