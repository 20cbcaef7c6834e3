import { ToldEvents } from './events.ts';
import type { LiveCall } from './live-call.ts';
import { priceOfTalk } from './portion.ts';
import { NOTHING_USED, type Used } from './sliding-sum.ts';
import type { SpentInMinute } from './store.ts';
import { MINUTE_MS, SubjectTallies, scopesOf } from './tally.ts';

interface Page {
  readonly tallies: SubjectTallies;
  readonly told: ToldEvents;
}

/** What each subject used and what live calls hold of it; says of each use which rows a store has to keep. */
export class SpendingBook {
  readonly #subjects = new Map<string, Page>();

  /** A subject's own page, made when it is needed. */
  of(key: string): Page {
    let subject = this.#subjects.get(key);
    if (subject === undefined) {
      subject = { tallies: new SubjectTallies(), told: new ToldEvents() };
      this.#subjects.set(key, subject);
    }
    return subject;
  }

  /** A subject's page, if it used anything that may still count. */
  find(key: string): Page | undefined {
    return this.#subjects.get(key);
  }

  /** Counts a call that begins: as one that is up, and as one that was tried. */
  open(call: LiveCall, now: number): SpentInMinute[] {
    this.#countUp(call, 1);
    return this.#spend(call, now, { ...NOTHING_USED, calls: 1 });
  }

  /** Allows the call so much talk in all; what it has not talked yet is held. */
  grant(call: LiveCall, totalMs: number): void {
    call.grantedMs = totalMs;
    this.#holdTheRest(call);
  }

  /** Counts talk up to `talkMs` from the answer as used, and what is granted beyond it as held. */
  settle(call: LiveCall, talkMs: number, now: number): SpentInMinute[] {
    const money = priceOfTalk(call.rate, talkMs);
    const used = { calls: 0, talkMs: talkMs - call.settledMs, money: money - call.settledMoney };
    call.settledMs = talkMs;
    call.settledMoney = money;
    this.#holdTheRest(call);
    return used.talkMs > 0 || used.money > 0 ? this.#spend(call, now, used) : [];
  }

  /** The call is over: it holds nothing and is not up any more. */
  release(call: LiveCall): void {
    this.#hold(call, 0, 0);
    this.#countUp(call, -1);
  }

  #countUp(call: LiveCall, by: 1 | -1): void {
    for (const { key } of call.parties) {
      const { tallies } = this.of(key);
      for (const scope of scopesOf(call.costly)) tallies.of(scope).calls += by;
    }
  }

  #holdTheRest(call: LiveCall): void {
    const money = priceOfTalk(call.rate, call.grantedMs) - call.settledMoney;
    this.#hold(call, Math.max(0, call.grantedMs - call.settledMs), Math.max(0, money));
  }

  #hold(call: LiveCall, talkMs: number, money: number): void {
    for (const { key } of call.parties) {
      const { tallies } = this.of(key);
      for (const scope of scopesOf(call.costly)) {
        const tally = tallies.of(scope);
        tally.heldTalkMs += talkMs - call.heldTalkMs;
        tally.heldMoney += money - call.heldMoney;
      }
    }
    call.heldTalkMs = talkMs;
    call.heldMoney = money;
  }

  #spend(call: LiveCall, now: number, used: Used): SpentInMinute[] {
    const keys = call.parties.map(({ key }) => key);
    for (const key of keys) this.enter(key, call.costly, now, used);
    return rowsOf(keys, call.costly, now, used);
  }

  /** Adds what was used to a subject's windows, at a time not before that of the last use. */
  enter(key: string, costly: boolean, at: number, used: Used): void {
    const { tallies } = this.of(key);
    for (const scope of scopesOf(costly)) tallies.of(scope).add(at, used);
  }

  /** Lets go of who used nothing that counts any more. */
  sweep(now: number): void {
    for (const [key, { tallies }] of this.#subjects) if (tallies.isEmpty(now)) this.#subjects.delete(key);
  }
}

/** The beginning of the minute. */
export function minuteOf(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** A use as a store keeps it: a row for each subject. */
export function rowsOf(subjects: readonly string[], costly: boolean, at: number, used: Used): SpentInMinute[] {
  return subjects.map((subject) => ({ subject, costly, minute: minuteOf(at), ...used }));
}
