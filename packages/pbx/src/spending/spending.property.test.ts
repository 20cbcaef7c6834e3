import { FakeClock } from '@vats/kernel/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Rate } from '../rates/rate.ts';
import type { LimitBounds, Limits } from '../schema/limits.ts';
import { MemorySpendingStore } from '../testing/memory-spending-store.ts';
import type { LimitName, Scope } from './bounds.ts';
import { LONGEST_PORTION_MS, priceOfTalk } from './portion.ts';
import { SpendingAccounts } from './spending-accounts.ts';
import { keyOfSubject, type SpendingSubject } from './subject.ts';
import { DAY_MS, DAY_SLOT_MS, HOUR_MS, MINUTE_MS } from './tally.ts';

/** Random offices of 3 users, 2 trunks and one domain, with up to 80 things that happen, in 150 runs. */
const RUNS = 150;
const MOST_ACTIONS = 80;

const USERS = ['201', '202', '203'];
const TRUNKS = ['one', 'two'];
const NUMBERS = ['+74951234567', '+4930123456', '+881612345678'];

const bounds = {
  calls: fc.integer({ min: 0, max: 4 }),
  callsPerHour: fc.integer({ min: 0, max: 8 }),
  callsPerDay: fc.integer({ min: 0, max: 12 }),
  minutesPerHour: fc.integer({ min: 0, max: 30 }),
  minutesPerDay: fc.integer({ min: 0, max: 120 }),
  moneyPerDay: fc.integer({ min: 0, max: 2_000_000 }),
};
/** At most two bounds, so that most calls have some room and all kinds of bounds come to matter. */
const block = fc
  .subarray(Object.keys(bounds) as LimitName[], { maxLength: 2 })
  .chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, bounds[name]]))),
  ) as fc.Arbitrary<LimitBounds>;
const limits: fc.Arbitrary<Limits> = fc
  .tuple(block, fc.oneof(fc.constant('none' as const), block))
  .map(([all, costly]) => ({ ...all, costly }));
const rate: fc.Arbitrary<Rate> = fc.record({
  prefix: fc.constant('7'),
  perMinute: fc.integer({ min: 0, max: 100_000 }),
  connection: fc.integer({ min: 0, max: 50_000 }),
  first: fc.constantFrom(1, 30, 60),
  next: fc.constantFrom(1, 6, 60),
  name: fc.constant(''),
});
const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('begin' as const), user: fc.nat(3), trunk: fc.nat(1), number: fc.nat(2) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('answer' as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(20) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.oneof(fc.nat(5000), fc.nat(10 * MINUTE_MS), fc.nat(6 * HOUR_MS)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const) }) },
);

/** What really happened to a call, kept apart from the accounts. */
interface Call {
  readonly id: string;
  readonly subjects: readonly string[];
  readonly costly: boolean;
  readonly rate: Rate;
  readonly begunAt: number;
  answeredAt?: number;
  endedAt?: number;
  /** How long it may talk, in all. */
  allowed: number;
}

class Office {
  readonly clock = new FakeClock();
  readonly store = new MemorySpendingStore();
  readonly calls: Call[] = [];
  readonly limits: ReadonlyMap<string, Limits>;
  readonly subjects: readonly SpendingSubject[];
  readonly #rate: Rate;
  accounts!: SpendingAccounts;
  kills = 0;
  refusals = 0;
  /** How often what counts was held against what really happened. */
  compared = 0;

  constructor(all: readonly Limits[], rateOfAll: Rate) {
    this.subjects = [
      { kind: 'domain', domain: 'd' },
      ...TRUNKS.map((trunk) => ({ kind: 'trunk', domain: 'd', trunk }) as const),
      ...USERS.map((extension) => ({ kind: 'user', domain: 'd', extension }) as const),
    ];
    this.limits = new Map(this.subjects.map((subject, index) => [keyOfSubject(subject), all[index]!]));
    this.#rate = rateOfAll;
  }

  async start(): Promise<void> {
    this.accounts = await SpendingAccounts.restored({
      clock: this.clock,
      store: this.store,
      rules: {
        limitsOf: (subject) => this.limits.get(keyOfSubject(subject)),
        timezoneOf: () => 'UTC',
        rateOf: () => this.#rate,
      },
    });
  }

  get up(): Call[] {
    return this.calls.filter(({ endedAt }) => endedAt === undefined);
  }

  begin(user: string | undefined, trunk: string, number: string): void {
    const id = `call-${this.calls.length}-${this.refusals}`;
    const decision = this.accounts.begin({ id, domain: 'd', ...(user === undefined ? {} : { user }), trunk, number });
    if (!decision.allowed) {
      this.refusals++;
      const { refusal } = decision;
      // Nobody is refused who had room for a second of talk that costs what a second costs.
      if (refusal.why === 'limit') expect(refusal.used + this.#least(refusal.limit)).toBeGreaterThan(refusal.of);
      return;
    }
    this.calls.push({
      id,
      subjects: ['domain:d', `trunk:d:${trunk}`, ...(user === undefined ? [] : [`user:d:${user}`])],
      costly: number !== NUMBERS[0],
      rate: this.#rate,
      begunAt: this.clock.now(),
      allowed: decision.maxDurationMs ?? Number.POSITIVE_INFINITY,
    });
  }

  #least(limit: LimitName): number {
    if (limit === 'moneyPerDay') return priceOfTalk(this.#rate, 1000);
    return limit.startsWith('minutes') ? 1000 : 1;
  }

  answer(call: Call): void {
    if (call.answeredAt !== undefined) return;
    call.answeredAt = this.clock.now();
    this.accounts.answered(call.id);
  }

  end(call: Call): void {
    call.endedAt = this.clock.now();
    this.accounts.end(call.id);
  }

  /** Lets time go by; a call that talked as long as it may asks for more, or ends. */
  wait(ms: number): void {
    const target = this.clock.now() + ms;
    for (;;) {
      const due = this.up
        .filter((call) => call.answeredAt !== undefined && call.answeredAt + call.allowed <= target)
        .sort((a, b) => a.answeredAt! + a.allowed - (b.answeredAt! + b.allowed))[0];
      if (due === undefined) break;
      this.clock.advance(Math.max(0, due.answeredAt! + due.allowed - this.clock.now()));
      const more = this.accounts.extend(due.id)!.maxDurationMs;
      if (more === due.allowed) this.end(due);
      else due.allowed = more;
      this.judge();
    }
    this.clock.advance(target - this.clock.now());
  }

  async kill(): Promise<void> {
    this.kills++;
    for (const call of this.up) call.endedAt = this.clock.now();
    await this.start();
  }

  /** What a subject really used between two times, to the millisecond. */
  used(subject: string, scope: Scope, limit: LimitName, from: number, to: number): number {
    let sum = 0;
    for (const call of this.calls) {
      if (!call.subjects.includes(subject) || (scope === 'costly' && !call.costly)) continue;
      if (limit === 'calls') sum += call.endedAt === undefined ? 1 : 0;
      else if (limit.startsWith('calls')) sum += call.begunAt > from ? 1 : 0;
      else if (call.answeredAt !== undefined) {
        const end = Math.min(to, call.endedAt ?? to) - call.answeredAt;
        const begin = Math.min(Math.max(0, from - call.answeredAt), Math.max(0, end));
        if (limit === 'moneyPerDay') sum += priceOfTalk(call.rate, end) - priceOfTalk(call.rate, begin);
        else sum += end - begin;
      }
    }
    return sum;
  }

  /** No limit is passed by what really happened; and with no call up, nothing counts that is out of its window for long. */
  judge(): void {
    const now = this.clock.now();
    // The talk of a call that nothing bounds counts when it ends, all at once.
    const inPortions = this.calls.every(({ allowed }) => allowed < Number.POSITIVE_INFINITY);
    for (const subject of this.subjects) {
      const key = keyOfSubject(subject);
      for (const state of this.accounts.explain(subject)) {
        const window = state.limit.endsWith('PerHour') ? HOUR_MS : DAY_MS;
        const really = this.used(key, state.scope, state.limit, now - window, now);
        const where = `${key} ${state.scope} ${state.limit}`;
        if (state.of !== undefined) expect(really, where).toBeLessThanOrEqual(state.of);
        if (!inPortions || this.kills > 0 || this.up.length > 0 || state.limit === 'calls') continue;
        this.compared++;
        const slack = window === HOUR_MS ? MINUTE_MS : DAY_SLOT_MS;
        const longAgo = now - window - slack - LONGEST_PORTION_MS;
        // The milliseconds that answered calls of no length are taken for.
        const atLeast = this.calls.length * Math.max(1, priceOfTalk(this.#rate, 1));
        expect(state.used, where).toBeLessThanOrEqual(this.used(key, state.scope, state.limit, longAgo, now) + atLeast);
      }
    }
  }
}

test('whatever happens, no limit is passed, and what is given back can be used again', async () => {
  let begun = 0;
  let refused = 0;
  let killed = 0;
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(limits, { minLength: 6, maxLength: 6 }),
      rate,
      fc.array(action, { maxLength: MOST_ACTIONS, size: 'max' }),
      async (all, price, actions) => {
        const office = new Office(all, price);
        await office.start();
        for (const one of actions) {
          const { up } = office;
          if (one.do === 'begin') office.begin(USERS[one.user], TRUNKS[one.trunk]!, NUMBERS[one.number]!);
          else if (one.do === 'wait') office.wait(one.ms);
          else if (one.do === 'kill') await office.kill();
          else if (up.length > 0 && one.do === 'answer') office.answer(up[one.which % up.length]!);
          else if (up.length > 0 && one.do === 'end') office.end(up[one.which % up.length]!);
          office.judge();
        }
        begun += office.calls.length;
        refused += office.refusals;
        killed += office.kills;
        compared += office.compared;
        for (const call of office.up) office.end(call);
        office.judge();
        expect(office.store.size.held).toBe(0);
        office.wait(DAY_MS + DAY_SLOT_MS + MINUTE_MS);
        for (const subject of office.subjects) {
          for (const { used, limit } of office.accounts.explain(subject)) expect(used, limit).toBe(0);
        }
      },
    ),
    { numRuns: RUNS },
  );
  // The generator reaches both outcomes, and restarts.
  expect(Math.min(begun, refused, killed, compared)).toBeGreaterThan(RUNS);
}, 60_000);
