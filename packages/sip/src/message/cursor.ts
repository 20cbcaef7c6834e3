import { BACKSLASH, CHARACTER_CLASSES, QUOTE, SPACE, TAB, TOKEN } from './chars.ts';
import type { ValueFault } from './value-fault.ts';

/**
 * A place in a header value, moving forward only. The readers of the grammar take one, leave it behind what they read,
 * and answer `undefined` after {@link fail}; so a value is read in place, without cutting the message into pieces.
 */
export class Cursor {
  /** Offset in `text` of the next character. */
  at: number;
  readonly text: string;
  readonly end: number;
  /** The first fault, and where it is; set once. */
  fault: ValueFault | undefined;
  faultAt: number;

  constructor(text: string, at = 0, end = text.length) {
    this.text = text;
    this.at = at;
    this.end = end;
    this.fault = undefined;
    this.faultAt = 0;
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
    return this.at < this.end ? this.text.charCodeAt(this.at) : -1;
  }

  /** Steps over one character when it is this one. */
  take(code: number): boolean {
    if (this.at >= this.end || this.text.charCodeAt(this.at) !== code) return false;
    this.at++;
    return true;
  }

  /** LWS and SWS of RFC 3261 §25.1; folds were undone before. */
  skipSpace(): void {
    while (this.at < this.end) {
      const code = this.text.charCodeAt(this.at);
      if (code !== SPACE && code !== TAB) return;
      this.at++;
    }
  }

  /** The longest run of characters of the classes in `bits`; may be empty. */
  run(bits: number): string {
    const start = this.at;
    this.skipRun(bits);
    return this.text.slice(start, this.at);
  }

  skipRun(bits: number): void {
    const { text, end } = this;
    let at = this.at;
    while (at < end && (CHARACTER_CLASSES[text.charCodeAt(at)]! & bits) !== 0) at++;
    this.at = at;
  }

  /** A token, or the empty string when none is here. */
  token(): string {
    return this.run(TOKEN);
  }

  /**
   * A quoted string with its quotes, as written (RFC 3261 §25.1). Stands on the opening quote.
   * Octets above 0x7F and the escaped control characters of `quoted-pair` are let through.
   */
  quoted(): string | undefined {
    const start = this.at++;
    while (this.at < this.end) {
      const code = this.text.charCodeAt(this.at++);
      if (code === QUOTE) return this.text.slice(start, this.at);
      if (code === BACKSLASH) this.at++;
    }
    this.at = start;
    return this.fail('unterminated-quote');
  }
}
