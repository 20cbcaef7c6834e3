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
export function searching(sqlite: SQLite.Database, db: Kysely<Tables>): (asked: CallSearch) => Rows['calls'] {
  let queries: ReturnType<typeof searchQueries> | undefined;
  return (asked) => {
    // Made when first wanted: the thread that commits never looks for calls.
    queries ??= searchQueries(sqlite, db);
    return new Search(queries, asked).page();
  };
}

class Search {
  readonly #queries: ReturnType<typeof searchQueries>;
  readonly #asked: CallSearch;

  constructor(queries: ReturnType<typeof searchQueries>, asked: CallSearch) {
    this.#queries = queries;
    this.#asked = asked;
  }

  page(): Rows['calls'] {
    const found = this.#asked.parties.length === 0 ? this.#anybodys() : this.#byParties();
    return found.flatMap(({ call_id }) => this.#queries.recordOf(call_id) ?? []);
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
    const stretches = lead.flatMap((key) =>
      this.#classesOf(key).map(
        (of): Stretch =>
          (after, limit) =>
            this.#queries.ofParty({ ...key, class: of, after, since, limit }),
      ),
    );
    return this.#newest(stretches, (place) =>
      rest.every((keys) => keys.some((key) => this.#queries.isParty({ ...key, place }))),
    );
  }

  /** The newest calls of all stretches together that are `wanted`, as many as a page has. */
  #newest(stretches: readonly Stretch[], wanted: (place: Place) => boolean): readonly Place[] {
    const { limit, after } = this.#asked;
    const begin: Place = { started_at: after.startedAt, call_id: after.id, class: 0 };
    let best: Place[] = [];
    for (const stretch of stretches) {
      // What is older than all of a full page can not be on it.
      const isTooOld = (place: Place): boolean => {
        const last = best.length < limit ? undefined : best[limit - 1];
        return last !== undefined && newestFirst(place, last) > 0;
      };
      const found: Place[] = [];
      for (let from: Place | undefined = begin; from !== undefined && found.length < limit; ) {
        const stride = Math.min(STRIDE, limit);
        const some: readonly Place[] = stretch(from, stride);
        found.push(...some.filter(wanted));
        const last: Place | undefined = some.at(-1);
        from = last === undefined || some.length < stride || isTooOld(last) ? undefined : last;
      }
      if (found.length > 0) best = uniquely([...best, ...found].sort(newestFirst)).slice(0, limit);
    }
    return best;
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

  #callsOf(keys: readonly Key[]): number {
    let calls = 0;
    for (const key of keys) {
      calls += this.#queries.countUpTo({ ...key, limit: MANY });
      if (calls >= MANY) return MANY;
    }
    return calls;
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

function newestFirst(a: Place, b: Place): number {
  if (a.started_at !== b.started_at) return b.started_at - a.started_at;
  return a.call_id < b.call_id ? 1 : a.call_id > b.call_id ? -1 : 0;
}

/** One call may be found by several of the numbers that end alike. */
function uniquely(sorted: readonly Place[]): Place[] {
  return sorted.filter((place, index) => place.call_id !== sorted[index - 1]?.call_id);
}
