import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import {
  type Caller,
  type Domain,
  EMERGENCY_NUMBERS,
  type LimitBounds,
  normaliseNumber,
  type Plan,
  type RingOutcome,
  SpendingAccounts,
  type World,
} from '@vats/pbx';
import { arbitraryPbx, MemorySpendingStore, modelOf, onlyDomain, worldOf } from '@vats/pbx/testing';
import { parseUri } from '@vats/sip';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallContext } from './call-context.ts';
import { CallPlan } from './call-plan.ts';
import { CallChannels, ChannelCounts } from './channels.ts';
import { LegHoldings } from './leg-holdings.ts';
import { OutsideLegs } from './outside-legs.ts';
import { OutwardLegs } from './outward-legs.ts';

/*
 * Calls side by side in random companies (as `arbitraryPbx` makes them, with limits on users, trunks and domains): each is planned, holds what
 * it takes and is given back what it held by the call's own parts; what stands here is a second count, by the wire's side: which legs are out.
 */
const RUNS = 50;
/** Things that happen in one company: calls that come, rings that end, calls that end, minutes that go by. */
const DEEDS = 100;
const TIME_LIMIT_MS = 120_000;
const HOUR_MS = 3_600_000;

const deed = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      by: fc.nat(7),
      dialled: fc.constantFrom(
        '+74950000000',
        '+74950000001',
        '200',
        '201',
        '600',
        '601',
        '89161234567',
        '84991234567',
        '301',
        '112',
        '+4930123456',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('ring-ended' as const),
      call: fc.nat(),
      outcome: fc.constantFrom<RingOutcome>('no-answer', 'callee-busy', 'unreachable', 'trunk-failed'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), call: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 30, 61, 1_500) }) },
);

/** Companies that have trunks, and let everybody call out. */
const company = arbitraryPbx(undefined, { crowded: true })
  .filter(({ trunks }) => Array.isArray(trunks) && trunks.length > 0)
  .map((file) => {
    const names = (file.trunks as { name: string }[]).map(({ name }) => name);
    const [trunk, ...reserve] = names;
    const more = reserve.length === 0 ? {} : { reserve };
    return { ...file, outbound: [{ match: '*', trunk, ...more, international: true }] };
  });

/** A leg that is or was out, as the other side saw it. */
interface Out {
  readonly call: Call;
  readonly trunk: string;
  readonly user: string | undefined;
  readonly number: string;
  readonly at: number;
  over: boolean;
}

interface Call {
  readonly plan: CallPlan;
  readonly holdings: LegHoldings;
  readonly outside: OutsideLegs;
  readonly dids: Set<string>;
  legs: number;
  due: Plan | undefined;
}

class Company {
  readonly clock = new FakeClock();
  readonly counts = new ChannelCounts();
  readonly outward = new OutwardLegs();
  readonly outs: Out[] = [];
  readonly refused = new Set<string>();
  up: Call[] = [];
  readonly #live: World;
  readonly #domain: Domain;
  readonly #random = new SeededRandom(1);
  readonly #spending: SpendingAccounts;

  static async open(live: World): Promise<Company> {
    const domain = onlyDomain(live.directory.model);
    const clock = new FakeClock();
    const spending = await SpendingAccounts.restored({
      clock,
      store: new MemorySpendingStore(),
      rules: {
        limitsOf: (subject) => {
          if (subject.kind === 'domain') return domain.settings.limits;
          if (subject.kind === 'user') return live.directory.findUser(domain, subject.extension)?.limits;
          return live.directory.findTrunk(domain, subject.trunk)?.limits;
        },
        timezoneOf: () => 'UTC',
        rateOf: () => undefined,
      },
    });
    return new Company(live, domain, clock, spending);
  }

  private constructor(live: World, domain: Domain, clock: FakeClock, spending: SpendingAccounts) {
    this.#live = live;
    this.#domain = domain;
    this.clock = clock;
    this.#spending = spending;
  }

  begin(by: number, dialled: string): void {
    const domain = this.#domain;
    const users = domain.users.filter(({ devices }) => devices.length > 0);
    const user = users[by];
    const device = user?.devices[0];
    const caller: Caller =
      user !== undefined && device !== undefined
        ? { kind: 'device', user, device }
        : { kind: 'trunk', trunk: `trunk-${by % 3}`, number: '+79031112233' };
    const holdings = new LegHoldings();
    const world = (): World => ({
      ...this.#live,
      now: this.clock.now(),
      channelsInUse: (_, kind, key) => this.counts.inUse(domain.id, kind, key),
    });
    const line = { target: () => ({}), worked: () => {}, failed: () => {} };
    const context = {
      id: `call-${this.outs.length}-${this.#random.below(2 ** 30)}`,
      origin: { domain, caller, party: { number: '1' }, dialled },
      parts: {
        random: this.#random,
        clock: this.clock,
        world,
        line: () => line,
        flowTo: () => {},
        spending: this.#spending,
        media: { statistics: () => ({ pairs: { total: 1_000 } }) },
      },
      channels: new CallChannels(this.counts, holdings, domain.id),
      holdings,
      invite: { request: { requestUri: parseUri(`sip:${dialled}@office.example`) } },
      outward: this.outward,
      log: { info: () => {}, warn: () => {} },
      emit: () => {},
      feed: () => {},
    } as unknown as CallContext;
    const call: Call = {
      plan: new CallPlan(context, (plan) => {
        call.due = plan;
      }),
      outside: new OutsideLegs(context),
      holdings,
      dids: new Set(),
      legs: 0,
      due: undefined,
    };
    this.up.push(call);
    call.plan.begin();
    this.#goOn(call);
  }

  /** Sends out what the step rings; ends the call where nothing rings any more. */
  #goOn(call: Call): void {
    const { due } = call;
    if (due?.did !== undefined) call.dids.add(due.did);
    if (due?.step.do !== 'ring') {
      if (due?.step.do === 'reject') this.refused.add(due.step.reason);
      this.end(call);
      return;
    }
    for (const target of due.step.targets) {
      if (target.kind !== 'outside') continue;
      const leg = `b${++call.legs}`;
      const found = call.outside.wayOut(leg, { kind: 'outside', party: { number: '1' }, target, way: 0 });
      if (!found.ok) {
        this.refused.add(found.failure);
        continue;
      }
      const { orderedBy, number } = target;
      const { trunk } = found.way;
      this.outs.push({ call, trunk, user: orderedBy?.extension, number, at: this.clock.now(), over: false });
    }
  }

  ringEnded(call: Call, outcome: RingOutcome): void {
    this.#legsGone(call);
    for (let leg = 1; leg <= call.legs; leg++) call.holdings.giveBack(`b${leg}`);
    call.plan.goOn(outcome);
    this.#goOn(call);
  }

  end(call: Call): void {
    this.#legsGone(call);
    call.holdings.giveAllBack();
    this.up = this.up.filter((other) => other !== call);
  }

  #legsGone(call: Call): void {
    for (const out of this.outs) if (out.call === call) out.over = true;
  }

  /** By what is out, and nothing else. */
  check(): void {
    const { numbers, trunks, users, settings } = this.#domain;
    for (const { number, channels } of numbers) {
      if (channels === undefined) continue;
      // A call of ours to our own number is one by it, too.
      expect(this.up.filter(({ dids }) => dids.has(number)).length, number).toBeLessThanOrEqual(channels);
    }
    for (const { name, channels, limits } of trunks) {
      const out = this.outs.filter(({ trunk }) => trunk === name);
      if (channels !== undefined) expect(out.filter(({ over }) => !over).length, name).toBeLessThanOrEqual(channels);
      this.#checkLimits(name, out, limits);
    }
    for (const { extension, limits } of users) {
      this.#checkLimits(
        extension,
        this.outs.filter(({ user }) => user === extension),
        limits,
      );
    }
    this.#checkLimits('domain', this.outs, settings.limits);
  }

  #checkLimits(whose: string, all: readonly Out[], bounds: LimitBounds | undefined): void {
    const counted = all.filter(({ number }) => !EMERGENCY_NUMBERS.includes(normaliseNumber(number).number));
    const began = (ms: number) => counted.filter(({ at }) => at > this.clock.now() - ms).length;
    const most = (limit: number | undefined, used: number, what: string): void => {
      if (limit !== undefined) expect(used, `${what} of ${whose}`).toBeLessThanOrEqual(limit);
    };
    most(bounds?.calls, counted.filter(({ over }) => !over).length, 'calls');
    most(bounds?.callsPerHour, began(HOUR_MS), 'callsPerHour');
    most(bounds?.callsPerDay, began(24 * HOUR_MS), 'callsPerDay');
  }
}

test(
  'however calls come side by side, no number, trunk, user or domain has more of them than it may, and nothing is left held',
  async () => {
    const refused = new Set<string>();
    let out = 0;
    await fc.assert(
      fc.asyncProperty(company, fc.array(deed, { minLength: DEEDS, maxLength: DEEDS }), async (file, deeds) => {
        const office = await Company.open(worldOf(modelOf(JSON.stringify(file))));
        for (const each of deeds) {
          if (each.do === 'call') office.begin(each.by, each.dialled);
          else if (each.do === 'wait') office.clock.advance(each.minutes * 60_000);
          else {
            const call = office.up[each.call % Math.max(1, office.up.length)];
            if (call !== undefined && each.do === 'end') office.end(call);
            if (call !== undefined && each.do === 'ring-ended') office.ringEnded(call, each.outcome);
          }
          office.check();
        }
        for (const call of office.up) office.end(call);
        expect(office.counts.size).toBe(0);
        out += office.outs.length;
        for (const reason of office.refused) refused.add(reason);
      }),
      { numRuns: RUNS, seed: 20_261_127 },
    );
    // Or the test would be blind.
    expect(out).toBeGreaterThan(RUNS);
    for (const reason of ['limit-reached', 'no-channel']) expect(refused.has(reason), reason).toBe(true);
  },
  TIME_LIMIT_MS,
);
