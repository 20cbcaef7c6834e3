import {
  AMPERSAND,
  AT,
  COLON,
  EQUALS,
  GREATER,
  LESS,
  QUESTION,
  QUOTE,
  SPACE,
  UNRESERVED,
  URI_HEADER,
  USER,
  USER_AS_SENT,
} from './chars.ts';
import type { Cursor } from './cursor.ts';
import { escaped, unescaped } from './escapes.ts';
import { assertHostPort, formatHostPort, readHost, readPort } from './host.ts';
import { LIMITS } from './limits.ts';
import { readEscaped, readUriParams, UriParams } from './uri-params.ts';

/** A header field that a URI asks for (`?Subject=hello`): name and value with their escapes undone. */
export type UriHeader = readonly [name: string, value: string];

/** What a SIP URI is made of, nothing escaped, as wire strings. */
export interface SipUriParts {
  readonly scheme?: 'sip' | 'sips';
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly params?: UriParams | Readonly<Record<string, string>>;
  readonly headers?: readonly UriHeader[];
}

/** A SIP or SIPS URI (RFC 3261 §19.1). What was read is written again as it was, escapes and order included. */
export class SipUri {
  readonly kind = 'sip';
  readonly scheme: 'sip' | 'sips';
  /** The user part as written, with its escapes. */
  readonly userText: string | undefined;
  /** The password as written, with its escapes. */
  readonly passwordText: string | undefined;
  /** A name or an address as written, IPv6 without its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: UriParams;
  /** What follows the question mark, as written; '' for nothing. */
  readonly headersText: string;

  /** From texts as they stand on the wire; {@link SipUri.of} takes plain ones. */
  constructor(
    scheme: 'sip' | 'sips',
    userText: string | undefined,
    passwordText: string | undefined,
    host: string,
    port: number | undefined,
    params: UriParams,
    headersText: string,
  ) {
    this.scheme = scheme;
    this.userText = userText;
    this.passwordText = passwordText;
    this.host = host;
    this.port = port;
    this.params = params;
    this.headersText = headersText;
  }

  /**
   * @throws UnsafeValue for a host or port that would make another URI of it
   * @example SipUri.of({ user: '201', host: 'office.example' }).toString() === 'sip:201@office.example'
   */
  static of(parts: SipUriParts): SipUri {
    assertHostPort(parts.host, parts.port);
    return new SipUri(
      parts.scheme ?? 'sip',
      userTextOf(parts.user),
      passwordTextOf(parts.password),
      parts.host,
      parts.port,
      paramsOf(parts.params),
      headersTextOf(parts.headers),
    );
  }

  /** The user part with its escapes undone, a wire string (`fromWire` makes text of it); undefined for none. */
  get user(): string | undefined {
    return this.userText === undefined ? undefined : unescaped(this.userText);
  }

  get password(): string | undefined {
    return this.passwordText === undefined ? undefined : unescaped(this.passwordText);
  }

  get headers(): readonly UriHeader[] {
    if (this.headersText === '') return [];
    return this.headersText.split('&').map((field) => {
      const equals = field.indexOf('=');
      return [unescaped(field.slice(0, equals)), unescaped(field.slice(equals + 1))];
    });
  }

  /** This URI with some parts replaced; give undefined to drop one. */
  with(changes: Partial<SipUriParts>): SipUri {
    const host = changes.host ?? this.host;
    const port = 'port' in changes ? changes.port : this.port;
    assertHostPort(host, port);
    return new SipUri(
      changes.scheme ?? this.scheme,
      'user' in changes ? userTextOf(changes.user) : this.userText,
      'password' in changes ? passwordTextOf(changes.password) : this.passwordText,
      host,
      port,
      'params' in changes ? paramsOf(changes.params) : this.params,
      'headers' in changes ? headersTextOf(changes.headers) : this.headersText,
    );
  }

  toString(): string {
    const password = this.passwordText === undefined ? '' : `:${this.passwordText}`;
    const userinfo = this.userText === undefined ? '' : `${this.userText}${password}@`;
    const headers = this.headersText === '' ? '' : `?${this.headersText}`;
    return `${this.scheme}:${userinfo}${formatHostPort(this.host, this.port)}${this.params}${headers}`;
  }
}

function userTextOf(user: string | undefined): string | undefined {
  return user === undefined ? undefined : escaped(user, USER);
}

function passwordTextOf(password: string | undefined): string | undefined {
  return password === undefined ? undefined : escaped(password, UNRESERVED);
}

function paramsOf(params: SipUriParts['params']): UriParams {
  if (params === undefined) return UriParams.NONE;
  return params instanceof UriParams ? params : UriParams.of(params);
}

function headersTextOf(headers: readonly UriHeader[] | undefined): string {
  if (headers === undefined || headers.length === 0) return '';
  return headers.map(([n, v]) => `${escaped(n, URI_HEADER)}=${escaped(v, URI_HEADER)}`).join('&');
}

/** Reads what follows `sip:` or `sips:`; stops at the first character that cannot belong to it. */
export function readSipUri(cursor: Cursor, scheme: 'sip' | 'sips'): SipUri | undefined {
  let userText: string | undefined;
  let passwordText: string | undefined;
  if (hasUserPart(cursor)) {
    userText = readEscaped(cursor, USER_AS_SENT);
    if (userText === undefined) return undefined;
    if (userText === '') return cursor.fail('bad-user');
    if (cursor.take(COLON)) {
      passwordText = readEscaped(cursor, USER_AS_SENT);
      if (passwordText === undefined) return undefined;
    }
    if (!cursor.take(AT)) return cursor.fail('bad-user');
  }
  const host = readHost(cursor);
  if (host === undefined) return undefined;
  const port = readPort(cursor);
  if (port === undefined) return undefined;
  const params = readUriParams(cursor);
  if (params === undefined) return undefined;
  const headersText = cursor.take(QUESTION) ? readUriHeaders(cursor) : '';
  if (headersText === undefined) return undefined;
  return new SipUri(scheme, userText, passwordText, host, port < 0 ? undefined : port, params, headersText);
}

/** An at sign can stand unescaped only behind the user part; the user part may hold nearly every other delimiter. */
function hasUserPart(cursor: Cursor): boolean {
  const { octets, end } = cursor;
  for (let at = cursor.at; at < end; at++) {
    const code = octets[at]!;
    if (code === AT) return true;
    if (code <= SPACE || code === QUOTE || code === LESS || code === GREATER) return false;
  }
  return false;
}

/** `hname=hvalue&…` (RFC 3261 §25.1) as written. A value may be empty, a name may not. */
function readUriHeaders(cursor: Cursor): string | undefined {
  const start = cursor.at;
  let count = 0;
  do {
    const name = readEscaped(cursor, URI_HEADER);
    if (name === undefined) return undefined;
    if (name === '' || !cursor.take(EQUALS)) return cursor.fail('bad-uri');
    if (readEscaped(cursor, URI_HEADER) === undefined) return undefined;
    if (++count > LIMITS.headersPerUri) return cursor.fail('too-many');
  } while (cursor.take(AMPERSAND));
  return cursor.since(start);
}
