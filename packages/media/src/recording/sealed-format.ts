import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Law } from '../sdp/codec.ts';

/*
 * An encrypted recording: a header in the clear, then segments, each AES-256-GCM under a key of this file alone.
 *
 *   header   8 VATSREC1, 1 content, 3 zero, 4 octets in a whole segment, 32 salt
 *   segment  4 length of its text (top two bits: how it ends the file), the text, 16 tag
 *
 * The file's key is HKDF-SHA256 of the domain's key and the salt. A segment's nonce is how it ends the file (1 octet), zeros,
 * and its number (4 octets); its additional data are the header and its length. So segments can't be exchanged, left out or
 * taken from another file, and a file that lacks its last one is known to be cut off.
 */

export const KEY_OCTETS = 32;
export const SALT_OCTETS = 32;
export const HEADER_OCTETS = 48;
export const LENGTH_OCTETS = 4;
export const TAG_OCTETS = 16;
/** Text of a whole segment: 250 ms of sound. What a kill loses is less than a segment and what is behind it. */
export const SEGMENT_OCTETS = 4_000;

const MAGIC = Buffer.from('VATSREC1');
const PURPOSE = 'vats recording 1';
const CIPHER = 'aes-256-gcm';

/** What the text is: sound of one law, two channels interleaved, or a whole file. */
export type SealedContent = Law | 'wav' | 'mp3' | 'ogg' | 'opus';
const CONTENTS: readonly SealedContent[] = ['PCMA', 'PCMU', 'wav', 'mp3', 'ogg', 'opus'];

/** `more`: another segment follows. `end`: the last one. `cut`: the last one of a file that a kill cut off, put there by the repair. */
export type SegmentEnd = 'more' | 'end' | 'cut';
const ENDS: readonly SegmentEnd[] = ['more', 'end', 'cut'];
const LENGTH_MASK = 0x3fff_ffff;

/** The key of one file. */
export function fileKey(domainKey: Uint8Array, salt: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', domainKey, salt, PURPOSE, KEY_OCTETS));
}

export function sealedHeader(content: SealedContent, salt: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_OCTETS);
  MAGIC.copy(header);
  header[8] = CONTENTS.indexOf(content) + 1;
  header.writeUInt32BE(SEGMENT_OCTETS, 12);
  header.set(salt, 16);
  return header;
}

/** What a header says; undefined for what is none. */
export function readSealedHeader(
  header: Buffer,
): { readonly content: SealedContent; readonly segment: number; readonly salt: Buffer } | undefined {
  if (header.length < HEADER_OCTETS || !header.subarray(0, 8).equals(MAGIC)) return undefined;
  const content = CONTENTS[header[8]! - 1];
  const segment = header.readUInt32BE(12);
  if (content === undefined || segment === 0 || segment > LENGTH_MASK) return undefined;
  return { content, segment, salt: header.subarray(16, HEADER_OCTETS) };
}

/** One segment, ready to be written. No two segments of a file may have the same number and end. */
export function sealSegment(key: Buffer, header: Buffer, number: number, end: SegmentEnd, text: Uint8Array): Buffer {
  const length = lengthOf(text.length, end);
  const cipher = createCipheriv(CIPHER, key, nonceOf(number, end));
  cipher.setAAD(Buffer.concat([header, length]));
  return Buffer.concat([length, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

/** The text of a whole segment; undefined when it is not what was sealed there. */
export function openSegment(key: Buffer, header: Buffer, number: number, sealed: Buffer): Buffer | undefined {
  const { end } = readLength(sealed);
  const textEnd = sealed.length - TAG_OCTETS;
  const decipher = createDecipheriv(CIPHER, key, nonceOf(number, end));
  decipher.setAAD(Buffer.concat([header, sealed.subarray(0, LENGTH_OCTETS)]));
  decipher.setAuthTag(sealed.subarray(textEnd));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(LENGTH_OCTETS, textEnd)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** What the four octets before a segment say of it. */
export function readLength(at: Buffer): { readonly octets: number; readonly end: SegmentEnd } {
  const word = at.readUInt32BE(0);
  return { octets: word & LENGTH_MASK, end: ENDS[word >>> 30] ?? 'more' };
}

function lengthOf(octets: number, end: SegmentEnd): Buffer {
  const length = Buffer.alloc(LENGTH_OCTETS);
  length.writeUInt32BE(((ENDS.indexOf(end) << 30) | octets) >>> 0);
  return length;
}

function nonceOf(number: number, end: SegmentEnd): Buffer {
  const nonce = Buffer.alloc(12);
  nonce[0] = ENDS.indexOf(end);
  nonce.writeUInt32BE(number, 8);
  return nonce;
}
