import { isIPv6 } from 'node:net';
import { BACKSLASH, BARE_VALUE, EQUALS, isToken, QUOTE, SEMICOLON, sameToken, TOKEN } from './chars.ts';
import type { Cursor } from './cursor.ts';
import { LIMITS } from './limits.ts';
import { assertSafeValue, assertToken } from './wire-text.ts';

/**
 * Parameters in the order in which they were written. Names are compared without regard to case; a parameter without
 * a value has the value ''. Immutable: `with` and `without` answer new ones.
 *
 * This class knows the parameters behind header values (`generic-param` of RFC 3261 §25.1), whose values may be quoted;
 * {@link UriParams} knows those inside URIs, which are escaped instead.
 */
export class Params implements Iterable<readonly [name: string, value: string]> {
  static readonly NONE = new Params([]);

  /** Names and values as written, by turns; undefined where there is no `=`. */
  protected readonly written: readonly (string | undefined)[];

  constructor(written: readonly (string | undefined)[]) {
    this.written = written;
  }

  /** @example Params.of({ tag: 'a1', lr: '' }) writes `;tag=a1;lr` */
  static of(values: Readonly<Record<string, string>>): Params {
    let params = Params.NONE;
    for (const name of Object.keys(values)) params = params.with(name, values[name]!);
    return params;
  }

  get size(): number {
    return this.written.length / 2;
  }

  /** The first parameter of this name: its value without quotes and escapes, '' for a flag, undefined for none. */
  get(name: string): string | undefined {
    const index = this.indexOf(name);
    return index < 0 ? undefined : this.read(this.written[index + 1]);
  }

  has(name: string): boolean {
    return this.indexOf(name) >= 0;
  }

  /** The value as written, quotes and escapes included; undefined for a flag or for no such parameter. */
  writtenValue(name: string): string | undefined {
    const index = this.indexOf(name);
    return index < 0 ? undefined : this.written[index + 1];
  }

  /** These with one parameter set: in its place when there is one, else at the end. '' makes it a flag. */
  with(name: string, value: string): this {
    assertToken(name, 'parameter name');
    const written = this.written.slice();
    const index = this.indexOf(name);
    const text = value === '' ? undefined : this.write(name, value);
    if (index < 0) written.push(name, text);
    else written[index + 1] = text;
    return this.make(written);
  }

  /** These without any parameter of this name. */
  without(name: string): this {
    const written: (string | undefined)[] = [];
    for (let at = 0; at < this.written.length; at += 2) {
      if (!this.isNamed(at, name)) written.push(this.written[at], this.written[at + 1]);
    }
    return this.make(written);
  }

  *[Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    for (let at = 0; at < this.written.length; at += 2) {
      yield [this.readName(this.written[at]!), this.read(this.written[at + 1])];
    }
  }

  /** As on the wire, each with its semicolon. */
  toString(): string {
    let text = '';
    for (let at = 0; at < this.written.length; at += 2) {
      const value = this.written[at + 1];
      text += value === undefined ? `;${this.written[at]}` : `;${this.written[at]}=${value}`;
    }
    return text;
  }

  protected make(written: readonly (string | undefined)[]): this {
    return new Params(written) as this;
  }

  protected readName(written: string): string {
    return written;
  }

  protected read(written: string | undefined): string {
    if (written === undefined) return '';
    return written.charCodeAt(0) === QUOTE ? unquoted(written) : written;
  }

  protected write(name: string, value: string): string {
    if (isToken(value)) return value;
    assertSafeValue(value, `parameter ${name}`);
    return isBareValue(value) ? value : quoted(value);
  }

  protected isNamed(at: number, name: string): boolean {
    return sameToken(this.written[at]!, name);
  }

  protected indexOf(name: string): number {
    for (let at = 0; at < this.written.length; at += 2) if (this.isNamed(at, name)) return at;
    return -1;
  }
}

/** Hosts go without quotes, as tokens do (RFC 3261 §25.1: `gen-value`, `via-received`). */
function isBareValue(value: string): boolean {
  if (isIPv6(value)) return true;
  return value.startsWith('[') && value.endsWith(']') && isToken(value.slice(1, -1).replaceAll(':', ''));
}

/** A quoted string for a text (RFC 3261 §25.1). @example quoted('say "a"') === '"say \\"a\\""' */
export function quoted(text: string): string {
  if (!text.includes('"') && !text.includes('\\')) return `"${text}"`;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** The text of a quoted string, escapes undone. */
export function unquoted(written: string): string {
  const inner = written.slice(1, -1);
  if (!inner.includes('\\')) return inner;
  let text = '';
  for (let at = 0; at < inner.length; at++) {
    if (inner.charCodeAt(at) === BACKSLASH && at + 1 < inner.length) at++;
    text += inner[at];
  }
  return text;
}

/**
 * Names and values of the reader at work, which never calls another one. Most values have one or two parameters: a copy
 * of the right length costs less, and takes less memory, than growing a list.
 */
export const collected: (string | undefined)[] = new Array(2 * LIMITS.paramsPerValue).fill(undefined);

/**
 * Reads `*(SEMI generic-param)` (RFC 3261 §25.1) and stops before whatever follows. A value may be missing behind its
 * `=`: phones send `;tag=`.
 *
 * @param forgiving skips empty parameters (`;;`), which the grammar forbids, instead of failing
 */
export function readParams(cursor: Cursor, forgiving = false): Params | undefined {
  cursor.skipSpace();
  if (cursor.peek() !== SEMICOLON) return Params.NONE;
  let count = 0;
  while (cursor.take(SEMICOLON)) {
    cursor.skipSpace();
    const name = readName(cursor);
    if (name === '') {
      if (forgiving) continue;
      return cursor.fail('bad-param');
    }
    cursor.skipSpace();
    let value: string | undefined;
    if (cursor.take(EQUALS)) {
      cursor.skipSpace();
      value = cursor.peek() === QUOTE ? cursor.quoted() : cursor.run(BARE_VALUE);
      if (value === undefined) return undefined;
      cursor.skipSpace();
    }
    if (isNameTaken(collected, name, count)) return cursor.fail('repeated-param');
    if (count === 2 * LIMITS.paramsPerValue) return cursor.fail('too-many');
    collected[count++] = name;
    collected[count++] = value;
  }
  return new Params(takeCollected(count));
}

/** The names that nearly all parameters have, by their length: what is known need not be cut out. */
const USUAL_NAMES: readonly (string | undefined)[] = Array.from({ length: 9 }, (_, length) =>
  ['tag', 'rport', 'branch', 'received'].find((name) => name.length === length),
);

function readName(cursor: Cursor): string {
  const start = cursor.at;
  cursor.skipRun(TOKEN);
  const usual = USUAL_NAMES[cursor.at - start];
  return usual !== undefined && cursor.stoodOn(usual, start) ? usual : cursor.since(start);
}

/** No parameter may come twice (RFC 3261 §7.3.1, §19.1.1): two readers could believe two different ones. */
export function isNameTaken(written: readonly (string | undefined)[], name: string, count = written.length): boolean {
  for (let at = 0; at < count; at += 2) if (sameToken(written[at]!, name)) return true;
  return false;
}

/** The names and values collected so far as a list of their own; what they were taken from is no longer held here. */
export function takeCollected(count: number): (string | undefined)[] {
  // A list written out is made in place; most have one or two parameters.
  const written =
    count === 2
      ? [collected[0], collected[1]]
      : count === 4
        ? [collected[0], collected[1], collected[2], collected[3]]
        : collected.slice(0, count);
  for (let at = 0; at < count; at++) collected[at] = undefined;
  return written;
}

/** A parameter's value as written: quoted, or bare (`token / host`, and what phones put there beyond it). */
export function readValue(cursor: Cursor): string | undefined {
  if (cursor.peek() === QUOTE) return cursor.quoted();
  const value = cursor.run(BARE_VALUE);
  return value === '' ? cursor.fail('bad-param') : value;
}
