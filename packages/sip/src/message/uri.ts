import type { Parsed } from '@vats/kernel';
import { COLON, isOf, TOKEN, UNRESERVED } from './chars.ts';
import type { Cursor } from './cursor.ts';
import { readSipUri, type SipUri } from './sip-uri.ts';
import { readTelUri, type TelUri } from './tel-uri.ts';
import { readWhole, type ValueFault } from './value-fault.ts';

/** A URI by its scheme (RFC 3261 §19.1, RFC 3966): `kind` tells them apart. */
export type Uri = SipUri | TelUri | OtherUri;

/** Whether a URI asks that every hop be by TLS (RFC 3261 §19.1). */
export function isSips(uri: Uri): boolean {
  return uri.kind === 'sip' && uri.scheme === 'sips';
}

/** As `isSips`, of text that is a URI. */
export function isSipsText(uri: string): boolean {
  return /^sips:/i.test(uri);
}

/** An absolute URI of a scheme that this stack does not look into: http, im, urn, isbn… */
export class OtherUri {
  readonly kind = 'other';
  /** In lower case. */
  readonly scheme: string;
  /** The whole URI as written. */
  readonly text: string;

  constructor(scheme: string, text: string) {
    this.scheme = scheme.toLowerCase();
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/**
 * Reads a whole URI, no angle brackets (RFC 3261 §25.1, `SIP-URI / SIPS-URI / absoluteURI`).
 *
 * @example parseUri('sip:201@[::1]:5080;transport=tcp')
 */
export function parseUri(text: string): Parsed<Uri, ValueFault> {
  return readWhole(text, readUri);
}

/** As on the wire; what was read comes out as it was. */
export function formatUri(uri: Uri): string {
  return uri.toString();
}

/** Reads a URI and stops at the first character that cannot belong to it. */
export function readUri(cursor: Cursor): Uri | undefined {
  const start = cursor.at;
  if (isSipAt(cursor.octets, start) && start + 4 <= cursor.end) {
    cursor.at = start + 4;
    return readSipUri(cursor, 'sip');
  }
  cursor.skipRun(TOKEN);
  if (cursor.at === start || cursor.peek() !== COLON) return cursor.fail('bad-scheme');
  const written = cursor.since(start);
  cursor.at++;
  const scheme = written.toLowerCase();
  if (scheme === 'sip' || scheme === 'sips') return readSipUri(cursor, scheme);
  if (scheme === 'tel') return readTelUri(cursor);
  return readOtherUri(cursor, start, scheme);
}

/** What nearly every URI begins with. */
function isSipAt(octets: Uint8Array, at: number): boolean {
  return octets[at] === 0x73 && octets[at + 1] === 0x69 && octets[at + 2] === 0x70 && octets[at + 3] === COLON;
}

function readOtherUri(cursor: Cursor, start: number, scheme: string): OtherUri | undefined {
  if (!/^[a-z][a-z0-9+.-]*$/.test(scheme)) return cursor.fail('bad-scheme');
  const body = cursor.at;
  for (let code = cursor.peek(); isUriCharacter(code); code = cursor.peek()) cursor.at++;
  if (cursor.at === body) return cursor.fail('bad-uri');
  return new OtherUri(scheme, cursor.since(start));
}

/** Of RFC 3261 §25.1 `reserved / unreserved / escaped`; octets above 0x7F, `#` and `[]` are let through. */
function isUriCharacter(code: number): boolean {
  return isOf(code, UNRESERVED) || (code > 0x20 && OTHERS.includes(String.fromCharCode(code))) || code > 0x7f;
}

const OTHERS = ';/?:@&=+$,%#[]';
