import { expect, test } from 'vitest';
import { ANNA, banOf, bookOf, HOUR, MINUTE } from '../testing/ban-book.ts';

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
