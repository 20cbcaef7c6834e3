import { EQUALS, HEX, isOf, PERCENT, SEMICOLON, sameToken, URI_PARAM } from './chars.ts';
import type { Cursor } from './cursor.ts';
import { escaped, unescaped } from './escapes.ts';
import { LIMITS } from './limits.ts';
import { collected, isNameTaken, Params, takeCollected } from './params.ts';

/** Parameters inside a SIP or tel URI (RFC 3261 §19.1.1): names and values are escaped with `%HH`, never quoted. */
export class UriParams extends Params {
  static override readonly NONE = new UriParams([]);

  static override of(values: Readonly<Record<string, string>>): UriParams {
    let params = UriParams.NONE;
    for (const name of Object.keys(values)) params = params.with(name, values[name]!);
    return params;
  }

  protected override make(written: readonly (string | undefined)[]): this {
    return new UriParams(written) as this;
  }

  protected override readName(written: string): string {
    return unescaped(written);
  }

  protected override read(written: string | undefined): string {
    return written === undefined ? '' : unescaped(written);
  }

  protected override write(_name: string, value: string): string {
    return escaped(value, URI_PARAM);
  }

  protected override isNamed(at: number, name: string): boolean {
    return sameToken(unescaped(this.written[at]!), name);
  }
}

/** Reads `*(";" uri-parameter)` (RFC 3261 §25.1); stops before `?` or whatever else ends a URI. */
export function readUriParams(cursor: Cursor): UriParams | undefined {
  if (cursor.peek() !== SEMICOLON) return UriParams.NONE;
  let count = 0;
  while (cursor.take(SEMICOLON)) {
    const name = readEscaped(cursor, URI_PARAM);
    if (name === undefined) return undefined;
    if (name === '') return cursor.fail('bad-param');
    let value: string | undefined;
    if (cursor.take(EQUALS)) {
      value = readEscaped(cursor, URI_PARAM);
      if (value === undefined) return undefined;
      if (value === '') return cursor.fail('bad-param');
    }
    if (isNameTaken(collected, name, count)) return cursor.fail('repeated-param');
    if (count === 2 * LIMITS.paramsPerValue) return cursor.fail('too-many');
    collected[count++] = name;
    collected[count++] = value;
  }
  return new UriParams(takeCollected(count));
}

/** The longest run of these classes, octets above 0x7F and escapes; undefined after a `%` that is no escape. */
export function readEscaped(cursor: Cursor, bits: number): string | undefined {
  const start = cursor.at;
  for (;;) {
    cursor.skipRun(bits);
    const code = cursor.peek();
    if (code === PERCENT) {
      if (!isOf(cursor.peekAhead(1), HEX) || !isOf(cursor.peekAhead(2), HEX)) return cursor.fail('bad-escape');
      cursor.at += 3;
    } else if (code > 0x7f) cursor.at++;
    else return cursor.since(start);
  }
}
