/** Says that a text is not plain: the library has to read it. */
export const NOT_PLAIN = Symbol('not plain');

/**
 * The value of a part of a YAML text (`key: …`, or `- …` of a list), many times as fast as the library, which makes trees with
 * places and comments that nobody asks for unless something is wrong. Only what most of a PBX file consists of is taken: block
 * mappings and lists, flow ones on one line, plain scalars of harmless characters, quoted ones without escapes. At anything
 * else, and at anything that might be a fault, it gives up, so that all faults are found and told by the library alone.
 *
 * @returns what `toJS` of the library would give, or `NOT_PLAIN`
 */
export function readPlain(text: string, from: number, to: number): unknown {
  try {
    return new PlainReader(text, from, to).whole();
  } catch (error) {
    if (error === NOT_PLAIN) return NOT_PLAIN;
    throw error;
  }
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const DASH = 0x2d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/** A key with its colon, and white space behind it. */
const KEY = /(?:([A-Za-z][A-Za-z0-9_-]{0,99})|"([^"\\\p{Cc}]{1,100})"):(?=[ \r\n]|$)/uy;
/** A scalar without quotes: `:` only inside words, `#` not at all. */
const BARE = /[\p{L}0-9+/_](?:[\p{L}0-9 .,_/+*()@=;-]|:(?=[\p{L}0-9/]))*/uy;
const BARE_IN_FLOW = /[\p{L}0-9+/_](?:[\p{L}0-9 ._/+*()@=;-]|:(?=[\p{L}0-9/]))*/uy;
const IN_QUOTES = /"([^"\\\p{Cc}]*)"/uy;
const IN_APOSTROPHES = /'([^'\p{Cc}]*)'/uy;
const KNOWN_WORD = /^(?:true|false|null)$/i;
/** Whatever the core schema may take for a number (YAML 1.2.2 §10.3.2); of these only short whole ones are read here. */
const NUMERIC = /^[-+]?(?:0[ox][0-9a-fA-F]*|[0-9]+\.?[0-9]*(?:[eE][-+]?[0-9]*)?)$/;
const WHOLE_NUMBER = /^(?:0|[1-9][0-9]{0,14})$/;

class PlainReader {
  readonly #text: string;
  readonly #to: number;
  #at: number;
  /** Where the line that `#at` is on begins. */
  #line: number;

  constructor(text: string, from: number, to: number) {
    this.#text = text;
    this.#at = from;
    this.#line = from;
    this.#to = to;
  }

  whole(): unknown {
    this.#toContent();
    const value = this.#block();
    if (!this.#isOver) throw NOT_PLAIN;
    return value;
  }

  get #column(): number {
    return this.#at - this.#line;
  }

  get #isOver(): boolean {
    return this.#at >= this.#to;
  }

  /** What begins here, with all of its lines; ends at the next content. */
  #block(): unknown {
    const column = this.#column;
    if (this.#isDash()) return this.#list(false);
    const key = this.#key();
    if (key !== undefined) return this.#mapping(key, column);
    return this.#lastOfLine();
  }

  /** @param underKey whether the list stands at its key's column (YAML 1.2.2 §8.2.1), and may be followed by the next key */
  #list(underKey: boolean): unknown[] {
    const column = this.#column;
    const items: unknown[] = [];
    do {
      this.#at++;
      this.#spaces();
      if (this.#isEndOfLine()) this.#toDeeper(column);
      items.push(this.#block());
    } while (this.#goesOn(column) && (this.#isDash() || !underKey) && this.#mustBe(this.#isDash()));
    return items;
  }

  #mapping(first: string, column: number): Record<string, unknown> {
    const mapping: Record<string, unknown> = {};
    put(mapping, first, this.#valueOfKey(column));
    while (this.#goesOn(column)) {
      const key = this.#key();
      if (key === undefined) throw NOT_PLAIN;
      put(mapping, key, this.#valueOfKey(column));
    }
    return mapping;
  }

  #valueOfKey(column: number): unknown {
    this.#spaces();
    if (!this.#isEndOfLine()) return this.#lastOfLine();
    this.#endOfLine();
    if (!this.#isOver && this.#column === column && this.#isDash()) return this.#list(true);
    this.#mustBe(!this.#isOver && this.#column > column);
    return this.#block();
  }

  #lastOfLine(): unknown {
    const value = this.#value(BARE);
    this.#endOfLine();
    return value;
  }

  #value(bare: RegExp): unknown {
    switch (this.#text.charCodeAt(this.#at)) {
      case OPEN_MAP:
        return this.#flowMapping();
      case OPEN_LIST:
        return this.#flowList();
      case QUOTE:
        return this.#match(IN_QUOTES)[1];
      case APOSTROPHE: {
        const text = this.#match(IN_APOSTROPHES)[1];
        this.#mustBe(this.#text.charCodeAt(this.#at) !== APOSTROPHE);
        return text;
      }
      default:
        return scalarOf(this.#match(bare)[0].trimEnd());
    }
  }

  #flowMapping(): Record<string, unknown> {
    const mapping: Record<string, unknown> = {};
    this.#at++;
    for (this.#spaces(); !this.#closes(CLOSE_MAP, Object.keys(mapping).length > 0); ) {
      const key = this.#key();
      if (key === undefined) throw NOT_PLAIN;
      this.#spaces();
      put(mapping, key, this.#value(BARE_IN_FLOW));
    }
    return mapping;
  }

  #flowList(): unknown[] {
    const items: unknown[] = [];
    this.#at++;
    for (this.#spaces(); !this.#closes(CLOSE_LIST, items.length > 0); ) items.push(this.#value(BARE_IN_FLOW));
    return items;
  }

  /** Whether a flow collection ends here; if it does not, it stands at its next entry then. */
  #closes(bracket: number, hasEntries: boolean): boolean {
    this.#spaces();
    if (this.#text.charCodeAt(this.#at) === bracket) {
      this.#at++;
      return true;
    }
    if (!hasEntries) return false;
    this.#mustBe(this.#text.charCodeAt(this.#at) === COMMA);
    this.#at++;
    this.#spaces();
    return false;
  }

  /** The key that begins here; it stands behind its colon then. */
  #key(): string | undefined {
    KEY.lastIndex = this.#at;
    const found = KEY.exec(this.#text);
    if (found === null) return undefined;
    this.#at = KEY.lastIndex;
    const [, bare, quoted] = found;
    this.#mustBe(bare === undefined || !KNOWN_WORD.test(bare));
    return bare ?? quoted;
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw NOT_PLAIN;
    this.#at = pattern.lastIndex;
    return found;
  }

  /** Whether the next content is another entry of the collection at this column. Deeper content belongs to nothing that is read here. */
  #goesOn(column: number): boolean {
    if (this.#isOver || this.#column < column) return false;
    return this.#mustBe(this.#column === column);
  }

  #toDeeper(column: number): void {
    this.#endOfLine();
    this.#mustBe(!this.#isOver && this.#column > column);
  }

  #isDash(): boolean {
    if (this.#text.charCodeAt(this.#at) !== DASH) return false;
    const next = this.#text.charCodeAt(this.#at + 1);
    return next === SPACE || next === LF || next === CR;
  }

  #spaces(): void {
    while (this.#text.charCodeAt(this.#at) === SPACE) this.#at++;
  }

  /** Whether nothing but a comment is left of this line. */
  #isEndOfLine(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    return this.#isOver || code === LF || code === CR || (code === HASH && this.#isBehindSpace());
  }

  #isBehindSpace(): boolean {
    return this.#at === this.#line || this.#text.charCodeAt(this.#at - 1) === SPACE;
  }

  /** Leaves this line, of which nothing may be left, for the next content. */
  #endOfLine(): void {
    this.#spaces();
    this.#mustBe(this.#isEndOfLine());
    this.#toNextLine();
    this.#toContent();
  }

  /** Goes to the first character of this or a later line that is no comment. */
  #toContent(): void {
    for (this.#spaces(); !this.#isOver && this.#isEndOfLine(); this.#spaces()) this.#toNextLine();
  }

  #toNextLine(): void {
    const newline = this.#text.indexOf('\n', this.#at);
    this.#at = newline < 0 ? this.#to : newline + 1;
    this.#line = this.#at;
  }

  #mustBe(holds: boolean): true {
    if (!holds) throw NOT_PLAIN;
    return true;
  }
}

function put(mapping: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__' || Object.hasOwn(mapping, key)) throw NOT_PLAIN;
  mapping[key] = value;
}

function scalarOf(text: string): unknown {
  const first = text.charCodeAt(0);
  // Most words begin with a letter, and none of those is a number.
  if (first > 0x39) {
    if (!KNOWN_WORD.test(text)) return text;
    if (text === 'true') return true;
    if (text === 'false') return false;
    throw NOT_PLAIN;
  }
  if (WHOLE_NUMBER.test(text)) return Number(text);
  if (NUMERIC.test(text)) throw NOT_PLAIN;
  return text;
}
