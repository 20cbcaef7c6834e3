/** The types of values that somebody asks for here, by their numbers in the file; the others are only stepped over. */
const POINTER = 1;
const TEXT = 2;
const UINT16 = 5;
const UINT32 = 6;
const MAP = 7;
const INT32 = 8;
const UINT64 = 9;
const ARRAY = 11;
const BOOLEAN = 14;

const NUMBERS: ReadonlySet<number> = new Set([UINT16, UINT32, INT32, UINT64]);
/** What a pointer of each length counts from. */
const POINTER_BASES = [0, 2_048, 526_336, 0];
/** Values stepped over for one answer, at most: the record of a city in nine languages has some two hundred. */
const VALUES_LOOKED_AT = 2_000;
const LONGEST_TEXT = 1_024;

interface Head {
  readonly type: number;
  /** Octets of the value, entries of a map or an array; where a pointer leads. */
  readonly size: number;
  /** Behind the head: where the value is. */
  readonly next: number;
}

/**
 * Values in an .mmdb file (https://maxmind.github.io/MaxMind-DB/), found by their keys. Only the way to the value that is asked
 * for is walked; what stands beside it is stepped over and its pointers are not followed, for in a hostile file they may unfold
 * to more than there is time for. Whatever is broken, too large or of another type is not there: nothing here throws.
 */
export class MmdbSection {
  readonly #octets: Buffer;
  readonly #start: number;
  readonly #end: number;

  /** @param start where pointers count from */
  constructor(octets: Buffer, start: number, end: number) {
    this.#octets = octets;
    this.#start = start;
    this.#end = Math.min(end, octets.length);
  }

  /** Where the value of this key is, in the map at `at`. */
  find(at: number | undefined, key: string): number | undefined {
    const map = this.#valueAt(at);
    if (map?.type !== MAP) return undefined;
    let next = map.next;
    let left = VALUES_LOOKED_AT;
    for (let entry = 0; entry < map.size; entry++) {
      const written = this.#headAt(next);
      const name = this.#valueAt(next);
      if (written === undefined || name?.type !== TEXT) return undefined;
      const value = written.type === POINTER ? written.next : written.next + written.size;
      if (this.#reads(name, key)) return value;
      const skipped = this.#behind(value, left);
      if (skipped === undefined) return undefined;
      next = skipped.next;
      left -= skipped.values;
    }
    return undefined;
  }

  text(at: number | undefined): string | undefined {
    const head = this.#valueAt(at);
    if (head?.type !== TEXT || head.size > LONGEST_TEXT || head.next + head.size > this.#end) return undefined;
    return this.#octets.toString('utf8', head.next, head.next + head.size);
  }

  number(at: number | undefined): number | undefined {
    const head = this.#valueAt(at);
    if (head === undefined || !NUMBERS.has(head.type)) return undefined;
    const { type, size, next } = head;
    if (size > 8 || next + size > this.#end) return undefined;
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + this.#octets[next + i]!;
    return type === INT32 ? value | 0 : value;
  }

  /** The head of the value there, or there by a pointer; a pointer to a pointer is not allowed in a file. */
  #valueAt(at: number | undefined): Head | undefined {
    const head = at === undefined ? undefined : this.#headAt(at);
    if (head?.type !== POINTER) return head;
    const led = this.#headAt(head.size);
    return led?.type === POINTER ? undefined : led;
  }

  /** Where the next value begins, and how many there were up to it. */
  #behind(at: number, most: number): { readonly next: number; readonly values: number } | undefined {
    let next = at;
    let values = 0;
    for (let waiting = 1; waiting > 0; waiting--) {
      const head = ++values > most ? undefined : this.#headAt(next);
      if (head === undefined) return undefined;
      const { type, size } = head;
      next = head.next;
      if (type === MAP) waiting += 2 * size;
      else if (type === ARRAY) waiting += size;
      else if (type !== POINTER && type !== BOOLEAN) next += size;
    }
    return { next, values };
  }

  #headAt(at: number): Head | undefined {
    if (!(at >= this.#start && at < this.#end)) return undefined;
    const octets = this.#octets;
    const control = octets[at]!;
    let next = at + 1;
    let type = control >>> 5;
    if (type === POINTER) {
      const length = (control >>> 3) & 3;
      if (next + length + 1 > this.#end) return undefined;
      const high = length === 3 ? 0 : (control & 7) * 2 ** (8 * (length + 1));
      const led = high + octets.readUIntBE(next, length + 1) + POINTER_BASES[length]!;
      return { type, size: this.#start + led, next: next + length + 1 };
    }
    if (type === 0) type = 7 + (octets[next++] ?? 0);
    const size = control & 31;
    if (size < 29) return { type, size, next };
    const more = size - 28;
    if (next + more > this.#end) return undefined;
    const base = size === 29 ? 29 : size === 30 ? 285 : 65_821;
    return { type, size: base + octets.readUIntBE(next, more), next: next + more };
  }

  #reads({ size, next }: Head, text: string): boolean {
    return (
      size === text.length && next + size <= this.#end && this.#octets.toString('latin1', next, next + size) === text
    );
  }
}
