import type { Frozen } from '../model/model.ts';
import type { Calendar, DayKind } from '../schema/calendar.ts';
import { type Hours, type OpenHours, parseDays, parseTimeRange } from '../schema/hours.ts';
import { DAY_MINUTES, dateOf, dayOf, timeText, weekdayName, weekdayOf } from './local-day.ts';

/** Minutes from the midnight at which the day begins; `to` is beyond 1440 where the range goes on after the next one. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What holds for the ranges that begin on one day. */
export interface DayHours {
  /** In the order in which they begin. */
  readonly spans: readonly Span[];
  /** What decided, as a clause for a person: 'mon-fri says 09:00-18:00'. */
  readonly says: string;
}

type Open = Frozen<OpenHours>;

/** Saturday and Sunday in `weekdayOf`. */
const WEEKEND_FROM = 5;
const SHORTENED_BY_MINUTES = 60;

/**
 * The hours of each day: a date of `except` goes before the calendar, the calendar before the day of the week. Days that
 * were asked for are remembered.
 */
export class WeeklyHours {
  readonly #hours: Frozen<Hours>;
  readonly #kinds: ReadonlyMap<number, DayKind>;
  readonly #except = new Map<number, DayHours>();
  /** By day of the week; what no key names is closed. */
  readonly #week: readonly DayHours[];
  readonly #special = new Map<number, DayHours>();

  constructor(hours: Frozen<Hours>, calendar: Frozen<Calendar>) {
    this.#hours = hours;
    this.#kinds = kindsOf(calendar);
    for (const [date, open] of Object.entries(hours.except ?? {})) {
      this.#except.set(dayOf(date), { spans: spansOf(open), says: `except says ${written(open)} on ${date}` });
    }
    const keys: (string | undefined)[] = Array(7).fill(undefined);
    for (const key of Object.keys(hours)) for (const day of parseDays(key) ?? []) keys[day - 1] = key;
    this.#week = keys.map((key, weekday) => {
      if (key === undefined) return { spans: [], says: `no key of hours names ${weekdayName(weekday - 3)}` };
      const open = this.#openOf(key);
      return { spans: spansOf(open), says: `${key} says ${written(open)}` };
    });
  }

  /** The hours of a day, given by its number since 1970-01-01. */
  of(day: number): DayHours {
    const excepted = this.#except.get(day);
    if (excepted !== undefined) return excepted;
    const kind = this.#kinds.get(day);
    const ordinary = this.#week[weekdayOf(day)]!;
    if (kind === undefined) return ordinary;
    const known = this.#special.get(day);
    if (known !== undefined) return known;
    // As many as the calendar has days, at most.
    const made = this.#onCalendarDay(day, kind, ordinary);
    this.#special.set(day, made);
    return made;
  }

  #onCalendarDay(day: number, kind: DayKind, ordinary: DayHours): DayHours {
    const said = `the calendar says ${kind} on ${dateOf(day)}`;
    if (kind === 'off') {
      const open = this.#hours.holidays;
      if (open === undefined) return { spans: [], says: `${said}: closed, for hours has no holidays` };
      return { spans: spansOf(open), says: `${said}: holidays says ${written(open)}` };
    }
    // A shortened Saturday or Sunday in a calendar is a moved working day that is shortened too.
    const isMoved = kind === 'work' || weekdayOf(day) >= WEEKEND_FROM;
    const full = isMoved ? this.#movedTo(day, ordinary) : ordinary;
    if (kind === 'work' || full.spans.length === 0) return { ...full, says: `${said}: ${full.says}` };
    const open = this.#hours.short;
    if (open !== undefined) return { spans: spansOf(open), says: `${said}: short says ${written(open)}` };
    const spans = shortened(full.spans);
    return { spans, says: `${said}: ${full.says}, an hour less is ${spansText(spans)}` };
  }

  /** The hours of a working day that another one was moved to: Monday to Friday as themselves, else as the one before. */
  #movedTo(day: number, ordinary: DayHours): DayHours {
    const open = this.#hours.work;
    if (open !== undefined) return { spans: spansOf(open), says: `work says ${written(open)}` };
    for (let weekday = weekdayOf(day), back = 0; back < 7; back++, weekday = (weekday + 6) % 7) {
      const hours = this.#week[weekday]!;
      if (weekday < WEEKEND_FROM && hours.spans.length > 0) return hours;
    }
    return ordinary;
  }

  #openOf(key: string): Open {
    return (this.#hours as Readonly<Record<string, Open | undefined>>)[key] ?? 'closed';
  }
}

const kindsByCalendar = new WeakMap<object, ReadonlyMap<number, DayKind>>();

/** All hours of a domain share one calendar. */
function kindsOf(calendar: Frozen<Calendar>): ReadonlyMap<number, DayKind> {
  const known = kindsByCalendar.get(calendar);
  if (known !== undefined) return known;
  const made = new Map(Object.entries(calendar).map(([date, kind]) => [dayOf(date), kind]));
  kindsByCalendar.set(calendar, made);
  return made;
}

/** The ranges of one key in the order in which they begin. */
export function spansOf(open: Open): Span[] {
  if (open === 'closed') return [];
  const texts = typeof open === 'string' ? [open] : open;
  const spans = texts.flatMap((text) => {
    const range = parseTimeRange(text);
    if (range === undefined) return [];
    return { from: range.from, to: range.to <= range.from ? range.to + DAY_MINUTES : range.to };
  });
  return spans.sort((a, b) => a.from - b.from || a.to - b.to);
}

/** The range that ends last ends an hour earlier; one that is no longer than that is no more. */
function shortened(spans: readonly Span[]): Span[] {
  const end = Math.max(...spans.map(({ to }) => to));
  return spans.flatMap(({ from, to }) => {
    const until = Math.min(to, end - SHORTENED_BY_MINUTES);
    return until > from ? [{ from, to: until }] : [];
  });
}

function written(open: Open): string {
  return typeof open === 'string' ? open : open.join(', ');
}

function spansText(spans: readonly Span[]): string {
  return spans.length === 0 ? 'closed' : spans.map(({ from, to }) => `${timeText(from)}-${timeText(to)}`).join(', ');
}
