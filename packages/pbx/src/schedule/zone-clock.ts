import { DAY_MS } from './local-day.ts';

/** Days whose offsets a zone remembers: more than anybody plans ahead, and a small table. */
const DAYS_KEPT = 1_024;
/** Zones that are kept: each costs some tens of kilobytes, and a switch has few. */
const ZONES_KEPT = 100;

/** One UTC day of a zone: the offset at its beginning, and when after that, up to its very end, it changes, to what. */
interface ZoneDay {
  readonly offset: number;
  readonly changesAt: number;
  readonly after: number;
}

/**
 * How far the clocks of an IANA zone are ahead of UTC. Intl is asked about days that were not asked about lately; what it
 * said is kept, because it takes microseconds and calls are routed by it.
 */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #days = new Map<number, ZoneDay>();

  /** @throws RangeError for a zone that this machine's tables do not know */
  constructor(timezone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' });
  }

  /** What the zone's clocks show minus UTC, in milliseconds, at a wall time in milliseconds since the epoch. */
  offsetAt(at: number): number {
    const day = this.#day(Math.floor(at / DAY_MS));
    return at < day.changesAt ? day.offset : day.after;
  }

  /** The local time at `at`. */
  localAt(at: number): number {
    return at + this.offsetAt(at);
  }

  /** The first moment after `from` and up to `to` at which the offset is another than just before it. */
  changeWithin(from: number, to: number): number | undefined {
    for (let day = Math.floor(from / DAY_MS); day * DAY_MS < to; day++) {
      const { changesAt } = this.#day(day);
      if (changesAt > from && changesAt <= to) return changesAt;
    }
    return undefined;
  }

  /**
   * When the zone's clocks show `local`. A time that comes twice is meant the first time; one that does not come is as long
   * after the jump as it would be after the hour's beginning: 02:30 that is skipped is 03:30.
   */
  momentOf(local: number): number {
    // The offsets a day before and a day after are those on both sides of a change in between, if there is one.
    const before = local - this.offsetAt(local - DAY_MS);
    if (this.localAt(before) === local) return before;
    const after = local - this.offsetAt(local + DAY_MS);
    return this.localAt(after) === local ? after : before;
  }

  #day(day: number): ZoneDay {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const begins = day * DAY_MS;
    const ends = begins + DAY_MS;
    // A day's end is the next one's beginning and belongs to both, so that a change just then is missed by neither.
    const offset = this.#days.get(day - 1)?.after ?? this.#ask(begins);
    const after = this.#days.get(day + 1)?.offset ?? this.#ask(ends);
    const changesAt = after === offset ? Number.POSITIVE_INFINITY : this.#changeBetween(begins, ends, offset);
    const made = { offset, changesAt, after };
    if (this.#days.size >= DAYS_KEPT) this.#days.clear();
    this.#days.set(day, made);
    return made;
  }

  /** Halves the time in between until the change is found; no zone changes twice within a day. */
  #changeBetween(from: number, to: number, offset: number): number {
    let before = from;
    let after = to;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.#ask(middle) === offset) before = middle;
      else after = middle;
    }
    return after;
  }

  #ask(at: number): number {
    // '12/31/2026, GMT+03:00'; GMT alone is no offset, and before standard time there are seconds.
    const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(this.#format.format(at));
    if (match === null) throw new Error(`Intl tells no offset: ${this.#format.format(at)}`);
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
    const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
    return sign === '-' ? -size : size;
  }
}

const zones = new Map<string, ZoneClock>();

/** The clock of a zone, one for all who ask. @throws RangeError for a zone that this machine's tables do not know */
export function zoneClock(timezone: string): ZoneClock {
  const known = zones.get(timezone);
  if (known !== undefined) return known;
  const made = new ZoneClock(timezone);
  if (zones.size >= ZONES_KEPT) zones.clear();
  zones.set(timezone, made);
  return made;
}
