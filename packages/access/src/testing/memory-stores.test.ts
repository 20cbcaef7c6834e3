import { expect, test } from 'vitest';
import type { Ban } from '../bans/ban.ts';
import type { Place } from '../places/place.ts';
import { MemoryBanStore } from './memory-ban-store.ts';
import { MemoryPlaceStore } from './memory-place-store.ts';

const ban: Ban = { id: 'a', network: '192.0.2.1', since: 1, offence: 1, by: 'switch', reason: '' };
const place: Place = { domain: 'd', login: 'anna', address: '192.0.2.1', firstSeen: 1, lastSeen: 1, uses: 1 };

test('bans are kept, replaced by id and removed', async () => {
  const store = new MemoryBanStore([ban]);
  await store.save({ ...ban, offence: 2 });
  await store.save({ ...ban, id: 'b' });
  await store.remove(['b', 'unknown']);
  expect(await store.load()).toEqual([{ ...ban, offence: 2 }]);
});

test('places are kept, replaced by domain, login and address, and removed', async () => {
  const store = new MemoryPlaceStore([place]);
  await store.save([
    { ...place, uses: 2 },
    { ...place, login: 'boris' },
  ]);
  await store.remove([{ domain: 'd', login: 'boris', address: '192.0.2.1' }]);
  expect(await store.load()).toEqual([{ ...place, uses: 2 }]);
});

test('a store that fails changes nothing', async () => {
  const [bans, places] = [new MemoryBanStore([ban]), new MemoryPlaceStore([place])];
  bans.failure = places.failure = new Error('disk full');
  await expect(bans.save({ ...ban, id: 'b' })).rejects.toThrow('disk full');
  await expect(places.remove([place])).rejects.toThrow('disk full');
  await expect(bans.load()).rejects.toThrow('disk full');
  expect([bans.bans.size, places.places.length]).toEqual([1, 1]);
});
