import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import type { Place, PlaceStore } from './place.ts';
import { type NewPlace, PLACE_LIFETIME_MS, PlaceBook } from './place-book.ts';

const HOUR = 3_600_000;

function bookOn(kept: Map<string, Place> = new Map(), clock = new FakeClock()) {
  const log = new MemoryLog();
  const told: NewPlace[] = [];
  let writes = 0;
  const keyOf = ({ domain, login, address }: Pick<Place, 'domain' | 'login' | 'address'>) =>
    `${domain} ${login} ${address}`;
  const store: PlaceStore = {
    load: async () => [...kept.values()],
    save: async (places) => {
      writes++;
      for (const place of places) kept.set(keyOf(place), place);
    },
    remove: async (places) => {
      for (const place of places) kept.delete(keyOf(place));
    },
  };
  const countries = { countryOf: (address: string) => (address.startsWith('192.') ? 'RU' : 'DE') };
  const book = new PlaceBook({ clock, log, store, countries, onNewPlace: (event) => told.push(event) });
  return { book, clock, kept, told, log, writes: () => writes };
}

test('it knows for 30 days which sources an account was used from, and which networks they are in', () => {
  const { book, clock } = bookOn();
  book.note('d', 'anna', '192.0.2.1');
  book.note('d', 'anna', '2001:db8::1');
  const expected = {
    '192.0.2.1': 'here',
    '2001:db8::9': 'here',
    '192.0.2.200': 'near',
    '2001:db8:0:7::1': 'near',
    '192.0.3.1': 'elsewhere',
    '2001:db8:1::1': 'elsewhere',
    nowhere: 'elsewhere',
  };
  for (const [address, nearness] of Object.entries(expected)) {
    expect([address, book.nearness('d', 'anna', address)]).toEqual([address, nearness]);
  }
  expect([book.nearness('d', 'boris', '192.0.2.1'), book.nearness('e', 'anna', '192.0.2.1')]).toEqual([
    'elsewhere',
    'elsewhere',
  ]);
  clock.advance(PLACE_LIFETIME_MS);
  expect(book.nearness('d', 'anna', '192.0.2.1')).toBe('here');
  clock.advance(1);
  expect(book.nearness('d', 'anna', '192.0.2.1')).toBe('elsewhere');
});

test('an account’s first place is no news; a new network is, and a new country more so', () => {
  const { book, told } = bookOn();
  book.note('d', 'anna', '192.0.2.1');
  book.note('d', 'anna', '192.0.2.99');
  expect(told).toEqual([]);
  book.note('d', 'anna', '192.0.3.1');
  expect(told).toMatchObject([{ newCountry: false, place: { address: '192.0.3.1', country: 'RU' } }]);
  book.note('d', 'anna', '2001:db8::1');
  expect(told[1]).toMatchObject({ newCountry: true, place: { country: 'DE' } });
  book.note('d', 'anna', '2001:db8:0:7::1');
  book.note('d', 'boris', '198.51.100.1');
  book.note('another', 'anna', '198.51.100.1');
  expect(told).toHaveLength(2);
});

test('a place is new again when it was not used for 30 days', () => {
  const { book, clock, told } = bookOn();
  book.note('d', 'anna', '192.0.2.1');
  clock.advance(PLACE_LIFETIME_MS - HOUR);
  book.note('d', 'anna', '198.51.100.1');
  clock.advance(2 * HOUR);
  expect(book.of('d', 'anna').map(({ address }) => address)).toEqual(['198.51.100.1']);
  book.note('d', 'anna', '192.0.2.1');
  expect(told.map(({ place }) => place.address)).toEqual(['198.51.100.1', '192.0.2.1']);
});

test('places outlive the process; uses of known ones are gathered, an hour apart', async () => {
  const first = bookOn();
  first.book.note('d', 'anna', '192.0.2.1');
  expect(first.writes()).toBe(1);
  for (let i = 0; i < 100; i++) first.book.note('d', 'anna', '192.0.2.1');
  expect([first.writes(), first.book.waiting]).toEqual([1, 0]);
  first.clock.advance(HOUR);
  first.book.note('d', 'anna', '192.0.2.1');
  expect([first.writes(), first.book.waiting]).toEqual([1, 1]);
  first.clock.advance(60_000);
  expect([first.writes(), first.book.waiting]).toEqual([2, 0]);
  await first.book.close();

  const second = bookOn(first.kept, first.clock);
  await second.book.load();
  expect(second.book.of('d', 'anna')).toMatchObject([{ uses: 102, country: 'RU' }]);
  second.book.note('d', 'anna', '198.51.100.1');
  expect(second.told).toMatchObject([{ newCountry: true }]);
});

test('what waits is written at the end, and what is past its time is dropped at the start', async () => {
  const { book, clock, kept } = bookOn();
  book.note('d', 'anna', '192.0.2.1');
  clock.advance(2 * HOUR);
  book.note('d', 'anna', '192.0.2.1');
  await book.close();
  expect([...kept.values()]).toMatchObject([{ uses: 2 }]);
  clock.advance(PLACE_LIFETIME_MS + 1);
  const later = bookOn(kept, clock);
  await later.book.load();
  expect([later.book.size, kept.size]).toEqual([0, 0]);
});

test('an account keeps its 200 latest places', () => {
  const { book, clock, kept } = bookOn();
  for (let i = 0; i < 250; i++) {
    clock.advance(1_000);
    book.note('d', 'anna', `10.0.${i}.1`);
  }
  expect(book.size).toBe(200);
  expect(book.of('d', 'anna').at(-1)?.address).toBe('10.0.50.1');
  expect(kept.size).toBe(200);
});

test('a disk that fails is a line in the log, not an end of the call', async () => {
  const { log, clock } = bookOn();
  const store: PlaceStore = {
    load: async () => [],
    save: () => Promise.reject(new Error('disk full')),
    remove: async () => {},
  };
  const book = new PlaceBook({ clock, log, store, countries: { countryOf: () => undefined }, onNewPlace: () => {} });
  book.note('d', 'anna', '192.0.2.1');
  await book.close();
  expect(log.lines.map(({ event }) => event)).toEqual(['access.places-not-saved']);
});

test('a domain that is gone leaves no place behind', () => {
  const { book } = bookOn();
  book.note('d', 'anna', '192.0.2.1');
  book.note('e', 'anna', '192.0.2.1');
  book.keepOnly(new Set(['e']));
  expect([book.size, [...book.all()].map(({ domain }) => domain)]).toEqual([1, ['e']]);
});

test('an orderly end loses no use, however short it was ago', async () => {
  const { book, clock, kept } = bookOn();
  for (let i = 0; i < 3; i++) {
    book.note('d', 'anna', '192.0.2.1');
    clock.advance(1_000);
  }
  book.note('d', 'boris', '192.0.2.2');
  await book.close();
  const [anna, boris] = [...kept.values()];
  expect(anna).toMatchObject({ login: 'anna', uses: 3, lastSeen: clock.now() - 1_000 });
  expect(boris).toMatchObject({ login: 'boris', uses: 1 });
});
