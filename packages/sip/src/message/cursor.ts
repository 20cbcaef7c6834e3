import { BACKSLASH, CHARACTER_CLASSES, QUOTE, SPACE, TAB, TOKEN } from './chars.ts';
import type { ValueFault } from './value-fault.ts';

const BEYOND_OCTETS = /[^\0-\xff]/;

/**
 * A place in a header value, moving forward only. The readers of the grammar take one, leave it behind what they read,
 * and answer `undefined` after {@link fail}; so a value is read in place, without cutting the message into pieces.
 *
 * It holds the same characters twice, as octets and as text: octets are several times faster to look at one by one,
 * text is what pieces are cut from.
 */
export class Cursor {
  /** Offset of the next character. */
  at: number;
  readonly octets: Uint8Array;
  readonly text: string;
  end: number;
  /** The first fault, and where it is; set once. */
  fault: ValueFault | undefined;
  faultAt: number;

  /** @param text the octets as latin1, offset for offset */
  constructor(octets: Uint8Array, text: string, at: number, end: number) {
    this.octets = octets;
    this.text = text;
    this.at = at;
    this.end = end;
    this.fault = undefined;
    this.faultAt = 0;
  }

  /** Over a whole wire string; a text with characters above 0xFF is taken as Unicode and read as its UTF-8 octets. */
  static over(text: string): Cursor {
    if (!BEYOND_OCTETS.test(text)) return new Cursor(Buffer.from(text, 'latin1'), text, 0, text.length);
    const encoded = Buffer.from(text, 'utf8');
    return new Cursor(encoded, encoded.toString('latin1'), 0, encoded.length);
  }

  /** To another value of the same text; what was found before is forgotten. */
  moveTo(at: number, end: number): this {
    this.at = at;
    this.end = end;
    this.fault = undefined;
    this.faultAt = 0;
    return this;
  }

  get atEnd(): boolean {
    return this.at >= this.end;
  }

  /** Notes the fault here and returns undefined, for `return cursor.fail(…)`. */
  fail(fault: ValueFault): undefined {
    if (this.fault === undefined) {
      this.fault = fault;
      this.faultAt = this.at;
    }
    return undefined;
  }

  /** Code of the next character, -1 at the end. */
  peek(): number {
    return this.at < this.end ? this.octets[this.at]! : -1;
  }

  /** Code of the character so many places ahead, -1 beyond the end. */
  peekAhead(distance: number): number {
    const at = this.at + distance;
    return at < this.end ? this.octets[at]! : -1;
  }

  /** Steps over one character when it is this one. */
  take(code: number): boolean {
    if (this.at >= this.end || this.octets[this.at] !== code) return false;
    this.at++;
    return true;
  }

  /** LWS and SWS of RFC 3261 §25.1; folds were undone before. */
  skipSpace(): void {
    while (this.at < this.end) {
      const code = this.octets[this.at];
      if (code !== SPACE && code !== TAB) return;
      this.at++;
    }
  }

  /** Steps over the longest run of characters of the classes in `bits`. */
  skipRun(bits: number): void {
    const { octets, end } = this;
    let at = this.at;
    while (at < end && (CHARACTER_CLASSES[octets[at]!]! & bits) !== 0) at++;
    this.at = at;
  }

  /** The text from an earlier place up to here. */
  since(start: number): string {
    return this.text.slice(start, this.at);
  }

  /** True when this ASCII text stands at an earlier place. */
  stoodOn(text: string, start: number): boolean {
    const { octets } = this;
    for (let at = 0; at < text.length; at++) if (octets[start + at] !== text.charCodeAt(at)) return false;
    return true;
  }

  /** The longest run of characters of the classes in `bits`; may be empty. */
  run(bits: number): string {
    const start = this.at;
    this.skipRun(bits);
    return this.text.slice(start, this.at);
  }

  /** A token, or the empty string when none is here. */
  token(): string {
    return this.run(TOKEN);
  }

  /** A token with its ASCII letters in lower case. */
  tokenInLowerCase(): string {
    const start = this.at;
    this.skipRun(TOKEN);
    for (let at = start; at < this.at; at++) {
      const octet = this.octets[at]!;
      if (octet >= 0x41 && octet <= 0x5a) return this.since(start).toLowerCase();
    }
    return this.since(start);
  }

  /**
   * A quoted string with its quotes, as written (RFC 3261 §25.1). Stands on the opening quote.
   * Octets above 0x7F and the escaped control characters of `quoted-pair` are let through.
   */
  quoted(): string | undefined {
    const { octets, end } = this;
    for (let at = this.at + 1; at < end; at++) {
      const code = octets[at]!;
      if (code === QUOTE) {
        const start = this.at;
        this.at = at + 1;
        return this.text.slice(start, at + 1);
      }
      if (code === BACKSLASH) at++;
    }
    return this.fail('unterminated-quote');
  }
}
