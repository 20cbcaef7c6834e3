/**
 * Character classes of the SIP grammar (RFC 3261 §25.1) as one table of bits: a look-up a character, no regular
 * expression, so reading anything takes time proportional to its length.
 */
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const PERCENT = 0x25;
export const STAR = 0x2a;
export const COMMA = 0x2c;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const AT = 0x40;
export const BRACKET_OPEN = 0x5b;
export const BACKSLASH = 0x5c;
export const BRACKET_CLOSE = 0x5d;
export const AMPERSAND = 0x26;

/** `token` of RFC 3261 §25.1. */
export const TOKEN = 1;
export const DIGIT = 2;
export const HEX = 4;
/** Letters, digits, `-` and `.` of host names, and `_`, which many a private name has. */
export const HOST = 8;
/** What a parameter's value may hold without quotes: tokens, hosts and, as phones do it, anything else that cannot end it. */
export const BARE_VALUE = 16;
/** What may stand in a user part without being escaped (`unreserved / user-unreserved` of RFC 3261 §25.1). */
export const USER = 32;
/** `paramchar` of RFC 3261 §25.1 without the escape. */
export const URI_PARAM = 64;
/** `hnv-unreserved / unreserved` of RFC 3261 §25.1. */
export const URI_HEADER = 128;
export const UNRESERVED = 256;
/** What is read in a user part without being escaped: all of {@link USER}, and what phones send beyond it, as `#`. */
export const USER_AS_SENT = 512;

const CLASSES = new Uint16Array(256);

function allow(bits: number, characters: string): void {
  for (const character of characters) CLASSES[character.charCodeAt(0)]! |= bits;
}

const DIGITS = '0123456789';
const ALPHANUMERIC = `abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ${DIGITS}`;
const UNRESERVED_CHARACTERS = `${ALPHANUMERIC}-_.!~*'()`;
allow(TOKEN, `${ALPHANUMERIC}-.!%*_+\`'~`);
allow(DIGIT, DIGITS);
allow(HEX, `${DIGITS}abcdefABCDEF`);
allow(HOST, `${ALPHANUMERIC}-._`);
allow(USER, `${UNRESERVED_CHARACTERS}&=+$,;?/`);
allow(USER_AS_SENT, `${UNRESERVED_CHARACTERS}&=+$,;?/#[]^{}|\``);
allow(UNRESERVED, UNRESERVED_CHARACTERS);
allow(URI_PARAM, `${UNRESERVED_CHARACTERS}[]/:&+$`);
allow(URI_HEADER, `${UNRESERVED_CHARACTERS}[]/?:+$`);
for (let code = 0x21; code < 256; code++) {
  if (!'"(),;<=>\\\x7f'.includes(String.fromCharCode(code))) CLASSES[code]! |= BARE_VALUE;
}

/** True when the character belongs to one of the classes in `bits`; a code above 0xFF belongs to none. */
export function isOf(code: number, bits: number): boolean {
  return code >= 0 && code < 256 && (CLASSES[code]! & bits) !== 0;
}

/** The class bits of the octets 0–255, for loops that scan whole messages. */
export const CHARACTER_CLASSES: Readonly<Uint16Array> = CLASSES;

/** True for a whole non-empty text out of characters of these classes. */
export function isAllOf(text: string, bits: number): boolean {
  for (let at = 0; at < text.length; at++) if (!isOf(text.charCodeAt(at), bits)) return false;
  return text.length > 0;
}

/** @example isToken('INVITE'); !isToken('a b'); !isToken('') */
export function isToken(text: string): boolean {
  return isAllOf(text, TOKEN);
}

/** Compares two texts as SIP compares tokens: ASCII letters without regard to case (RFC 3261 §7.3.1). */
export function sameToken(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  if (one.length === 0) return true;
  if (lowered(one.charCodeAt(0)) !== lowered(other.charCodeAt(0))) return false;
  if (one === other) return true;
  for (let at = 1; at < one.length; at++) {
    if (lowered(one.charCodeAt(at)) !== lowered(other.charCodeAt(at))) return false;
  }
  return true;
}

function lowered(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
}
