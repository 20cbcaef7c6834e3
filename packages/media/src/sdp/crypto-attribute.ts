import { CRYPTO_SUITES, type CryptoSuite, cryptoSuite } from './crypto-suite.ts';
import type { Mki } from './srtp-keys.ts';

/** One `a=crypto` line that can be used (RFC 4568 §4). */
export interface CryptoLine {
  readonly tag: number;
  readonly suite: CryptoSuite;
  /** Master key and master salt as base64 with its padding. */
  readonly key: string;
  readonly mki?: Mki;
}

/** Lines that are looked at in one m-line's section, usable or not. */
const MOST_LINES = 32;
/** RFC 3711 §9.2: SRTP packets under one master key. */
const LONGEST_LIFETIME = 2n ** 48n;
/** A larger identifier than this, or a longer one, is no phone's. */
const MOST_MKI_OCTETS = 4;

const LINE = /^a=crypto:(\d{1,9}) +(\S+) +(\S+)((?: +\S+)*) *$/i;
const INLINE = /^inline:([A-Za-z0-9+/]+={0,2})(?:\|([^|]*))?(?:\|([^|]*))?$/i;
const LIFETIME = /^(?:2\^(\d{1,2})|(\d{1,15}))$/;
const MKI = /^(\d{1,10}):(\d{1,3})$/;
// What a receiver may leave aside: the window is its own matter (§6.3.7), and a dash says "optional" (§6.3.8). No key derivation rate
// is what everybody has.
const HARMLESS = /^(?:WSH=\d{1,6}|KDR=0|-\S+)$/i;

/**
 * Reads the `a=crypto` lines of an m-line: those that can be used, in the order of the offerer's preference, each tag once. A line with
 * an unknown suite, a key of the wrong length, several keys, or session parameters that change what is protected
 * (UNENCRYPTED_SRTP and the like, §6.3) is left out.
 *
 * @param text lines, each ended by CRLF
 */
export function readCryptoLines(text: string): readonly CryptoLine[] {
  if (text === '') return [];
  const usable: CryptoLine[] = [];
  for (const line of text.split('\r\n', MOST_LINES)) {
    const read = readCryptoLine(line);
    if (read !== undefined && !usable.some(({ tag }) => tag === read.tag)) usable.push(read);
  }
  return usable;
}

/** Undefined for a line that can't be used. */
export function readCryptoLine(line: string): CryptoLine | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const suite = cryptoSuite(match[2]!);
  const tag = Number(match[1]);
  const parameters = match[4]!.split(' ').filter((each) => each !== '');
  if (suite === undefined || tag < 1 || !parameters.every((each) => HARMLESS.test(each))) return undefined;
  const inline = INLINE.exec(match[3]!);
  if (inline === null) return undefined;
  const [, base64, ...more] = inline;
  const key = keyOf(base64!, suite);
  if (key === undefined) return undefined;
  // Lifetime and identifier may each be absent; only the latter holds a colon.
  const [first, second] = more;
  const [lifetime, identifier] = first?.includes(':') && second === undefined ? [undefined, first] : [first, second];
  if (lifetime !== undefined && !isLifetime(lifetime)) return undefined;
  if (identifier === undefined) return { tag, suite, key };
  const mki = mkiOf(identifier);
  return mki && { tag, suite, key, mki };
}

/** A line of ours, CRLF included: without lifetime, identifier and parameters, which say nothing that holds not anyway. */
export function writeCryptoLine(tag: number, suite: CryptoSuite, key: string): string {
  return `a=crypto:${tag} ${suite} inline:${key}\r\n`;
}

// Some leave the padding out; what decodes to anything but the suite's length, or has stray bits at its end, is no key.
function keyOf(base64: string, suite: CryptoSuite): string | undefined {
  const lengths = CRYPTO_SUITES[suite];
  const octets = Buffer.from(base64, 'base64');
  const padded = octets.toString('base64');
  if (octets.length !== lengths.key + lengths.salt) return undefined;
  return base64.replace(/=+$/, '') === padded.replace(/=+$/, '') ? padded : undefined;
}

// It bounds its own sender, who is to make a new key in time; we only refuse what RFC 3711 does not allow.
function isLifetime(text: string): boolean {
  const match = LIFETIME.exec(text);
  if (match === null) return false;
  const packets = match[1] === undefined ? BigInt(match[2]!) : 2n ** BigInt(match[1]);
  return packets > 0n && packets <= LONGEST_LIFETIME;
}

function mkiOf(text: string): Mki | undefined {
  const match = MKI.exec(text);
  if (match === null) return undefined;
  const value = Number(match[1]);
  const octets = Number(match[2]);
  return octets >= 1 && octets <= MOST_MKI_OCTETS && value < 2 ** (8 * octets) ? { value, octets } : undefined;
}
