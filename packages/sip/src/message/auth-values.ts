import type { Parsed } from '@vats/kernel';
import { COMMA, EQUALS, sameToken } from './chars.ts';
import type { Cursor } from './cursor.ts';
import { LIMITS } from './limits.ts';
import { isNameTaken, Params, quoted, readValue } from './params.ts';
import { readWhole, type ValueFault } from './value-fault.ts';
import { assertSafeValue, assertToken } from './wire-text.ts';

/**
 * One value of Authorization, Proxy-Authorization, WWW-Authenticate or Proxy-Authenticate: a scheme and its parameters
 * (`credentials` and `challenge` of RFC 3261 §25.1; RFC 7616 §3). SIP gives each a line of its own (RFC 3261 §7.3.1).
 */
export class AuthValue {
  /** As written; compare with {@link isDigest}. */
  readonly scheme: string;
  /** None for a scheme whose data are no parameters, as Bearer's token. */
  readonly params: Params;
  /** What stands behind the scheme, as written. */
  readonly text: string;

  constructor(scheme: string, params: Params, text: string) {
    this.scheme = scheme;
    this.params = params;
    this.text = text;
  }

  get isDigest(): boolean {
    return sameToken(this.scheme, 'Digest');
  }

  /** A parameter's value without quotes and escapes; undefined when it is absent. */
  get(name: string): string | undefined {
    return this.params.get(name);
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
  if (!sameToken(scheme, 'Digest')) {
    cursor.at = cursor.end;
    return new AuthValue(scheme, Params.NONE, text);
  }
  const params = readAuthParams(cursor);
  return params && new AuthValue(scheme, params, text);
}

/** `auth-param *(COMMA auth-param)`. */
function readAuthParams(cursor: Cursor): Params | undefined {
  const written: string[] = [];
  do {
    cursor.skipSpace();
    const name = cursor.token();
    cursor.skipSpace();
    if (name === '' || !cursor.take(EQUALS)) return cursor.fail('bad-credentials');
    cursor.skipSpace();
    const value = readValue(cursor);
    if (value === undefined) return undefined;
    cursor.skipSpace();
    if (isNameTaken(written, name)) return cursor.fail('repeated-param');
    written.push(name, value);
    if (written.length > 2 * LIMITS.paramsPerValue) return cursor.fail('too-many');
  } while (cursor.take(COMMA));
  return new Params(written);
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
