import type { Cursor } from './cursor.ts';
import { readUriParams, UriParams } from './uri-params.ts';
import { printable, UnsafeValue } from './wire-text.ts';

/** A tel URI (RFC 3966 §3): a telephone number and its parameters. */
export class TelUri {
  readonly kind = 'tel';
  readonly scheme = 'tel';
  /** The number as written, with its visual separators. */
  readonly number: string;
  readonly params: UriParams;

  constructor(number: string, params: UriParams) {
    this.number = number;
    this.params = params;
  }

  /**
   * @throws UnsafeValue when the number is none
   * @example TelUri.of('+74951234567').toString() === 'tel:+74951234567'
   */
  static of(number: string, params: Readonly<Record<string, string>> = {}): TelUri {
    if (!/^\+?[0-9A-Fa-f*#().-]+$/.test(number) || withoutSeparators(number) === '+') {
      throw new UnsafeValue(`telephone number: ${printable(number)} is none`);
    }
    return new TelUri(number, UriParams.of(params));
  }

  /** The number without visual separators (RFC 3966 §5.1.1). @example '+7-495-123' has the digits '+7495123' */
  get digits(): string {
    return withoutSeparators(this.number);
  }

  toString(): string {
    return `tel:${this.number}${this.params}`;
  }
}

/** Reads what follows `tel:`. */
export function readTelUri(cursor: Cursor): TelUri | undefined {
  const start = cursor.at;
  if (cursor.peek() === PLUS) cursor.at++;
  for (let code = cursor.peek(); isPhoneDigit(code); code = cursor.peek()) cursor.at++;
  const number = cursor.since(start);
  if (withoutSeparators(number).replace('+', '') === '') return cursor.fail('bad-uri');
  const params = readUriParams(cursor);
  return params === undefined ? undefined : new TelUri(number, params);
}

const PLUS = 0x2b;
const SEPARATORS = '-.()';

/** `phonedigit-hex`, `*`, `#` of RFC 3966 §3: digits of local numbers too. */
function isPhoneDigit(code: number): boolean {
  return code >= 0 && '0123456789abcdefABCDEF*#-.()'.includes(String.fromCharCode(code));
}

export function withoutSeparators(number: string): string {
  let digits = '';
  for (const character of number) if (!SEPARATORS.includes(character)) digits += character;
  return digits;
}
