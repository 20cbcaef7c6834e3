import { bad, good, type Parsed } from '@vats/kernel';
import { sameToken } from './chars.ts';
import { Cursor } from './cursor.ts';
import { type HeadIndex, isFolded, nameLengthOf, numberOf, STRIDE, unfolded } from './head-index.ts';
import { headerNumber, nameOf, UNKNOWN_HEADER } from './header-names.ts';
import { readList, splitRest } from './lists.ts';
import { finish, type Reader, type ValueFault } from './value-fault.ts';

const NO_TEXTS: readonly string[] = [];

/** One header line as it came (RFC 3261 §7.3.1): the name as written, the value with its folds undone. */
export interface HeaderLine {
  /** As written: long or compact, any case. */
  readonly name: string;
  /** Folds undone, blanks at both ends removed. */
  readonly value: string;
}

/**
 * The header lines of one message, found through the index of its head. A place is the offset of a line's entry in the
 * index; -1 is none. Headers that the stack knows are asked for by number, others by name.
 */
export class HeaderLines {
  readonly #cursor: Cursor;
  /** The head as latin1: offsets are those of the octets. */
  readonly #text: string;
  readonly #entries: readonly number[];
  readonly #index: HeadIndex;

  constructor(octets: Uint8Array, text: string, index: HeadIndex) {
    this.#cursor = new Cursor(octets, text, 0, 0);
    this.#text = text;
    this.#entries = index.entries;
    this.#index = index;
  }

  /** Every line in wire order. */
  all(): HeaderLine[] {
    const entries = this.#entries;
    const lines: HeaderLine[] = [];
    for (let at = 0; at < entries.length; at += STRIDE) {
      const from = entries[at + 1]!;
      lines.push({ name: this.#text.slice(from, from + nameLengthOf(entries[at]!)), value: this.valueAt(at) });
    }
    return lines;
  }

  /** Place of the first line of a known header. */
  first(number: number): number {
    return (this.#index.present & (1 << number)) === 0 ? -1 : this.#find(number, 0);
  }

  /** Place of the next line of the same known header. */
  next(number: number, place: number): number {
    return (this.#index.repeated & (1 << number)) === 0 ? -1 : this.#find(number, place + STRIDE);
  }

  /** Place of the first line with this name behind another place; the name is long or compact, in any case. */
  named(name: string, after: number = -STRIDE): number {
    const number = headerNumber(name);
    if (number !== UNKNOWN_HEADER) return after < 0 ? this.first(number) : this.next(number, after);
    const entries = this.#entries;
    for (let at = after + STRIDE; at < entries.length; at += STRIDE) {
      const meta = entries[at]!;
      const start = entries[at + 1]!;
      if (nameLengthOf(meta) !== name.length || numberOf(meta) !== UNKNOWN_HEADER) continue;
      if (sameToken(this.#text.slice(start, start + name.length), name)) return at;
    }
    return -1;
  }

  /** The value of the line at a place, folds undone. */
  valueAt(place: number): string {
    const written = this.#text.slice(this.#entries[place + 2]!, this.#entries[place + 3]!);
    return isFolded(this.#entries[place]!) ? unfolded(written) : written;
  }

  /**
   * A cursor over a value in place; over a copy without folds when it is folded. It is the same one every time: read a
   * value before asking for the next.
   */
  cursorAt(place: number): Cursor {
    if (isFolded(this.#entries[place]!)) return Cursor.over(this.valueAt(place));
    return this.#cursor.moveTo(this.#entries[place + 2]!, this.#entries[place + 3]!);
  }

  /** The first line of a header that has one value; undefined when there is none. */
  single<T>(number: number, read: Reader<T>): Parsed<T, ValueFault> | undefined {
    const place = this.first(number);
    return place < 0 ? undefined : finish(this.cursorAt(place), read, nameOf(number));
  }

  /** The first value of a header's first line, whatever follows it; undefined when there is none. */
  foremost<T>(number: number, read: Reader<T>): Parsed<T, ValueFault> | undefined {
    const place = this.first(number);
    if (place < 0) return undefined;
    const cursor = this.cursorAt(place);
    const start = cursor.at;
    const value = read(cursor);
    return value === undefined ? bad(cursor.fault ?? 'bad-param', cursor.faultAt - start, nameOf(number)) : good(value);
  }

  /** All values of all lines of a header, read; undefined when there is no line. */
  list<T>(number: number, read: Reader<T>): Parsed<readonly T[], ValueFault> | undefined {
    const first = this.first(number);
    if (first < 0) return undefined;
    return this.#loneValue(number, first, read) ?? this.#list(number, first, read);
  }

  /** What most lists are: one line with one value. Undefined for all others, and for a fault. */
  #loneValue<T>(number: number, place: number, read: Reader<T>): Parsed<readonly T[], ValueFault> | undefined {
    if (this.next(number, place) >= 0) return undefined;
    const cursor = this.cursorAt(place);
    const value = read(cursor);
    cursor.skipSpace();
    return value !== undefined && cursor.atEnd ? good([value]) : undefined;
  }

  #list<T>(number: number, first: number, read: Reader<T>): Parsed<readonly T[], ValueFault> {
    const values: T[] = [];
    for (let place = first; place >= 0; place = this.next(number, place)) {
      const cursor = this.cursorAt(place);
      const start = cursor.at;
      if (!readList(cursor, read, values)) {
        return bad(cursor.fault ?? 'bad-param', cursor.faultAt - start, nameOf(number));
      }
    }
    return good(values);
  }

  /** All values of all lines of a header as texts, empty ones left out. */
  texts(number: number): readonly string[] {
    if (this.first(number) < 0) return NO_TEXTS;
    const values: string[] = [];
    for (let place = this.first(number); place >= 0; place = this.next(number, place)) {
      splitRest(this.cursorAt(place), values);
    }
    return values;
  }

  #find(number: number, from: number): number {
    const entries = this.#entries;
    for (let at = from; at < entries.length; at += STRIDE) if (numberOf(entries[at]!) === number) return at;
    return -1;
  }
}
