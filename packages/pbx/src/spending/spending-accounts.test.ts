import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import type { Frozen } from '../model/model.ts';
import type { Rate } from '../rates/rate.ts';
import type { Limits } from '../schema/limits.ts';
import { MemorySpendingStore } from '../testing/memory-spending-store.ts';
import type { OutsideCall, SpendingDecision } from './decision.ts';
import type { SpendingEvent } from './events.ts';
import { SpendingAccounts } from './spending-accounts.ts';
import type { SpendingSubject } from './subject.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DOMAIN: SpendingSubject = { kind: 'domain', domain: 'd' };

interface Office {
  readonly domain?: Frozen<Limits>;
  readonly user?: Frozen<Limits>;
  readonly trunk?: Frozen<Limits>;
  readonly rate?: Rate;
}

/** Accounts of one domain in UTC; the fake clock begins at midnight, which is night to the default. */
async function accountsOf(office: Office, clock = new FakeClock(), store = new MemorySpendingStore()) {
  const events: SpendingEvent[] = [];
  const faults: unknown[] = [];
  const accounts = await SpendingAccounts.restored({
    clock,
    store,
    rules: {
      limitsOf: ({ kind }) => office[kind],
      timezoneOf: () => 'UTC',
      rateOf: () => office.rate,
    },
    onEvent: (event) => events.push(event),
    onStoreFault: (fault) => faults.push(fault),
  });
  let next = 0;
  const begin = (over: Partial<OutsideCall> = {}): SpendingDecision & { id: string } => {
    const id = over.id ?? `${clock.now()}-${next++}`;
    return { ...accounts.begin({ domain: 'd', user: '201', trunk: 'itsp', number: '+74951234567', ...over, id }), id };
  };
  /** A call that is answered at once and ends when it talked so long, or was allowed no longer; its length. */
  const talk = (milliseconds: number, over: Partial<OutsideCall> = {}): number => {
    const decision = begin(over);
    if (!decision.allowed) return 0;
    accounts.answered(decision.id);
    let until = decision.maxDurationMs ?? milliseconds;
    let talked = 0;
    while (talked < milliseconds) {
      clock.advance(Math.min(until, milliseconds) - talked);
      talked = Math.min(until, milliseconds);
      if (talked === milliseconds) break;
      const more = accounts.extend(decision.id)?.maxDurationMs ?? milliseconds;
      if (more === until) break;
      until = more;
    }
    accounts.end(decision.id);
    return talked;
  };
  return { accounts, clock, store, events, faults, begin, talk };
}

const used = (accounts: SpendingAccounts, limit: string, subject = DOMAIN, scope = 'all') =>
  accounts.explain(subject).find((state) => state.limit === limit && state.scope === scope)!.used;

test('calls at once are reserved in the turn that allows them', async () => {
  const { accounts, begin } = await accountsOf({ user: { calls: 2 } });
  const [first, second, third] = [begin(), begin(), begin()];
  expect([first, second, third].map(({ allowed }) => allowed)).toEqual([true, true, false]);
  expect(third).toMatchObject({
    refusal: { why: 'limit', limit: 'calls', used: 2, of: 2, subject: { kind: 'user', extension: '201' } },
  });
  expect(begin({ user: '202' }).allowed).toBe(true);
  accounts.end(first.id);
  accounts.end(first.id);
  expect(begin().allowed).toBe(true);
  expect(begin().allowed).toBe(false);
});

test('each of user, trunk and domain has its own limit', async () => {
  const limits = { callsPerHour: 1 };
  for (const kind of ['user', 'trunk', 'domain'] as const) {
    const { begin } = await accountsOf({ [kind]: limits });
    expect(begin().allowed).toBe(true);
    expect(begin()).toMatchObject({ refusal: { subject: { kind }, limit: 'callsPerHour' } });
    expect(begin({ user: '202' }).allowed).toBe(kind === 'user');
    expect(begin({ user: '203', trunk: 'other' }).allowed).toBe(kind !== 'domain');
  }
});

test('a call that nobody answers counts as an attempt and gives its minutes back', async () => {
  const { accounts, begin } = await accountsOf({ domain: { minutesPerHour: 10, callsPerHour: 3 } });
  const call = begin();
  expect(used(accounts, 'minutesPerHour')).toBeGreaterThan(0);
  accounts.end(call.id);
  expect(used(accounts, 'minutesPerHour')).toBe(0);
  expect(used(accounts, 'callsPerHour')).toBe(1);
});

test('an hour slides: what was used a moment ago counts after the full hour', async () => {
  const { clock, begin, accounts } = await accountsOf({ domain: { callsPerHour: 2 } });
  clock.advance(HOUR - MINUTE);
  for (let count = 0; count < 2; count++) accounts.end(begin().id);
  clock.advance(2 * MINUTE);
  expect(begin().allowed).toBe(false);
  clock.advance(59 * MINUTE);
  expect(begin().allowed).toBe(true);
});

test('one call may use up the minutes, to the second', async () => {
  const { talk, clock, accounts, events } = await accountsOf({ domain: { minutesPerDay: 30 } });
  expect(talk(HOUR)).toBe(30 * MINUTE);
  expect(used(accounts, 'minutesPerDay')).toBe(30 * MINUTE);
  expect(talk(HOUR)).toBe(0);
  clock.advance(DAY);
  expect(talk(5 * MINUTE)).toBe(5 * MINUTE);
  expect(events.map(({ kind, limit }) => `${kind} ${limit}`)).toEqual([
    'nearly-used minutesPerDay',
    'used-up minutesPerDay',
  ]);
});

test('calls side by side share the minutes: the first does not take all of them', async () => {
  const { begin } = await accountsOf({ domain: { minutesPerHour: 60 } });
  const calls = Array.from({ length: 5 }, () => begin());
  expect(calls.every(({ allowed }) => allowed)).toBe(true);
  const granted = calls.map((call) => (call.allowed ? call.maxDurationMs! : 0));
  expect(granted.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(HOUR);
});

test('money is bounded by the trunk’s rates, with their intervals', async () => {
  const rate: Rate = { prefix: '7', perMinute: 20_000, connection: 10_000, first: 60, next: 60, name: '' };
  const { talk, accounts } = await accountsOf({ domain: { moneyPerDay: 100_000 }, rate });
  // 1 for the connection leaves 9, which is four begun minutes at 2.
  expect(talk(HOUR)).toBe(4 * MINUTE);
  expect(used(accounts, 'moneyPerDay')).toBe(90_000);
  expect(talk(HOUR)).toBe(0);
});

test('money that calls hold is not there for others', async () => {
  const rate: Rate = { prefix: '7', perMinute: 20_000, connection: 0, first: 60, next: 60, name: '' };
  const { begin } = await accountsOf({ domain: { moneyPerDay: 50_000 }, rate });
  const calls = [begin(), begin(), begin()];
  expect(calls.map(({ allowed }) => allowed)).toEqual([true, true, false]);
  expect(calls[2]).toMatchObject({ refusal: { limit: 'moneyPerDay', used: 40_000, of: 50_000 } });
});

test('an answered call pays for its first second at least', async () => {
  const rate: Rate = { prefix: '7', perMinute: 60_000, connection: 0, first: 1, next: 1, name: '' };
  const { accounts, begin } = await accountsOf({ domain: { moneyPerDay: 100_000 }, rate });
  const call = begin();
  accounts.answered(call.id);
  accounts.end(call.id);
  expect(used(accounts, 'moneyPerDay')).toBe(1000);
});

test('a costly call without a price is refused where money is bounded, a local one is not', async () => {
  const { begin } = await accountsOf({ domain: { moneyPerDay: 100_000 } });
  expect(begin({ number: '+4930123456' })).toMatchObject({ refusal: { why: 'no-price', subject: DOMAIN } });
  expect(begin().allowed).toBe(true);
});

test('a domain that says nothing: a stolen account is stopped within minutes at night, local calls never', async () => {
  const { begin, talk } = await accountsOf({});
  expect(talk(10 * HOUR, { number: '+881612345678' })).toBe(15 * MINUTE);
  expect(begin({ number: '+4930123456' })).toMatchObject({ refusal: { scope: 'costly', subject: DOMAIN } });
  for (let count = 0; count < 300; count++) expect(begin()).toMatchObject({ allowed: true });
  expect(begin()).not.toHaveProperty('maxDurationMs');
});

test('emergency calls pass every limit and are counted nowhere', async () => {
  const { begin, accounts } = await accountsOf({ domain: { calls: 0 }, user: { callsPerDay: 0 } });
  const call = begin({ number: '112' });
  expect(call).toMatchObject({ allowed: true });
  accounts.answered(call.id);
  expect(accounts.extend(call.id)).toBeUndefined();
  accounts.end(call.id);
  expect(begin().allowed).toBe(false);
  expect(used(accounts, 'callsPerDay')).toBe(0);
});

test('the night’s minutes hold for a call that began by day', async () => {
  const limits = { minutesPerDay: 1000, night: { hours: '22:00-07:00', minutesPerHour: 20 } };
  const { clock, talk } = await accountsOf({ domain: limits });
  clock.advance(21 * HOUR + 50 * MINUTE);
  expect(talk(5 * HOUR)).toBe(20 * MINUTE);
});

test('a limit that is lowered while a call is up holds at its next portion', async () => {
  const office: { domain: Frozen<Limits> } = { domain: { minutesPerDay: 1000 } };
  const { clock, accounts, begin } = await accountsOf(office);
  const call = begin();
  accounts.answered(call.id);
  office.domain = { minutesPerDay: 1 };
  clock.advance(5 * MINUTE);
  // Who cuts it off is told: the limit as it stands then.
  expect(accounts.extend(call.id)).toMatchObject({
    maxDurationMs: 5 * MINUTE,
    refusal: {
      why: 'limit',
      subject: { kind: 'domain' },
      scope: 'all',
      limit: 'minutesPerDay',
      used: 5 * MINUTE,
      of: MINUTE,
    },
  });
});

test('a refusal is told once in its window, however many there are', async () => {
  const { begin, clock, events } = await accountsOf({ user: { callsPerHour: 10 } });
  for (let count = 0; count < 1000; count++) begin();
  expect(events.map(({ kind, used, of }) => [kind, used, of])).toEqual([
    ['nearly-used', 8, 10],
    ['used-up', 10, 10],
  ]);
  clock.advance(HOUR + MINUTE);
  for (let count = 0; count < 1000; count++) begin();
  expect(events).toHaveLength(4);
});

test('what was used and what calls held when the process died counts after a restart', async () => {
  const office = { domain: { minutesPerHour: 60, callsPerHour: 4 } };
  const first = await accountsOf(office);
  first.talk(3 * MINUTE);
  const up = first.begin();
  first.accounts.answered(up.id);
  const held = up.allowed ? up.maxDurationMs! : 0;
  // The process is killed here.
  const second = await accountsOf(office, first.clock, first.store);
  expect(used(second.accounts, 'minutesPerHour')).toBe(3 * MINUTE + held);
  expect(used(second.accounts, 'callsPerHour')).toBe(2);
  expect(used(second.accounts, 'calls')).toBe(0);
  const third = await accountsOf(office, first.clock, first.store);
  expect(used(third.accounts, 'minutesPerHour')).toBe(3 * MINUTE + held);
  third.clock.advance(HOUR + MINUTE);
  expect(used(third.accounts, 'minutesPerHour')).toBe(0);
});

test('a step of the wall clock moves no window', async () => {
  const { clock, begin } = await accountsOf({ domain: { callsPerDay: 1 } });
  begin();
  clock.stepWall(7 * DAY);
  expect(begin().allowed).toBe(false);
});

test('a store that fails is told, and the limits hold on in memory', async () => {
  const { begin, store, faults } = await accountsOf({ domain: { callsPerDay: 1 } });
  store.fault = new Error('disk full');
  const call = begin();
  if (call.allowed) await expect(call.saved).rejects.toThrow('disk full');
  expect(faults).toHaveLength(1);
  expect(begin().allowed).toBe(false);
});

test('an id that is in use is a fault of ours', async () => {
  const { begin } = await accountsOf({});
  begin({ id: 'x' });
  expect(() => begin({ id: 'x' })).toThrow('x is counted already');
});

test('memory and store stay small over ten days of calls', async () => {
  const { accounts, clock, store, begin } = await accountsOf({ domain: { minutesPerDay: 100_000 } });
  for (let hour = 0; hour < 240; hour++) {
    for (let count = 0; count < 20; count++) {
      const call = begin({ user: `${count}` });
      accounts.answered(call.id);
      clock.advance(MINUTE);
      accounts.end(call.id);
    }
    clock.advance(40 * MINUTE);
  }
  expect(accounts.size).toBe(0);
  expect(store.size.held).toBe(0);
  // 20 users and the domain and the trunk: at most one row a minute of calls in the last 26 hours.
  expect(store.size.spent).toBeLessThan(26 * 21 * 3 * 2);
});

test('a call counts as what the trunk is sent for it, and an emergency call never', async () => {
  const { begin } = await accountsOf({ domain: { costly: { calls: 0 } } });
  const sent = (number: string, as: string) => begin({ number, sent: as }).allowed;
  expect(sent('989161234567', '89161234567')).toBe(true);
  expect(sent('301', '301')).toBe(true);
  expect(sent('7491234', '810491234')).toBe(false);
  expect(sent('981049123456', '81049123456')).toBe(false);
  expect(sent('988095051234', '88095051234')).toBe(false);
  // What was dialled counts too.
  expect(sent('+4930123456', '301')).toBe(false);
  expect(sent('112', '88095051234')).toBe(true);
});

test('it is paid by the rate of what is called; a costly one needs the price of all that it may be', async () => {
  const asked: string[] = [];
  const accounts = await SpendingAccounts.restored({
    clock: new FakeClock(),
    store: new MemorySpendingStore(),
    rules: {
      limitsOf: ({ kind }) => (kind === 'domain' ? { moneyPerDay: 1, costly: 'none' } : undefined),
      timezoneOf: () => 'UTC',
      rateOf: (_domain, _trunk, number) => {
        asked.push(number);
        const perMinute = number.startsWith('+449') ? 1_000_000_000 : 0;
        if (!/^[+](?:449|7)/.test(number)) return undefined;
        return { prefix: '', perMinute, connection: 0, first: 60, next: 60, name: '' };
      },
    },
  });
  const begin = (number: string, sent: string) =>
    accounts.begin({ id: `${number} ${sent}`, domain: 'd', trunk: 'itsp', number, sent });
  expect(begin('+79161234567', '79161234567')).toMatchObject({ allowed: true });
  expect(begin('9810449011123456', '810449011123456')).toMatchObject({ refusal: { limit: 'moneyPerDay' } });
  expect(begin('+79161234567', '810449011123456')).toMatchObject({ refusal: { limit: 'moneyPerDay' } });
  expect(begin('+4930123456', '79161234567')).toMatchObject({ refusal: { why: 'no-price' } });
  expect(asked).toEqual(expect.arrayContaining(['+79161234567', '+449011123456']));
  expect(asked).not.toContain('9810449011123456');
});
