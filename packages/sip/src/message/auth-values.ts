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
  /** As written, at the places of their names. */
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
    const written = this.#values[this.#names.indexOf(name)];
    return written?.charCodeAt(0) === QUOTE ? unquoted(written) : written;
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
    const value = readValue(cursor);
    if (value === undefined) return undefined;
    cursor.skipSpace();
    if (names.includes(name)) return cursor.fail('repeated-param');
    names.push(name);
    values.push(value);
    if (names.length > LIMITS.paramsPerValue) return cursor.fail('too-many');
  } while (cursor.take(COMMA));
  return true;
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
