import { NetworkSet } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryBanStore } from '../testing/index.ts';
import { type Ban, UNPROVEN } from './ban.ts';
import { BanBook, type BanBookParts } from './ban-book.ts';
import type { BanEvent, BanResult } from './ban-order.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ANNA = 'd\nanna';

function bookOf(options: Partial<BanBookParts> & { store?: MemoryBanStore; clock?: FakeClock } = {}) {
  const clock = options.clock ?? new FakeClock();
  const store = options.store ?? new MemoryBanStore();
  const log = new MemoryLog();
  const events: BanEvent[] = [];
  const book = new BanBook({
    random: new SeededRandom(),
    log,
    trusted: new NetworkSet([]),
    duration: 10 * MINUTE,
    longest: DAY,
    onEvent: (event) => events.push(event),
    ...options,
    clock,
    store,
  });
  const told = () => events.splice(0).map(({ type, ban }) => `${type} ${ban.network}`);
  const ban = (network: string, user?: string) =>
    banOf(book.add({ network, ...(user !== undefined && { user }) }, { by: 'switch', reason: 'test' }));
  const order = (network: string, time?: number, user?: string) =>
    book.add(
      { network, ...(user !== undefined && { user }) },
      { by: 'operator', reason: 'by hand', ...(time !== undefined && { for: time }) },
    );
  return { clock, store, log, book, told, ban, order };
}

function banOf(result: BanResult): Ban {
  if (!result.ok) throw new Error(result.reason);
  return result.ban;
}

const minutes = ({ since, until = Number.POSITIVE_INFINITY }: Ban) => (until - since) / MINUTE;

test('22: a ban ends with the very millisecond that it names', () => {
  const { clock, book, ban } = bookOf();
  const made = ban('192.0.2.1');
  expect(made).toMatchObject({ network: '192.0.2.1', since: clock.now(), offence: 1, by: 'switch' });
  clock.advance(10 * MINUTE - 1);
  expect(book.isBanned('192.0.2.1')).toBe(made);
  expect(book.isBanned('192.0.2.2')).toBeUndefined();
  clock.advance(1);
  expect(book.isBanned('192.0.2.1')).toBeUndefined();
});

test('22: its end is a wall time: after a step of the clock it ends when the clock says so', () => {
  const { clock, book, ban } = bookOf();
  ban('192.0.2.1');
  clock.stepWall(10 * MINUTE);
  expect(book.isBanned('192.0.2.1')).toBeUndefined();
});

test('22: of IPv6 the /64 is banned, and an IPv4 address however it is written', () => {
  const { book, ban } = bookOf();
  expect(ban('2001:db8:0:1::7').network).toBe('2001:db8:0:1::/64');
  expect(book.isBanned('2001:db8:0:1:ffff::1')).toBeDefined();
  expect(book.isBanned('2001:db8:0:2::7')).toBeUndefined();
  ban('::ffff:192.0.2.1');
  expect(book.isBanned('192.0.2.1')).toBeDefined();
  expect(book.isBanned('::ffff:192.0.2.1')).toBeDefined();
});

test('22: a name is shut out from one source and nowhere else, and others are heard from there', () => {
  const { clock, book, ban } = bookOf();
  const made = ban('192.0.2.1', ANNA);
  expect(book.isUserBanned('192.0.2.1', ANNA)).toBe(made);
  expect(book.isUserBanned('192.0.2.1', 'd\nboris')).toBeUndefined();
  expect(book.isUserBanned('192.0.2.2', ANNA)).toBeUndefined();
  expect(book.isBanned('192.0.2.1')).toBeUndefined();
  clock.advance(10 * MINUTE);
  expect(book.isUserBanned('192.0.2.1', ANNA)).toBeUndefined();
});

test('22: a ban of the unproven spares whoever showed good credentials from there', () => {
  const { book, ban } = bookOf();
  book.good.good('192.0.2.1', ANNA);
  ban('192.0.2.1', UNPROVEN);
  expect(book.isBanned('192.0.2.1')).toBeUndefined();
  expect(book.isUserBanned('192.0.2.1', ANNA)).toBeUndefined();
  expect(book.isUserBanned('192.0.2.1', 'd\nboris')).toBeDefined();
  // Unless that very name is banned from there.
  ban('192.0.2.1', ANNA);
  expect(book.isUserBanned('192.0.2.1', ANNA)).toBeDefined();
});

test('22: allow-list wins: what is trusted is never banned, nor shut out by a wider ban', () => {
  const { book, order } = bookOf({ trusted: NetworkSet.of(['192.0.2.0/24', '2001:db8::/32']) });
  const refusal = { ok: false, why: 'trusted', reason: expect.stringContaining('trusted') };
  expect(book.add({ network: '192.0.2.1' }, { by: 'switch', reason: '' })).toEqual(refusal);
  expect(order('192.0.2.128/25')).toEqual(refusal);
  expect(order('2001:db8:1::/48', undefined, ANNA)).toEqual(refusal);
  banOf(order('192.0.0.0/16'));
  banOf(order('192.0.0.0/16', undefined, ANNA));
  expect(book.isBanned('192.0.3.1')).toBeDefined();
  expect(book.isBanned('192.0.2.1')).toBeUndefined();
  expect(book.isUserBanned('192.0.3.1', ANNA)).toBeDefined();
  expect(book.isUserBanned('192.0.2.1', ANNA)).toBeUndefined();
  expect(book.about('192.0.2.1')).toEqual([]);
});

test('bans end that lie in what becomes trusted', () => {
  const { book, ban, told } = bookOf();
  ban('192.0.2.1');
  ban('192.0.3.1');
  told();
  book.trust(NetworkSet.of(['192.0.2.0/24']));
  expect(told()).toEqual(['unbanned 192.0.2.1']);
  expect(book.list()).toHaveLength(1);
});

test('each further ban within 7 days after the last one ended is twice as long', () => {
  const { clock, ban } = bookOf({ longest: 60 * MINUTE });
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const made = ban('192.0.2.1');
    expect(made.offence).toBe(i + 1);
    times.push(minutes(made));
    clock.advance(made.until! - made.since + 7 * DAY - 1);
  }
  expect(times).toEqual([10, 20, 40, 60, 60]);
  clock.advance(1);
  expect(minutes(ban('192.0.2.1'))).toBe(10);
  expect(minutes(ban('192.0.2.1', ANNA))).toBe(60 - 50);
});

test('what is shut out already stays as it is', () => {
  const { clock, book, ban, told } = bookOf();
  const made = ban('2001:db8::1');
  clock.advance(MINUTE);
  expect(ban('2001:db8::2')).toBe(made);
  expect(ban('2001:db8::3', ANNA)).toBe(made);
  expect(told()).toEqual(['banned 2001:db8::/64']);
  expect(book.size).toBe(1);
});

test('22: the fourth /64 of a /56 has the /56 banned, the fourth /56 the /48', () => {
  const { book, ban } = bookOf();
  for (let site = 0; site < 3; site++) {
    const made = [1, 2, 3, 4].map((net) => ban(`2001:db8:0:${site}0${net}::1`).network);
    expect(made[2]).toMatch(/::\/64$/);
    expect(made[3]).toMatch(/\/56$/);
    expect(book.isBanned(`2001:db8:0:${site}ff::1`)).toBeDefined();
  }
  expect(book.isBanned('2001:db8:0:900::1')).toBeUndefined();
  expect([1, 2, 3].map((net) => ban(`2001:db8:0:90${net}::1`).network)).not.toContain('2001:db8::/48');
  expect(ban('2001:db8:0:904::1').network).toBe('2001:db8::/48');
  expect(book.isBanned('2001:db8:0:ffff::1')).toBeDefined();
  expect(book.isBanned('2001:db8:1::1')).toBeUndefined();
});

test('no wider network is banned where somebody is proven, nor for bans of names', () => {
  const { book, ban } = bookOf();
  book.good.good('2001:db8:0:ff::1', ANNA);
  for (let net = 1; net < 9; net++) expect(ban(`2001:db8:0:${net}::1`).network).toBe(`2001:db8:0:${net}::/64`);
  for (let net = 1; net < 9; net++) ban(`2001:db8:5:${net}::1`, ANNA);
  expect(book.isUserBanned('2001:db8:5:9::1', ANNA)).toBeUndefined();
});

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

/** What goes on in one process and then in the next. */
async function restarted(before: ReturnType<typeof bookOf>) {
  await before.book.close();
  const { store, clock } = before;
  const after = bookOf({ store, clock, random: new SeededRandom(clock.now()) });
  await after.book.load();
  return after;
}

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

test('events tell of each ban once: made, ended, over', () => {
  const { clock, book, ban, told } = bookOf();
  ban('192.0.2.1');
  ban('192.0.2.2');
  expect(told()).toEqual(['banned 192.0.2.1', 'banned 192.0.2.2']);
  book.remove('192.0.2.2');
  expect(told()).toEqual(['unbanned 192.0.2.2']);
  clock.advance(10 * MINUTE);
  book.sweep();
  expect(told()).toEqual(['expired 192.0.2.1']);
  book.sweep();
  expect(told()).toEqual([]);
  expect(book.size).toBe(0);
  expect(book.counters).toEqual({ banned: 2, unbanned: 1, expired: 1, pushedOut: 0, notSaved: 0 });
});

test('a ban anew tells first that the one before is over', () => {
  const { clock, ban, told } = bookOf();
  ban('192.0.2.1');
  clock.advance(10 * MINUTE);
  ban('192.0.2.1');
  expect(told()).toEqual(['banned 192.0.2.1', 'expired 192.0.2.1', 'banned 192.0.2.1']);
});

test('a ban anew within the minute tells so too', async () => {
  const { clock, book, told, store } = bookOf();
  const shortly = () => banOf(book.add({ network: '192.0.2.1' }, { by: 'switch', reason: '', for: 1000 }));
  shortly();
  clock.advance(1000);
  const { id } = shortly();
  expect(told()).toEqual(['banned 192.0.2.1', 'expired 192.0.2.1', 'banned 192.0.2.1']);
  await book.close();
  expect([...store.bans.keys()]).toEqual([id]);
});

test('of an endless name only what names can have is kept', () => {
  const { book, ban } = bookOf();
  const name = `d\n${'x'.repeat(100_000)}`;
  expect(ban('192.0.2.1', name).user).toHaveLength(256);
  expect(book.isUserBanned('192.0.2.1', name)).toBeDefined();
});

test('too many bans of the switch: the one that ends soonest goes, never an operator’s', async () => {
  const { clock, book, ban, order, told, store } = bookOf({ limit: 3 });
  banOf(order('10.0.0.1', 1000));
  banOf(book.add({ network: '192.0.2.1' }, { by: 'switch', reason: '', for: HOUR }));
  banOf(book.add({ network: '192.0.2.2' }, { by: 'switch', reason: '', for: MINUTE }));
  ban('192.0.2.3');
  told();
  banOf(book.add({ network: '192.0.2.4' }, { by: 'switch', reason: '', for: 1 }));
  expect(told()).toEqual(['banned 192.0.2.4', 'unbanned 192.0.2.2']);
  expect(book.counters.pushedOut).toBe(1);
  expect(book.list().map(({ network }) => network)).toEqual(['10.0.0.1', '192.0.2.1', '192.0.2.3', '192.0.2.4']);
  await book.close();
  expect(Array.from(store.bans.values()).filter(({ until }) => until !== clock.now())).toHaveLength(4);
});

test('too many bans of operators are refused with what to do', () => {
  const { order } = bookOf({ operatorLimit: 2 });
  banOf(order('10.0.0.1'));
  banOf(order('10.0.0.0/24'));
  expect(order('10.0.0.3')).toEqual({ ok: false, why: 'full', reason: expect.stringContaining('remove some') });
  // One in the place of another is no further one.
  expect(banOf(order('10.0.0.1', HOUR)).until).toBeDefined();
});

test('what is no network or no time is refused', () => {
  const { order } = bookOf();
  expect(order('example.com')).toMatchObject({ ok: false, why: 'network' });
  expect(order('192.0.2.1', 0)).toMatchObject({ ok: false, why: 'time' });
  expect(order('192.0.2.1', Number.NaN)).toMatchObject({ ok: false, why: 'time' });
});

test('an operator’s ban takes the place of the switch’s, which does not take it back', () => {
  const { book, ban, order, told } = bookOf();
  ban('192.0.2.1');
  const ordered = banOf(order('192.0.2.1'));
  expect(told()).toEqual(['banned 192.0.2.1', 'unbanned 192.0.2.1', 'banned 192.0.2.1']);
  expect(ban('192.0.2.1')).toBe(ordered);
  expect(book.list()).toEqual([ordered]);
});

test('operators ban any network, in any form; the narrower ones in it end by themselves', () => {
  const { clock, book, order } = bookOf();
  banOf(order('10.20.*'));
  banOf(order('10.20.30.0/24', MINUTE));
  banOf(order('192.168.1.16-32'));
  banOf(order('2001:db8::7'));
  banOf(order('2001:db9::/32', undefined, ANNA));
  expect(book.isBanned('10.20.30.1')?.network).toBe('10.20.30.0/24');
  clock.advance(MINUTE);
  expect(book.isBanned('10.20.30.1')?.network).toBe('10.20.*');
  expect(book.isBanned('192.168.1.32')).toBeDefined();
  expect(book.isBanned('192.168.1.33')).toBeUndefined();
  expect(book.isBanned('2001:db8::7')).toBeDefined();
  expect(book.isBanned('2001:db8::8')).toBeUndefined();
  expect(book.isBanned('2001:db9::8')).toBeUndefined();
  expect(book.isUserBanned('2001:db9::8', ANNA)).toBeDefined();
});

test('a ban is removed by its id, by its network in any spelling, and for an address in it that counts under it', () => {
  const { book, ban, order } = bookOf();
  const { id } = ban('192.0.2.1');
  expect(book.remove(id)).toHaveLength(1);
  expect(book.remove(id)).toEqual([]);
  ban('192.0.2.1');
  ban('192.0.2.2', ANNA);
  expect(book.remove('::ffff:192.0.2.1').map(({ network }) => network)).toEqual(['192.0.2.1']);
  expect(book.remove('192.0.2.2').map(({ user }) => user)).toEqual([ANNA]);
  banOf(order('10.20.0.0/16'));
  expect(book.remove('10.20.1.1')).toEqual([]);
  expect(book.remove('10.20.*')).toHaveLength(1);
  ban('2001:db8::1');
  expect(book.remove('2001:db8::ffff')).toHaveLength(1);
  expect(book.remove('anything')).toEqual([]);
  expect(book.size).toBe(0);
});

test('what an operator removed makes no later ban longer or wider', () => {
  const { book, ban } = bookOf();
  for (const net of [1, 2, 3]) ban(`2001:db8:0:${net}::1`);
  book.remove('2001:db8:0:3::1');
  expect(ban('2001:db8:0:4::1').network).toBe('2001:db8:0:4::/64');
  expect(ban('2001:db8:0:3::1')).toMatchObject({ network: '2001:db8::/56' });
  book.remove('2001:db8::/56');
  expect(ban('192.0.2.1').offence).toBe(1);
  book.remove('192.0.2.1');
  expect(ban('192.0.2.1').offence).toBe(1);
});

test('all that holds an address is told, for people', () => {
  const { book, ban, order } = bookOf();
  banOf(order('192.0.0.0/16'));
  ban('192.0.2.1', ANNA);
  ban('192.0.3.1');
  expect(book.about('192.0.2.1').map(({ network }) => network)).toEqual(['192.0.0.0/16', '192.0.2.1']);
  expect(book.about('nowhere')).toEqual([]);
});

test('a store that fails is logged and stops nothing', async () => {
  const { book, ban, store, log } = bookOf();
  store.failure = new Error('disk full');
  ban('192.0.2.1');
  book.remove('192.0.2.1');
  ban('192.0.2.2');
  await book.close();
  expect(log.events).toEqual(['access.ban-not-saved', 'access.ban-not-removed', 'access.ban-not-saved']);
  expect(book.counters.notSaved).toBe(3);
  expect(book.isBanned('192.0.2.2')).toBeDefined();
  await expect(book.load()).rejects.toThrow('disk full');
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

test('whatever is done in whatever order, it agrees with a plain list of bans', () => {
  const networks = [
    '192.0.2.1',
    '192.0.2.2',
    '10.0.0.0/8',
    '10.1.*',
    '10.1.2.0-9',
    '2001:db8::/64',
    '2001:db8::/40',
    '2001:db8::5',
  ];
  const addresses = [
    '192.0.2.1',
    '192.0.2.2',
    '10.0.0.1',
    '10.1.0.1',
    '10.1.2.5',
    '2001:db8::5',
    '2001:db8::6',
    '2001:db8:1::',
  ];
  const holds: Record<string, string[]> = {
    '192.0.2.1': ['192.0.2.1'],
    '192.0.2.2': ['192.0.2.2'],
    '10.0.0.0/8': ['10.0.0.1', '10.1.0.1', '10.1.2.5'],
    '10.1.*': ['10.1.0.1', '10.1.2.5'],
    '10.1.2.0-9': ['10.1.2.5'],
    '2001:db8::/64': ['2001:db8::5', '2001:db8::6'],
    '2001:db8::/40': ['2001:db8::5', '2001:db8::6', '2001:db8:1::'],
    '2001:db8::5': ['2001:db8::5'],
  };
  const step = fc.record({
    what: fc.constantFrom('add', 'add', 'add', 'remove', 'wait', 'sweep'),
    network: fc.constantFrom(...networks),
    user: fc.constantFrom(undefined, ANNA),
    time: fc.constantFrom(undefined, 1, 5, 20),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { clock, book, order } = bookOf();
      const model = new Map<string, { network: string; user: string | undefined; until: number }>();
      for (const { what, network, user, time } of steps) {
        if (what === 'wait') clock.advance(time ?? 1);
        else if (what === 'sweep') book.sweep();
        else if (what === 'add') {
          banOf(order(network, time, user));
          const until = time === undefined ? Number.POSITIVE_INFINITY : clock.now() + time;
          model.set(`${network} ${user}`, { network, user, until });
        } else {
          const [standing] = book.list().filter((ban) => ban.network === network && ban.user === user);
          if (standing !== undefined) book.remove(standing.id);
          model.delete(`${network} ${user}`);
        }
        const held = [...model.values()].filter(({ until }) => until > clock.now());
        for (const address of addresses) {
          const whole = held.some((ban) => ban.user === undefined && holds[ban.network]!.includes(address));
          const named = held.some((ban) => ban.user === ANNA && holds[ban.network]!.includes(address));
          expect(book.isBanned(address) !== undefined).toBe(whole);
          expect(book.isUserBanned(address, ANNA) !== undefined).toBe(named);
        }
      }
    }),
  );
});
