import { bad, good, type Parsed } from '@vats/kernel';
import { CR, LF } from './chars.ts';
import { HeadIndex, indexHead, isFolded, type MessageFault, numberOf, STRIDE, unfolded } from './head-index.ts';
import { HEADER } from './header-names.ts';
import { UINT32_MAX } from './limits.ts';

/** What can be wrong with the length that a message claims for its body. */
export type ContentLengthFault = 'not-a-number' | 'out-of-range' | 'disagree';

/**
 * Offset of the first octet behind the empty line that ends a head, -1 when these octets hold no end of a head. Begin
 * at the start line; when octets are added, search again from three octets before the old end.
 */
export function findHeadEnd(octets: Buffer, from = 0): number {
  const at = octets.indexOf('\r\n\r\n', from, 'latin1');
  return at < 0 ? -1 : at + 4;
}

/** Offset of the first octet that is not part of a CRLF: what stands before a start line is ignored (RFC 3261 §7.5). */
export function skipEmptyLines(octets: Uint8Array, from = 0): number {
  let at = from;
  while (octets[at] === CR && octets[at + 1] === LF) at += 2;
  return at;
}

/**
 * The length of the body that the head in `octets` announces, undefined when it announces none. The framer of a stream
 * and the parser both ask this function, so they cannot disagree where a message ends.
 *
 * @param octets the head alone, from the start line to the empty line that {@link findHeadEnd} found
 */
export function readContentLength(octets: Buffer): Parsed<number | undefined, ContentLengthFault | MessageFault> {
  const index = new HeadIndex();
  const fault = indexHead(octets, 0, index);
  if (fault !== undefined) return bad(fault);
  return contentLengthOf(octets.toString('latin1'), index);
}

/** All Content-Length lines of an indexed head must say the same (RFC 4475 §3.3.9). */
export function contentLengthOf(text: string, index: HeadIndex): Parsed<number | undefined, ContentLengthFault> {
  const { entries } = index;
  let length: number | undefined;
  if ((index.present & (1 << HEADER['Content-Length'])) === 0) return good(length);
  for (let at = 0; at < entries.length; at += STRIDE) {
    const meta = entries[at]!;
    if (numberOf(meta) !== HEADER['Content-Length']) continue;
    const written = text.slice(entries[at + 2]!, entries[at + 3]!);
    const number = wholeNumber(isFolded(meta) ? unfolded(written) : written);
    if (number < 0) return bad('not-a-number', entries[at + 2], 'Content-Length');
    if (number > UINT32_MAX) return bad('out-of-range', entries[at + 2], 'Content-Length');
    if (length !== undefined && length !== number) return bad('disagree', entries[at + 2], 'Content-Length');
    length = number;
  }
  return good(length);
}

/** `1*DIGIT`, -1 for anything else; beyond 2^32-1 any number above it. */
function wholeNumber(text: string): number {
  let number = text === '' ? -1 : 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = Math.min(number * 10 + digit, UINT32_MAX + 1);
  }
  return number;
}
