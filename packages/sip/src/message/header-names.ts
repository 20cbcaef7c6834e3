import { isToken } from './chars.ts';

/**
 * The headers that the stack has a reason to recognise at sight. A line of one of them carries a small number in the
 * index, from 1 on; every other header is kept and found by its text.
 */
export const HEADER = {
  Via: 1,
  From: 2,
  To: 3,
  'Call-ID': 4,
  CSeq: 5,
  Contact: 6,
  'Max-Forwards': 7,
  Route: 8,
  'Record-Route': 9,
  'Content-Length': 10,
  'Content-Type': 11,
  'Content-Disposition': 12,
  'Content-Encoding': 13,
  Expires: 14,
  'Min-Expires': 15,
  Supported: 16,
  Require: 17,
  'Proxy-Require': 18,
  Unsupported: 19,
  Allow: 20,
  Authorization: 21,
  'Proxy-Authorization': 22,
  'WWW-Authenticate': 23,
  'Proxy-Authenticate': 24,
  Event: 25,
  Reason: 26,
  'Retry-After': 27,
  Timestamp: 28,
  'User-Agent': 29,
  Server: 30,
  Subject: 31,
  Date: 32,
  Accept: 33,
  'Session-Expires': 34,
  'Min-SE': 35,
  'Allow-Events': 36,
  'Refer-To': 37,
  'Referred-By': 38,
  Replaces: 39,
  'Subscription-State': 40,
  'P-Asserted-Identity': 41,
  'P-Preferred-Identity': 42,
  Privacy: 43,
  Diversion: 44,
  RSeq: 45,
  RAck: 46,
  Warning: 47,
  'Accept-Contact': 48,
  'Reject-Contact': 49,
  'Request-Disposition': 50,
  Identity: 51,
  'Identity-Info': 52,
  'Alert-Info': 53,
  Priority: 54,
  'User-to-User': 55,
  Path: 56,
} as const;

export type KnownHeader = keyof typeof HEADER;

const NAMES = Object.keys(HEADER) as KnownHeader[];

/** Number of a header that is not in the table. */
export const UNKNOWN_HEADER = 0;

/** How many numbers there are, that of unknown headers included. */
export const HEADER_NUMBERS = NAMES.length + 1;

/** Compact forms: RFC 3261 §7.3.3 and the registry of header fields at IANA. */
const COMPACT: Readonly<Record<string, KnownHeader>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  n: 'Identity-Info',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
};

const BY_NAME = new Map<string, number>();
for (const name of NAMES) {
  BY_NAME.set(name, HEADER[name]);
  BY_NAME.set(name.toLowerCase(), HEADER[name]);
}
for (const [letter, name] of Object.entries(COMPACT)) {
  BY_NAME.set(letter, HEADER[name]);
  BY_NAME.set(letter.toUpperCase(), HEADER[name]);
}

/** Number of a header by its name, long or compact, in any case; {@link UNKNOWN_HEADER} when the table has none. */
export function headerNumber(name: string): number {
  // What nearly every message has and is asked for: comparing a few constants costs less than a look-up.
  switch (name) {
    case 'Via':
      return HEADER.Via;
    case 'From':
      return HEADER.From;
    case 'To':
      return HEADER.To;
    case 'Call-ID':
      return HEADER['Call-ID'];
    case 'CSeq':
      return HEADER.CSeq;
    case 'Contact':
      return HEADER.Contact;
    case 'Max-Forwards':
      return HEADER['Max-Forwards'];
    case 'Record-Route':
      return HEADER['Record-Route'];
  }
  const number = BY_NAME.get(name);
  if (number !== undefined) return number;
  // A token first: in Unicode the Kelvin sign too has the lower-case form k.
  return isToken(name) ? (BY_NAME.get(name.toLowerCase()) ?? UNKNOWN_HEADER) : UNKNOWN_HEADER;
}

/** The long name of a number that is not {@link UNKNOWN_HEADER}. */
export function nameOf(number: number): KnownHeader {
  return NAMES[number - 1]!;
}

/** The long name as the RFCs write it; the name itself when it is not known. @example canonicalName('v') === 'Via' */
export function canonicalName(name: string): string {
  return NAMES[headerNumber(name) - 1] ?? name;
}

/**
 * Names for {@link headerNumberAt}: all names in lower case as octets, one behind the other, found through a table hashed
 * by length, first and last letter; collisions go to the next free slot.
 */
const SLOTS = 256;
const SLOT_NUMBERS = new Uint8Array(SLOTS);
const SLOT_LENGTHS = new Uint8Array(SLOTS);
const SLOT_OFFSETS = new Uint16Array(SLOTS);
const ALL_NAMES = [...NAMES, ...Object.keys(COMPACT)].map((name) => name.toLowerCase());
const NAME_OCTETS = Uint8Array.from(Buffer.from(ALL_NAMES.join(''), 'latin1'));
let offset = 0;
for (const name of ALL_NAMES) {
  let slot = slotOf(name.length, name.charCodeAt(0), name.charCodeAt(name.length - 1));
  while (SLOT_NUMBERS[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
  SLOT_NUMBERS[slot] = headerNumber(name);
  SLOT_LENGTHS[slot] = name.length;
  SLOT_OFFSETS[slot] = offset;
  offset += name.length;
}

function slotOf(length: number, first: number, last: number): number {
  return (length * 37 + first * 11 + last * 3) & (SLOTS - 1);
}

/**
 * Number of the header whose name stands in these octets. They must be token characters: then a letter and its
 * lower-case form are all that `| 0x20` can make equal to a letter, and nothing but `-` becomes `-`.
 */
export function headerNumberAt(octets: Uint8Array, from: number, to: number): number {
  const length = to - from;
  let slot = slotOf(length, octets[from]! | 0x20, octets[to - 1]! | 0x20);
  for (; SLOT_NUMBERS[slot] !== 0; slot = (slot + 1) & (SLOTS - 1)) {
    if (SLOT_LENGTHS[slot] !== length) continue;
    const difference = SLOT_OFFSETS[slot]! - from;
    let at = from;
    while (at < to && (octets[at]! | 0x20) === NAME_OCTETS[at + difference]) at++;
    if (at === to) return SLOT_NUMBERS[slot]!;
  }
  return UNKNOWN_HEADER;
}
