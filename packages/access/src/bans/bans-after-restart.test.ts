import { NetworkSet } from '@vats/kernel';
import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { ANNA, banOf, bookOf, DAY, HOUR, MINUTE, minutes, restarted } from '../testing/ban-book.ts';
import { MemoryBanStore } from '../testing/memory-ban-store.ts';

test('22: bans survive a restart to the millisecond, and so do offences', async () => {
  const before = bookOf();
  before.ban('192.0.2.1');
  before.ban('192.0.2.2', ANNA);
  banOf(before.order('10.0.0.0/8'));
  await before.book.close();

  before.clock.advance(MINUTE);
  const { book, clock, told } = bookOf({ store: before.store, clock: before.clock });
  await book.load();
  expect(book.list()).toEqual(before.book.list());
  expect(told()).toEqual([]);
  clock.advance(9 * MINUTE - 1);
  expect(book.isBanned('192.0.2.1')).toBeDefined();
  expect(book.isUserBanned('192.0.2.2', ANNA)).toBeDefined();
  clock.advance(1);
  expect(book.isBanned('192.0.2.1')).toBeUndefined();
  expect(book.isUserBanned('192.0.2.2', ANNA)).toBeUndefined();
  expect(book.isBanned('10.1.2.3')).toBeDefined();
  expect(book.add({ network: '192.0.2.1' }, { by: 'switch', reason: '' })).toMatchObject({ ban: { offence: 2 } });
});

test('22: /64 banned before a restart count towards their /56', async () => {
  const before = bookOf();
  for (const net of [1, 2, 3]) before.ban(`2001:db8:0:${net}::1`);
  await before.book.close();
  const { book, ban } = bookOf({ store: before.store, clock: before.clock });
  await book.load();
  expect(ban('2001:db8:0:4::1').network).toBe('2001:db8::/56');
});

test('what is trusted, unreadable or of no account any more is dropped from the store when it is read', async () => {
  const clock = new FakeClock();
  const now = clock.now();
  const kept = { since: now - HOUR, until: now + HOUR, offence: 1, by: 'switch', reason: '' } as const;
  const store = new MemoryBanStore([
    { ...kept, id: 'over', network: '192.0.2.1', until: now, offence: 3 },
    { ...kept, id: 'earlier', network: '192.0.2.1', until: now - HOUR, offence: 2 },
    { ...kept, id: 'long over', network: '192.0.2.9', until: now - 7 * DAY, offence: 3 },
    { ...kept, id: 'an operator’s', network: '192.0.2.8', until: now, by: 'operator' },
    { ...kept, id: 'trusted', network: '192.0.3.1' },
    { ...kept, id: 'unreadable', network: 'nowhere' },
    { ...kept, id: 'stands', network: '192.0.2.2' },
  ]);
  const { book } = bookOf({ store, clock, trusted: NetworkSet.of(['192.0.3.0/24']) });
  await book.load();
  await book.close();
  expect([...store.bans.keys()]).toEqual(['over', 'stands']);
  expect(book.list()).toHaveLength(1);
  expect(book.isBanned('192.0.2.1')).toBeUndefined();
  // It is over and still makes the next one longer.
  expect(book.add({ network: '192.0.2.1' }, { by: 'switch', reason: '' })).toMatchObject({ ban: { offence: 4 } });
  await book.close();
  expect([...store.bans.keys()].sort()).toEqual(['stands', book.isBanned('192.0.2.1')?.id].sort());
});

test('a restart after a ban has ended makes no later one shorter', async () => {
  let process = bookOf();
  const times: number[] = [];
  for (let i = 0; i < 4; i++) {
    const made = process.ban('192.0.2.1');
    times.push(minutes(made));
    process.clock.advance(made.until! - made.since + 3 * DAY);
    if (i % 2 === 0) process.book.sweep();
    process = await restarted(process);
    expect(process.book.list()).toEqual([]);
    expect(process.book.isBanned('192.0.2.1')).toBeUndefined();
    expect(process.told()).toEqual([]);
  }
  expect(times).toEqual([10, 20, 40, 80]);
  expect(process.store.bans.size).toBe(1);
  process.clock.advance(4 * DAY);
  process.book.sweep();
  await process.book.close();
  expect(process.store.bans.size).toBe(0);
  expect(minutes(process.ban('192.0.2.1'))).toBe(10);
});

test('22: three /64 whose bans have ended count towards their /56 after a restart, for a day', async () => {
  const before = bookOf();
  for (const net of [1, 2, 3]) before.ban(`2001:db8:0:${net}::1`);
  before.clock.advance(DAY - 1);
  before.book.sweep();
  const after = await restarted(before);
  expect(after.book.list()).toEqual([]);
  expect(after.ban('2001:db8:0:4::1').network).toBe('2001:db8::/56');
  const late = bookOf();
  for (const net of [1, 2, 3]) late.ban(`2001:db8:0:${net}::1`);
  late.clock.advance(DAY);
  expect((await restarted(late)).ban('2001:db8:0:4::1').network).toBe('2001:db8:0:4::/64');
});

test('a ban that made room, or way for an operator’s, counts after a restart, and is not back', async () => {
  const before = bookOf({ limit: 1 });
  before.ban('192.0.2.1');
  before.ban('192.0.2.2');
  banOf(before.order('192.0.2.2', MINUTE));
  before.clock.advance(MINUTE);
  const after = await restarted(before);
  expect(after.book.list()).toEqual([]);
  expect([after.ban('192.0.2.1').offence, after.ban('192.0.2.2').offence]).toEqual([2, 2]);
});

test('what an operator removed does not count after a restart either, nor does what was before it', async () => {
  const before = bookOf();
  before.ban('192.0.2.1');
  before.clock.advance(DAY);
  before.ban('192.0.2.1');
  before.book.remove('192.0.2.1');
  const after = await restarted(before);
  expect(after.store.bans.size).toBe(0);
  expect(after.ban('192.0.2.1').offence).toBe(1);
});

test('a ban made while the store is read stays before the stored one', async () => {
  const before = bookOf();
  before.ban('192.0.2.1');
  await before.book.close();
  const { book, ban, store } = bookOf({ store: before.store, clock: before.clock, random: new SeededRandom(2) });
  const loading = book.load();
  const made = ban('192.0.2.1');
  await loading;
  await book.close();
  expect(book.list()).toEqual([made]);
  expect([...store.bans.keys()]).toEqual([made.id]);
});

test('a ban made and saved just before the store is read stays', async () => {
  const { book, ban, store } = bookOf();
  const made = ban('192.0.2.1');
  await book.load();
  await book.close();
  expect(book.list()).toEqual([made]);
  expect([...store.bans.keys()]).toEqual([made.id]);
});

test('it runs no timer, and the store holds what stands, and for a week what stood', async () => {
  const { clock, book, ban, store } = bookOf();
  for (let i = 0; i < 20; i++) {
    ban(`192.0.2.${i}`);
    clock.advance(MINUTE);
  }
  const standing = book.list().map(({ id }) => id);
  await book.close();
  const stored = Array.from(store.bans.values());
  expect(stored).toHaveLength(20);
  expect(stored.filter(({ until = 0 }) => until > clock.now()).map(({ id }) => id)).toEqual(standing);
  expect(standing).toHaveLength(9);
  clock.advance(8 * DAY);
  book.sweep();
  await book.close();
  expect(store.bans.size).toBe(0);
  expect(clock.pending).toBe(0);
});
