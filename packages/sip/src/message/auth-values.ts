import type { Parsed } from '@vats/kernel';
import { COMMA, EQUALS, QUOTE, sameToken } from './chars.ts';
import type { Cursor } from './cursor.ts';
import { LIMITS } from './limits.ts';
import { quoted, readValue, unquoted } from './params.ts';
import { readWhole, type ValueFault } from './value-fault.ts';
import { assertSafeValue, assertToken } from './wire-text.ts';

/**
 * One value of Authorization, Proxy-Authorization, WWW-Authenticate or Proxy-Authenticate: a scheme and its parameters
 * (`credentials` and `challenge` of RFC 3261 §25.1; RFC 7616 §3). SIP gives each a line of its own (RFC 3261 §7.3.1).
 */
export class AuthValue {
  /** As written; compare with {@link isDigest}. */
  readonly scheme: string;
  /** What stands behind the scheme, as written. */
  readonly text: string;
  readonly isDigest: boolean;
  /** In lower case; none for a scheme whose data are no parameters, as Bearer's token. */
  readonly #names: readonly string[];
  /** At the places of their names, quotes and escapes undone. */
  readonly #values: readonly string[];

  constructor(scheme: string, text: string, names: readonly string[], values: readonly string[]) {
    this.scheme = scheme;
    this.text = text;
    this.isDigest = sameToken(scheme, 'Digest');
    this.#names = names;
    this.#values = values;
  }

  /** A parameter's value without quotes and escapes; undefined when it is absent. `name` in lower case. */
  get(name: string): string | undefined {
    const at = this.#names.indexOf(name);
    return at < 0 ? undefined : this.#values[at];
  }

  toString(): string {
    return `${this.scheme} ${this.text}`;
  }
}

/** @example parseAuthValue('Digest realm="office.example", nonce="84f1c1ae"') */
export function parseAuthValue(text: string): Parsed<AuthValue, ValueFault> {
  return readWhole(text, readAuthValue);
}

/** Reads a whole line. Digest must be well-formed; what follows another scheme is kept unread if it is no parameters. */
export function readAuthValue(cursor: Cursor): AuthValue | undefined {
  cursor.skipSpace();
  const scheme = cursor.token();
  if (scheme === '') return cursor.fail('bad-credentials');
  const afterScheme = cursor.at;
  cursor.skipSpace();
  if (cursor.at === afterScheme) return cursor.fail('bad-credentials');
  const text = cursor.text.slice(cursor.at, cursor.end);
  const names: string[] = [];
  const values: string[] = [];
  if (!sameToken(scheme, 'Digest')) cursor.at = cursor.end;
  else if (!readAuthParams(cursor, names, values)) return undefined;
  return new AuthValue(scheme, text, names, values);
}

/** `auth-param *(COMMA auth-param)`; undefined after a fault. */
function readAuthParams(cursor: Cursor, names: string[], values: string[]): true | undefined {
  do {
    cursor.skipSpace();
    const name = cursor.tokenInLowerCase();
    cursor.skipSpace();
    if (name === '' || !cursor.take(EQUALS)) return cursor.fail('bad-credentials');
    cursor.skipSpace();
    const value = readParamValue(cursor);
    if (value === undefined) return undefined;
    cursor.skipSpace();
    if (names.includes(name)) return cursor.fail('repeated-param');
    names.push(name);
    values.push(value);
    if (names.length > LIMITS.paramsPerValue) return cursor.fail('too-many');
  } while (cursor.take(COMMA));
  return true;
}

/** A parameter's value, quotes and escapes undone. */
function readParamValue(cursor: Cursor): string | undefined {
  if (cursor.peek() !== QUOTE) return readValue(cursor);
  // Nearly all are quoted and nearly none holds an escape, and a search runs natively: a look at each character does not.
  const start = cursor.at + 1;
  const close = cursor.text.indexOf('"', start);
  if (close >= 0 && close < cursor.end) {
    const value = cursor.text.slice(start, close);
    if (!value.includes('\\')) {
      cursor.at = close + 1;
      return value;
    }
  }
  const written = cursor.quoted();
  return written && unquoted(written);
}

/** Parameters that RFC 7616 §3.3 and §3.4 write in quotes; all others go bare. `qop` is quoted in challenges alone. */
const QUOTED = new Set([
  'realm',
  'domain',
  'nonce',
  'opaque',
  'username',
  'uri',
  'response',
  'cnonce',
  'nextnonce',
  'rspauth',
]);

/** The value of a WWW-Authenticate or Proxy-Authenticate line; undefined parameters are left out. */
export function formatChallenge(params: Readonly<Record<string, string | undefined>>): string {
  return formatDigest(params, true);
}

/** The value of an Authorization or Proxy-Authorization line; undefined parameters are left out. */
export function formatCredentials(params: Readonly<Record<string, string | undefined>>): string {
  return formatDigest(params, false);
}

function formatDigest(params: Readonly<Record<string, string | undefined>>, quotesQop: boolean): string {
  const written: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    const isQuoted = QUOTED.has(name) || (name === 'qop' && quotesQop);
    if (isQuoted) assertSafeValue(value, name);
    else assertToken(value, name);
    written.push(`${name}=${isQuoted ? quoted(value) : value}`);
  }
  return `Digest ${written.join(', ')}`;
}
