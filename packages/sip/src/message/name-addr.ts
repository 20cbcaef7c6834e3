import type { Parsed } from '@vats/kernel';
import { COMMA, GREATER, isOf, LESS, QUESTION, QUOTE, SEMICOLON, SPACE, TAB, TOKEN } from './chars.ts';
import { Cursor } from './cursor.ts';
import { Params, quoted, readParams, unquoted } from './params.ts';
import { readUri, type Uri } from './uri.ts';
import { readWhole, type ValueFault } from './value-fault.ts';
import { fromWire, toWire } from './wire-text.ts';

/** Parts of an address for people; `displayName` is Unicode. */
export interface NameAddrParts {
  readonly displayName?: string | undefined;
  readonly uri: Uri;
  readonly params?: Params | Readonly<Record<string, string>>;
}

/**
 * `name-addr` or `addr-spec` with the parameters behind it (RFC 3261 §20.10, §25.1): From, To, Contact, Route and all
 * their like. It is always written with angle brackets, which no reader can take wrongly.
 */
export class NameAddr {
  readonly uri: Uri;
  readonly params: Params;
  /** The display name as written, quotes included; '' for none. */
  readonly displayText: string;
  /** The tag of From and To (RFC 3261 §19.3); an empty one is none. */
  readonly tag: string | undefined;

  /** From texts as on the wire; {@link NameAddr.of} takes a plain display name. */
  constructor(displayText: string, uri: Uri, params: Params) {
    this.displayText = displayText;
    this.uri = uri;
    this.params = params;
    this.tag = params.get('tag') || undefined;
  }

  /** @example NameAddr.of({ displayName: 'Анна', uri }) */
  static of(parts: NameAddrParts): NameAddr {
    return new NameAddr(displayTextOf(parts.displayName), parts.uri, paramsOf(parts.params));
  }

  /** The display name as Unicode, quotes and escapes undone; undefined when there is none or it is empty. */
  get displayName(): string | undefined {
    const text = this.displayText.charCodeAt(0) === QUOTE ? unquoted(this.displayText) : this.displayText;
    return text === '' ? undefined : fromWire(text);
  }

  /** This address with some parts replaced. */
  with(changes: Partial<NameAddrParts>): NameAddr {
    const displayText = 'displayName' in changes ? displayTextOf(changes.displayName) : this.displayText;
    const params = 'params' in changes ? paramsOf(changes.params) : this.params;
    return new NameAddr(displayText, changes.uri ?? this.uri, params);
  }

  toString(): string {
    const name = this.displayText === '' ? '' : `${this.displayText} `;
    return `${name}<${this.uri}>${this.params}`;
  }
}

function paramsOf(params: NameAddrParts['params']): Params {
  if (params === undefined) return Params.NONE;
  return params instanceof Params ? params : Params.of(params);
}

/** Quoted always: a token is a quoted string too, and some phones stumble over unquoted names. Control characters go. */
function displayTextOf(name: string | undefined): string {
  if (name === undefined || name === '') return '';
  const wire = toWire(name);
  for (let at = 0; at < wire.length; at++) if (isControl(wire.charCodeAt(at))) return quoted(withoutControls(wire));
  return quoted(wire);
}

function withoutControls(wire: string): string {
  let visible = '';
  for (const character of wire) if (!isControl(character.charCodeAt(0))) visible += character;
  return visible;
}

function isControl(code: number): boolean {
  return code < SPACE || code === 0x7f;
}

/** @example parseNameAddr('"Anna" <sip:201@office.example>;tag=a1') */
export function parseNameAddr(text: string): Parsed<NameAddr, ValueFault> {
  return readWhole(text, readNameAddr);
}

/** As on the wire, in angle brackets; what was read keeps its display name and parameters as they were. */
export function formatNameAddr(address: NameAddr): string {
  return address.toString();
}

/** Reads one address with its parameters; stops at a comma or the end. */
export function readNameAddr(cursor: Cursor): NameAddr | undefined {
  const displayText = readDisplayText(cursor);
  if (displayText === undefined) return undefined;
  const uri = readAddressUri(cursor);
  if (uri === undefined) return undefined;
  const params = readParams(cursor);
  return params === undefined ? undefined : new NameAddr(displayText, uri, params);
}

/**
 * Reads the URI, with angle brackets or without.
 *
 * @param forgiving passes over what stands between the URI and the closing bracket when a comma begins it
 */
export function readAddressUri(cursor: Cursor, forgiving = false): Uri | undefined {
  return cursor.peek() === LESS ? readBracketed(cursor, forgiving) : readBare(cursor);
}

/** Reads a display name and leaves the cursor on `<`; '' and untouched when the value is a bare URI. */
export function readDisplayText(cursor: Cursor): string | undefined {
  cursor.skipSpace();
  if (cursor.peek() === LESS) return '';
  if (cursor.peek() === QUOTE) {
    const name = cursor.quoted();
    cursor.skipSpace();
    return name === undefined || cursor.peek() === LESS ? name : cursor.fail('no-angle-bracket');
  }
  const start = cursor.at;
  const bracket = endOfUnquotedName(cursor);
  if (bracket < 0) return '';
  cursor.at = bracket;
  const name = cursor.text.slice(start, bracket).trimEnd();
  return isTokens(name) ? name : quoted(name);
}

function isTokens(name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (!isOf(code, TOKEN) && code !== SPACE && code !== TAB) return false;
  }
  return true;
}

/**
 * Offset of the `<` that ends an unquoted display name, -1 when none is here. RFC 3261 wants tokens and blanks; whatever
 * cannot be taken for something else is accepted, and quoted when it is passed on (RFC 4475 §3.1.2.15 shows the comma
 * that can).
 */
function endOfUnquotedName(cursor: Cursor): number {
  const { octets, end } = cursor;
  for (let at = cursor.at; at < end; at++) {
    const code = octets[at]!;
    if (code === LESS) return at;
    if (code === COMMA || code === SEMICOLON || code === GREATER) return -1;
    if (code < SPACE && code !== TAB) return -1;
  }
  return -1;
}

function readBracketed(cursor: Cursor, forgiving: boolean): Uri | undefined {
  cursor.at++;
  const uri = readUri(cursor);
  if (uri === undefined) return undefined;
  if (forgiving && cursor.peek() === COMMA) while (!cursor.atEnd && cursor.peek() !== GREATER) cursor.at++;
  return cursor.take(GREATER) ? uri : cursor.fail('bad-uri');
}

/** Without brackets a semicolon ends the URI, and `?` and `,` must not be in it (RFC 3261 §20). */
function readBare(cursor: Cursor): Uri | undefined {
  let end = cursor.at;
  for (; end < cursor.end; end++) {
    const code = cursor.octets[end]!;
    if (code === SEMICOLON || code === COMMA || code === SPACE || code === TAB || code === LESS) break;
    if (code === QUESTION) {
      cursor.at = end;
      return cursor.fail('needs-angle-brackets');
    }
  }
  const inner = new Cursor(cursor.octets, cursor.text, cursor.at, end);
  const uri = readUri(inner);
  cursor.at = inner.fault === undefined ? inner.at : inner.faultAt;
  if (uri === undefined) return cursor.fail(inner.fault ?? 'bad-uri');
  return cursor.at === end ? uri : cursor.fail('bad-uri');
}
