import { atOnce, type Steps } from '@vats/kernel';
import type { NumberPlace } from './number-place.ts';
import { regionKey, regionParts } from './region-name.ts';

/** A place without its operator. */
export type RegisteredPlace = Omit<NumberPlace, 'operator'>;

/**
 * Ranges of Russian numbers, rising, none over another. Numbers are the ten digits behind +7, as numbers; `places` and `operators` are
 * positions in the two lists. Columns, because half a million objects are ten times as large.
 */
export interface RegisterTable {
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly place: Uint32Array;
  readonly operator: Uint32Array;
  readonly places: readonly RegisteredPlace[];
  readonly operators: readonly string[];
}

/** A file that the register was made of. */
export interface RegisterFile {
  /** As the operator named it. */
  readonly name: string;
  /** Ranges that it has. */
  readonly lines: number;
}

/** The register as it is kept. */
export interface StoredRegister {
  /** Wall time in ms. */
  readonly importedAt: number;
  readonly files: readonly RegisterFile[];
  readonly table: RegisterTable;
}

/** A name that regions go by, and how many numbers it has. */
export interface RegionName {
  readonly name: string;
  readonly numbers: number;
}

/** Which number is whose and from where, by the register of the regulator. Immutable: an import makes another one. */
export class NumberRegister {
  readonly #table: RegisterTable;
  #names: ReadonlyMap<string, RegionName> | undefined;

  /** @throws RangeError for ranges that do not rise, which would be looked for in vain */
  constructor(table: RegisterTable) {
    const { first, last } = table;
    for (let at = 0; at < first.length; at++) {
      if (first[at]! > last[at]! || (at > 0 && first[at]! <= last[at - 1]!)) {
        throw new RangeError(`range ${at} of the numbering register does not come after the one before`);
      }
    }
    this.#table = table;
  }

  /** How many ranges. */
  get size(): number {
    return this.#table.first.length;
  }

  /** How many numbers. */
  get numbers(): number {
    const { first, last } = this.#table;
    let numbers = 0;
    for (let at = 0; at < first.length; at++) numbers += last[at]! - first[at]! + 1;
    return numbers;
  }

  get operators(): number {
    return this.#table.operators.length;
  }

  /** Whose number it is, and from where; undefined for one that is none of Russia (+7 and ten digits), or in no range. */
  find(number: string): NumberPlace | undefined {
    if (!/^\+7\d{10}$/.test(number)) return undefined;
    const wanted = Number(number.slice(2));
    const { first, last, place, operator, places, operators } = this.#table;
    let [low, high] = [0, first.length - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (wanted < first[middle]!) high = middle - 1;
      else if (wanted > last[middle]!) low = middle + 1;
      else return { ...places[place[middle]!]!, operator: operators[operator[middle]!]! };
    }
    return undefined;
  }

  /** Whether some range goes by that name of a region. */
  has(name: string): boolean {
    return this.names.has(regionKey(name));
  }

  /** Every name that regions go by, as the register writes it, by its key. Made when first asked for, if not before. */
  get names(): ReadonlyMap<string, RegionName> {
    return this.#names ?? atOnce(this.naming());
  }

  /** Makes the names in steps, for a switch with calls. */
  *naming(): Steps<ReadonlyMap<string, RegionName>> {
    this.#names ??= yield* namesOf(this.#table);
    return this.#names;
  }
}

/** Places between two steps: few milliseconds of work. */
const STEP = 100;

function* namesOf({ first, last, place, places }: RegisterTable): Steps<ReadonlyMap<string, RegionName>> {
  const numbers = new Float64Array(places.length);
  for (let at = 0; at < first.length; at++) numbers[place[at]!]! += last[at]! - first[at]! + 1;
  const names = new Map<string, RegionName>();
  for (const [index, { region, territory = '' }] of places.entries()) {
    if (index % STEP === 0) yield;
    // One place counts once for each of its names, however often its two texts say it.
    const own = new Map([...regionParts(territory), ...regionParts(region)].map((name) => [regionKey(name), name]));
    for (const [key, name] of own) {
      const known = names.get(key);
      names.set(key, { name: known?.name ?? name, numbers: (known?.numbers ?? 0) + numbers[index]! });
    }
  }
  return names;
}
