import { NetworkSet } from '@vats/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANNA, banOf, bookOf, DAY, MINUTE, minutes } from '../testing/ban-book.ts';
import { UNPROVEN } from './ban.ts';

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
