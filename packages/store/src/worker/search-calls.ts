import type SQLite from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { reversedDigits } from '../reversed-digits.ts';
import { TOO_WIDE } from './codes.ts';
import type { CallSearch, Rows, SoughtParty } from './messages.ts';
import { type Place, searchQueries } from './search-queries.ts';
import type { Tables } from './tables.ts';

/** Numbers that a search by a number's end may mean; each costs a few looks. */
const MOST_NUMBERS = 1_000;
/** How many calls are taken from an index at a time where not all of them fit. */
const STRIDE = 200;
/** Parties with more calls than this are all alike to whoever chooses with which one to begin. */
const MANY = 2_000;
/** Calls looked at in vain for one page: where two parties have many calls and few together, the next page goes on from there. */
const MOST_IN_VAIN = 2_000;
/** A party with fewer calls than this is read whole, by one look instead of one for each class. */
const FEW = 32;

interface Key {
  readonly domain: string;
  readonly kind: string;
  readonly key: string;
}

/** Calls from the newest to the oldest, from one stretch of one index. */
type Stretch = (after: Place, limit: number) => readonly Place[];

/**
 * What finds finished calls. Whatever is asked for, its calls are the merger of some stretches of indexes, each of them newest
 * first: a page costs what is on it, however many calls there are.
 */
export function searching(
  sqlite: SQLite.Database,
  db: Kysely<Tables>,
  mostInVain = MOST_IN_VAIN,
): (asked: CallSearch) => Rows['calls'] {
  let queries: ReturnType<typeof searchQueries> | undefined;
  return (asked) => {
    // Made when first wanted: the thread that commits never looks for calls.
    queries ??= searchQueries(sqlite, db);
    return new Search(queries, asked, mostInVain).page();
  };
}

class Search {
  readonly #queries: ReturnType<typeof searchQueries>;
  readonly #asked: CallSearch;
  /** How many calls may yet be looked at in vain. */
  #left: number;
  /** Down to where every stretch was looked through; undefined: to its end, or to that of the page. */
  #horizon: Place | undefined;

  constructor(queries: ReturnType<typeof searchQueries>, asked: CallSearch, mostInVain: number) {
    this.#queries = queries;
    this.#asked = asked;
    this.#left = mostInVain;
  }

  page(): Rows['calls'] {
    const all = this.#asked.parties.length === 0 ? this.#anybodys() : this.#byParties();
    const found = all.filter((place) => !this.#isBeyond(place));
    const records = found.flatMap(({ call_id }) => this.#queries.recordOf(call_id) ?? []);
    const horizon = found.length < this.#asked.limit ? this.#horizon : undefined;
    return {
      records: records.map(({ record }) => record),
      ...(horizon !== undefined && { lookedBackTo: { startedAt: horizon.started_at, id: horizon.call_id } }),
    };
  }

  #anybodys(): readonly Place[] {
    const { domain, classes } = this.#asked;
    const { ofAll, ofDomain, ofClass } = this.#queries;
    const { since } = this.#asked;
    if (classes === undefined) {
      const stretch: Stretch = (after, limit) =>
        domain === undefined ? ofAll({ after, since, limit }) : ofDomain({ domain, after, since, limit });
      return this.#newest([stretch], () => true);
    }
    const stretches = this.#domains().flatMap((each) =>
      classes.map(
        (of): Stretch =>
          (after, limit) =>
            ofClass({ domain: each, class: of, after, since, limit }),
      ),
    );
    return this.#newest(stretches, () => true);
  }

  #byParties(): readonly Place[] {
    const found = this.#domains().flatMap((domain) => this.#byPartiesOf(domain));
    return found.sort(newestFirst).slice(0, this.#asked.limit);
  }

  #byPartiesOf(domain: string): readonly Place[] {
    const keysOfEach = this.#asked.parties.map((sought) => this.#keysOf(domain, sought));
    // Whoever has the fewest calls leads; each of them is then asked for the others.
    const [lead, ...rest] = keysOfEach
      .map((keys) => ({ keys, calls: keysOfEach.length === 1 ? 0 : this.#callsOf(keys) }))
      .sort((a, b) => a.calls - b.calls)
      .map(({ keys }) => keys);
    if (lead === undefined) return [];
    const { since } = this.#asked;
    const stretches = lead.flatMap((key): Stretch[] => {
      const few = lead.length === 1 ? undefined : this.#fewOf(key);
      if (few !== undefined) return few.length === 0 ? [] : [among(few)];
      return this.#classesOf(key).map(
        (of): Stretch =>
          (after, limit) =>
            this.#queries.ofParty({ ...key, class: of, after, since, limit }),
      );
    });
    return this.#newest(stretches, (place) =>
      rest.every((keys) => keys.some((key) => this.#queries.isParty({ ...key, place }))),
    );
  }

  /**
   * The newest calls of all stretches together that are `wanted`, as many as a page has; fewer, and a horizon, where too many were
   * looked at in vain. Each stretch has its share of what is left, and one stride at least: a next page always goes on.
   */
  #newest(stretches: readonly Stretch[], wanted: (place: Place) => boolean): readonly Place[] {
    const { limit, after } = this.#asked;
    const begin: Place = { started_at: after.startedAt, call_id: after.id, class: 0 };
    let best: Place[] = [];
    for (const [index, stretch] of stretches.entries()) {
      const share = Math.floor(this.#left / (stretches.length - index));
      // What is older than all of a full page can not be on it.
      const isTooOld = (place: Place): boolean => {
        if (this.#isBeyond(place)) return true;
        const last = best.length < limit ? undefined : best[limit - 1];
        return last !== undefined && newestFirst(place, last) > 0;
      };
      const found: Place[] = [];
      let inVain = 0;
      for (let from: Place | undefined = begin; from !== undefined && found.length < limit; ) {
        const stride = Math.min(STRIDE, limit);
        const some: readonly Place[] = stretch(from, stride);
        const good = some.filter(wanted);
        found.push(...good);
        inVain += some.length - good.length;
        const last: Place | undefined = some.at(-1);
        from = last === undefined || some.length < stride || isTooOld(last) ? undefined : last;
        if (from === undefined || inVain <= share || found.length >= limit) continue;
        this.#horizon = from;
        from = undefined;
      }
      this.#left = Math.max(0, this.#left - inVain);
      if (found.length > 0) best = uniquely([...best, ...found].sort(newestFirst)).slice(0, limit);
    }
    return best;
  }

  #isBeyond(place: Place): boolean {
    return this.#horizon !== undefined && newestFirst(place, this.#horizon) > 0;
  }

  /** In how many domains there are calls, of those that are asked for. */
  #domains(): readonly string[] {
    const { domain } = this.#asked;
    return domain === undefined ? this.#queries.domains() : [domain];
  }

  #keysOf(domain: string, { keys, endingReversed }: SoughtParty): Key[] {
    const all: Key[] = keys.map((key) => ({ domain, ...key }));
    if (endingReversed === undefined) return all;
    const numbers = this.#queries.numbersEnding({ domain, reversed: endingReversed, limit: MOST_NUMBERS + 1 });
    if (numbers.length > MOST_NUMBERS) {
      const digits = reversedDigits(endingReversed) ?? endingReversed;
      const message = `more than ${MOST_NUMBERS} numbers end in ${digits}`;
      throw Object.assign(new Error(message), { code: TOO_WIDE });
    }
    const known = new Set(all.filter(({ kind }) => kind === 'number').map(({ key }) => key));
    for (const { number } of numbers) if (!known.has(number)) all.push({ domain, kind: 'number', key: number });
    return all;
  }

  /** How many of their calls may be on the page or after it: those of the classes and the time that are asked for. */
  #callsOf(keys: readonly Key[]): number {
    const { since, after } = this.#asked;
    const begin: Place = { started_at: after.startedAt, call_id: after.id, class: 0 };
    let calls = 0;
    for (const key of keys) {
      for (const of of this.#classesOf(key)) {
        calls += this.#queries.countUpTo({ ...key, class: of, after: begin, since, limit: MANY - calls });
        if (calls >= MANY) return MANY;
      }
    }
    return calls;
  }

  /** All calls of a party that are asked for, newest first; undefined where it has many. Of numbers that end alike most have few. */
  #fewOf(key: Key): readonly Place[] | undefined {
    const all = this.#queries.anyOf({ ...key, limit: FEW });
    if (all.length === FEW) return undefined;
    const { classes, since } = this.#asked;
    return all
      .filter((place) => place.started_at >= since && classes?.includes(place.class) !== false)
      .sort(newestFirst);
  }

  /** The classes of this party's calls, of those that are asked for. Most numbers have calls of one or two. */
  #classesOf(key: Key): number[] {
    const { classes } = this.#asked;
    const found: number[] = [];
    for (let of = -1; ; ) {
      const next = this.#queries.nextClass({ ...key, class: of });
      if (next === undefined) return found;
      if (classes === undefined || classes.includes(next)) found.push(next);
      of = next;
    }
  }
}

function among(places: readonly Place[]): Stretch {
  return (after, limit) => places.filter((place) => newestFirst(place, after) > 0).slice(0, limit);
}

function newestFirst(a: Place, b: Place): number {
  if (a.started_at !== b.started_at) return b.started_at - a.started_at;
  return a.call_id < b.call_id ? 1 : a.call_id > b.call_id ? -1 : 0;
}

/** One call may be found by several of the numbers that end alike. */
function uniquely(sorted: readonly Place[]): Place[] {
  return sorted.filter((place, index) => place.call_id !== sorted[index - 1]?.call_id);
}
