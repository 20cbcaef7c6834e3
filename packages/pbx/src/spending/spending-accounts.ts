import type { Clock } from '@vats/kernel';
import type { Rate } from '../rates/rate.ts';
import { minuteOf, rowsOf, SpendingBook } from './book.ts';
import { type Bounds, boundsAt, boundsMoney, boundsTalk, LIMIT_NAMES, type LimitName, SCOPES } from './bounds.ts';
import { judgedNumbers } from './called-number.ts';
import type { LimitState, OutsideCall, SpendingDecision, SpendingRules, TalkGranted } from './decision.ts';
import { type LimitUse, NEARLY_USED, type SpendingEvent } from './events.ts';
import { type LiveCall, newCall, partiesOf } from './live-call.ts';
import { LocalTime } from './local-time.ts';
import { classOfCall, isCostly } from './number-class.ts';
import { nextPortion, priceOfTalk, type Room } from './portion.ts';
import type { SpendingChange, SpendingStore, SpentInMinute } from './store.ts';
import { keyOfSubject, type SpendingSubject } from './subject.ts';
import { boundOf, DAY_MS, DAY_SLOT_MS, HOUR_MS, MINUTE_MS, SubjectTallies } from './tally.ts';
import { type Bounded, left, tightest, usesOf } from './uses.ts';

export interface SpendingOptions {
  readonly clock: Clock;
  readonly store: SpendingStore;
  readonly rules: SpendingRules;
  /** Told of limits that come near or are reached. Must not throw. */
  readonly onEvent?: (event: SpendingEvent) => void;
  /** Told when the store failed: what was used since is lost if the process ends. */
  readonly onStoreFault?: (error: unknown) => void;
}

/** The least that an answered call is charged for. */
const LEAST_TALK_MS = 1_000;

const ATTEMPTS = ['calls', 'callsPerHour', 'callsPerDay'] as const;
const TALKS = ['minutesPerHour', 'minutesPerDay'] as const;
/** A bound of fewer calls has no 80 % before it is reached. */
const FEWEST_CALLS_TO_COME_NEAR = 5;

/**
 * What calls outside use up, and whether one more may leave. Each decision is made and reserved in one turn, so calls that
 * ask side by side cannot pass a limit together.
 *
 * Windows slide: in no hour and no 24 hours, wherever they begin, is more used than a limit allows. (A calendar day would
 * give a thief two days' worth around midnight.) What was used counts up to a minute (in an hour) or a quarter of an hour
 * (in a day) longer than that. Memory: the live calls, and for each subject that used something in the last day at most 160
 * small slots, twice that if it made costly calls.
 */
export class SpendingAccounts {
  readonly #clock: Clock;
  readonly #store: SpendingStore;
  readonly #rules: SpendingRules;
  readonly #onEvent: (event: SpendingEvent) => void;
  readonly #onStoreFault: (error: unknown) => void;
  readonly #localTime = new LocalTime();
  readonly #book = new SpendingBook();
  readonly #calls = new Map<string, LiveCall>();
  /** Added to monotonic time: the windows' own clock, which a step of the wall clock does not move. */
  readonly #epoch: number;
  #sweptAt: number;

  /** Accounts with what still counts from before the start. What calls held when the last process was killed counts as used. */
  static async restored(options: SpendingOptions): Promise<SpendingAccounts> {
    const accounts = new SpendingAccounts(options);
    await accounts.#restore();
    return accounts;
  }

  private constructor({ clock, store, rules, onEvent, onStoreFault }: SpendingOptions) {
    this.#clock = clock;
    this.#store = store;
    this.#rules = rules;
    this.#onEvent = onEvent ?? (() => {});
    this.#onStoreFault = onStoreFault ?? (() => {});
    this.#epoch = clock.now() - clock.monotonic();
    this.#sweptAt = this.#now();
  }

  /** Decides whether a call may leave, and reserves what it may use. Throws for an id that is in use: a fault of ours. */
  begin(request: OutsideCall): SpendingDecision {
    if (this.#calls.has(request.id)) throw new Error(`call ${request.id} is counted already`);
    const kind = classOfCall(request.number, request.sent ?? request.number);
    if (kind === 'emergency') return { allowed: true };
    const now = this.#now();
    this.#sweep(now);
    const parties = partiesOf(request);
    const costly = isCostly(kind);
    const limits = parties.map(({ subject }) => [subject, this.#rules.limitsOf(subject)] as const);
    const rate = rateOfCall(request, costly, this.#rules);
    const counted = limits.find(([, limit]) => boundsMoney(limit));
    if (costly && rate === undefined && counted !== undefined) {
      return { allowed: false, refusal: { why: 'no-price', subject: counted[0] } };
    }
    const portioned = limits.some(([subject, limit]) => boundsTalk(limit, subject.kind === 'domain', costly));
    const call = newCall(request, { costly, rate, parties, portioned });
    const bounded = this.#bounded(call);
    const lack = this.#attemptLacks(call, bounded, now) ?? this.#grant(call, bounded, now);
    if (lack !== undefined) {
      this.#tell('used-up', lack, call, now);
      return { allowed: false, refusal: { why: 'limit', ...lack } };
    }
    this.#calls.set(call.id, call);
    const spent = this.#book.open(call, now);
    const saved = this.#save(this.#change(call, spent));
    this.#tellWhatIsNear(call, bounded, now);
    if (usesOf(call, bounded, LIMIT_NAMES, now).length === 0) return { allowed: true };
    return call.portioned ? { allowed: true, maxDurationMs: call.grantedMs, saved } : { allowed: true, saved };
  }

  /** The far end answered: talk is counted from now. */
  answered(id: string): void {
    const call = this.#calls.get(id);
    if (call !== undefined) call.answeredAt ??= this.#now();
  }

  /**
   * Asked when a call has talked for what it was allowed: how long it may talk in all. The same as before means that nothing is left and
   * the call must end, by the limit that is named; undefined, that nothing bounds it.
   */
  extend(id: string): TalkGranted | undefined {
    const call = this.#calls.get(id);
    if (call === undefined || !call.portioned) return undefined;
    if (call.answeredAt === undefined) return { maxDurationMs: call.grantedMs };
    const now = this.#now();
    const spent = this.#book.settle(call, Math.min(now - call.answeredAt, call.grantedMs), now);
    const bounded = this.#bounded(call);
    const lack = this.#grant(call, bounded, now);
    this.#save(this.#change(call, spent));
    if (lack === undefined) {
      this.#tellWhatIsNear(call, bounded, now);
      return { maxDurationMs: call.grantedMs };
    }
    this.#tell('used-up', lack, call, now);
    return { maxDurationMs: call.grantedMs, refusal: { why: 'limit', ...lack } };
  }

  /**
   * The call is over, answered or not: what it did not use is given back. That it was begun still counts. Nothing happens for a call
   * that is not counted.
   */
  end(id: string): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    const now = this.#now();
    // Begun seconds are priced in full: any talk at all pays for the first interval.
    const talkMs = call.answeredAt === undefined ? 0 : Math.max(1, now - call.answeredAt);
    const spent = this.#book.settle(call, talkMs, now);
    this.#book.release(call);
    if (spent.length > 0 || call.portioned) this.#save({ spent, ...(call.portioned ? { released: id } : {}) });
  }

  /**
   * The far end of a call that was counted as begun answered when nobody wanted it any more, and was hung up at once: the operator
   * charges for it all the same. Counts the least that an answered call costs, whatever the limits; live calls stay as they are.
   */
  answeredInVain(request: OutsideCall): void {
    const kind = classOfCall(request.number, request.sent ?? request.number);
    if (kind === 'emergency') return;
    const now = this.#now();
    const costly = isCostly(kind);
    const rate = rateOfCall(request, costly, this.#rules);
    const call = newCall(request, { costly, rate, parties: partiesOf(request), portioned: false });
    const spent = this.#book.settle(call, LEAST_TALK_MS, now);
    this.#save({ spent });
  }

  /** How far each limit of a subject is used now, those without a bound too. Has no effect. */
  explain(subject: SpendingSubject): LimitState[] {
    const tallies = this.#book.find(keyOfSubject(subject))?.tallies ?? new SubjectTallies();
    const bounds = this.#boundsOf(subject);
    const now = this.#now();
    return SCOPES.flatMap((scope) =>
      LIMIT_NAMES.map((limit) => {
        const of = boundOf(bounds[scope], limit);
        const used = tallies.of(scope).used(limit, now);
        return { subject, scope, limit, used, ...(of === undefined ? {} : { of }) };
      }),
    );
  }

  /** Calls that are counted as up: for the ledger. */
  get size(): number {
    return this.#calls.size;
  }

  async #restore(): Promise<void> {
    const now = this.#now();
    const since = minuteOf(now - DAY_MS - DAY_SLOT_MS);
    const { spent, held } = await this.#store.load(since);
    // A clock that was put back leaves minutes of the future: they count from now on.
    const inOrder = spent.map((entry) => ({ ...entry, at: Math.min(entry.minute, now) })).sort((a, b) => a.at - b.at);
    for (const entry of inOrder) this.#book.enter(entry.subject, entry.costly, entry.at, entry);
    const changes = held.map(({ call, subjects, costly, talkMs, money }): SpendingChange => {
      const used = { calls: 0, talkMs, money };
      for (const subject of subjects) this.#book.enter(subject, costly, now, used);
      return { spent: rowsOf(subjects, costly, now, used), released: call };
    });
    if (changes.length > 0) await this.#store.save(changes);
  }

  /** Monotonic, and near the wall's time when the process started. */
  #now(): number {
    return Math.floor(this.#epoch + this.#clock.monotonic());
  }

  /** The bounds of a call's parties now, from the model as it is now. */
  #bounded(call: LiveCall): Bounded[] {
    return call.parties.map((party) => ({
      ...party,
      tallies: this.#book.of(party.key).tallies,
      bounds: this.#boundsOf(party.subject),
    }));
  }

  #boundsOf(subject: SpendingSubject): Bounds {
    const minute = this.#localTime.minuteOfDay(this.#rules.timezoneOf(subject.domain), this.#clock.now());
    return boundsAt(this.#rules.limitsOf(subject), subject.kind === 'domain', minute);
  }

  /** The limit of attempts that one more call would pass. */
  #attemptLacks(call: LiveCall, parties: readonly Bounded[], now: number): LimitUse | undefined {
    return usesOf(call, parties, ATTEMPTS, now).find(({ used, of }) => used + 1 > of);
  }

  /** Gives the call its next portion, if there is one; otherwise tells the limit that is used up. */
  #grant(call: LiveCall, parties: readonly Bounded[], now: number): LimitUse | undefined {
    if (!call.portioned) return undefined;
    const talk = tightest(usesOf(call, parties, TALKS, now));
    const money = tightest(usesOf(call, parties, ['moneyPerDay'], now));
    const room: Room = { talkMs: left(talk), money: left(money) };
    const portion = nextPortion(call.grantedMs, room, call.rate);
    if (!portion.enough) return portion.lack === 'talkMs' ? talk : money;
    this.#book.grant(call, portion.totalMs);
    return undefined;
  }

  #change(call: LiveCall, spent: readonly SpentInMinute[]): SpendingChange {
    if (!call.portioned) return { spent };
    const { id, costly, parties, heldTalkMs, heldMoney } = call;
    const subjects = parties.map(({ key }) => key);
    return { spent, held: { call: id, subjects, costly, talkMs: heldTalkMs, money: heldMoney } };
  }

  #save(change: SpendingChange): Promise<void> {
    const saved = this.#store.save([change]);
    saved.catch(this.#onStoreFault);
    return saved;
  }

  #tellWhatIsNear(call: LiveCall, parties: readonly Bounded[], now: number): void {
    for (const use of usesOf(call, parties, LIMIT_NAMES, now)) {
      const isCount = (ATTEMPTS as readonly LimitName[]).includes(use.limit);
      if (isCount && use.of < FEWEST_CALLS_TO_COME_NEAR) continue;
      if (use.of > 0 && use.used >= use.of * NEARLY_USED) this.#tell('nearly-used', use, call, now);
    }
  }

  #tell(kind: SpendingEvent['kind'], use: LimitUse, call: LiveCall, now: number): void {
    const { told } = this.#book.of(keyOfSubject(use.subject));
    if (!told.isDue(kind, use.scope, use.limit, now)) return;
    this.#onEvent({ kind, ...use, call: call.id, at: this.#clock.now() });
  }

  /** Once an hour: lets go of who used nothing for a day, here and in the store. */
  #sweep(now: number): void {
    if (now - this.#sweptAt < HOUR_MS) return;
    this.#sweptAt = now;
    this.#book.sweep(now);
    this.#store.forget(minuteOf(now - DAY_MS - DAY_SLOT_MS)).catch(this.#onStoreFault);
  }
}

/** The dearer rate of what is dialled and what is called; of a costly call none, if one of the two is not known. */
function rateOfCall(
  { domain, trunk, number, sent }: OutsideCall,
  costly: boolean,
  rules: SpendingRules,
): Rate | undefined {
  const rates = judgedNumbers(number, sent ?? number).map((judged) => rules.rateOf(domain, trunk, judged));
  const known = rates.filter((rate) => rate !== undefined);
  if (costly && known.length < rates.length) return undefined;
  const [first, second] = known;
  return second !== undefined && priceOfTalk(second, MINUTE_MS) > priceOfTalk(first, MINUTE_MS) ? second : first;
}
