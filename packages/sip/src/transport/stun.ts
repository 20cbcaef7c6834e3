import { crc32 } from 'node:zlib';
import { type Endpoint, parseAddress } from '@vats/kernel';

/** What a datagram is to STUN: none of its messages, one that gets this answer, or one that gets none. */
export type StunVerdict = 'not-stun' | 'unanswered' | Buffer;

const HEADER_OCTETS = 20;
const MAGIC_COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;

const ERROR_CODE = 0x0009;
const UNKNOWN_ATTRIBUTES = 0x000a;
const XOR_MAPPED_ADDRESS = 0x0020;
const FINGERPRINT = 0x8028;

/** Types below this must be understood by whoever answers (RFC 8489 §14). */
const OPTIONAL_FROM = 0x8000;
/**
 * What a request may carry that we know: credentials, which nobody asked for and nobody judges here, and what belongs to responses
 * and says nothing in a request (RFC 8489 §18.3.1).
 */
const KNOWN: ReadonlySet<number> = new Set([
  ...[0x0001, 0x0006, 0x0008, 0x0009, 0x000a, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e, 0x0020],
]);

const FINGERPRINT_OCTETS = 8;
const FINGERPRINT_XOR = 0x5354554e;
/** A keep-alive has some attributes; what has more is nobody's keep-alive. */
const LONGEST_REQUEST = 548;

/**
 * Whether a datagram at the SIP port may be STUN: its first two bits are zero, which no SIP message has, and the magic cookie is in
 * its place (RFC 8489 §5, RFC 5626 §8).
 */
export function looksLikeStun(octets: Buffer): boolean {
  return octets.length >= HEADER_OCTETS && octets[0]! < 0x40 && octets.readUInt32BE(4) === MAGIC_COOKIE;
}

/**
 * Answers a Binding request (RFC 8489 §6.3, RFC 5626 §8): where it was seen to come from. Keeps nothing, and says little more than
 * what was asked, so that it is of no use against a third party. What is malformed, or no request, gets no answer.
 *
 * @param from the observed source
 */
export function answerStun(octets: Buffer, from: Endpoint): StunVerdict {
  if (!looksLikeStun(octets)) return 'not-stun';
  if (octets.readUInt16BE(0) !== BINDING_REQUEST || octets.length > LONGEST_REQUEST) return 'unanswered';
  const length = octets.readUInt16BE(2);
  if (length % 4 !== 0 || length !== octets.length - HEADER_OCTETS) return 'unanswered';
  const read = readAttributes(octets);
  if (read === undefined) return 'unanswered';
  const { unknown, fingerprint } = read;
  const answer =
    unknown.length > 0
      ? message(octets, BINDING_ERROR, [errorOf(420), unknownAttributes(unknown)])
      : message(octets, BINDING_SUCCESS, [mappedAddress(octets, from)]);
  return fingerprint ? withFingerprint(answer) : answer;
}

interface Attributes {
  /** Types that must be understood and are not, each once. */
  readonly unknown: readonly number[];
  readonly fingerprint: boolean;
}

/** Undefined when an attribute does not fit, or the fingerprint is wrong or not the last one. */
function readAttributes(octets: Buffer): Attributes | undefined {
  const unknown = new Set<number>();
  let at = HEADER_OCTETS;
  while (at < octets.length) {
    const type = octets.readUInt16BE(at);
    const length = octets.readUInt16BE(at + 2);
    const next = at + 4 + Math.ceil(length / 4) * 4;
    if (next > octets.length) return undefined;
    if (type === FINGERPRINT) {
      if (length !== 4 || next !== octets.length || octets.readUInt32BE(at + 4) !== checksum(octets, at))
        return undefined;
      return { unknown: [...unknown], fingerprint: true };
    }
    if (type < OPTIONAL_FROM && !KNOWN.has(type)) unknown.add(type);
    at = next;
  }
  return { unknown: [...unknown], fingerprint: false };
}

/** Over all that is before the fingerprint (RFC 8489 §14.7). */
function checksum(octets: Buffer, end: number): number {
  return (crc32(octets.subarray(0, end)) ^ FINGERPRINT_XOR) >>> 0;
}

function message(request: Buffer, type: number, attributes: readonly Buffer[]): Buffer {
  const head = Buffer.from(request.subarray(0, HEADER_OCTETS));
  const body = Buffer.concat(attributes);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

function attribute(type: number, value: Buffer): Buffer {
  const octets = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  octets.writeUInt16BE(type, 0);
  octets.writeUInt16BE(value.length, 2);
  value.copy(octets, 4);
  return octets;
}

/** RFC 8489 §14.2: port and address, xored with the cookie and, for IPv6, the transaction's id. */
function mappedAddress(request: Buffer, { address, port }: Endpoint): Buffer {
  const plain = addressOctets(address);
  const value = Buffer.alloc(4 + plain.length);
  value[1] = plain.length === 4 ? 0x01 : 0x02;
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  for (const [i, octet] of plain.entries()) value[4 + i] = octet ^ request[4 + i]!;
  return attribute(XOR_MAPPED_ADDRESS, value);
}

/** Without a phrase: the answer is to stay small. */
function errorOf(code: number): Buffer {
  return attribute(ERROR_CODE, Buffer.from([0, 0, Math.floor(code / 100), code % 100]));
}

function unknownAttributes(types: readonly number[]): Buffer {
  const value = Buffer.alloc(types.length * 2);
  for (const [i, type] of types.entries()) value.writeUInt16BE(type, i * 2);
  return attribute(UNKNOWN_ATTRIBUTES, value);
}

function withFingerprint(plain: Buffer): Buffer {
  const octets = Buffer.concat([plain, Buffer.alloc(FINGERPRINT_OCTETS)]);
  octets.writeUInt16BE(octets.length - HEADER_OCTETS, 2);
  octets.writeUInt16BE(FINGERPRINT, plain.length);
  octets.writeUInt16BE(4, plain.length + 2);
  octets.writeUInt32BE(checksum(octets, plain.length), plain.length + 4);
  return octets;
}

/** An address that a socket told is readable; a zone is not part of it. */
function addressOctets(text: string): Buffer {
  const value = parseAddress(text.replace(/%.*$/, ''));
  if (typeof value === 'number') {
    const octets = Buffer.alloc(4);
    octets.writeUInt32BE(value);
    return octets;
  }
  return Buffer.from((value ?? 0n).toString(16).padStart(32, '0'), 'hex');
}
