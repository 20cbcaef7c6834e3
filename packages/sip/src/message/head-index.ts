import { CHARACTER_CLASSES, COLON, CR, LF, SPACE, TAB, TOKEN } from './chars.ts';
import { headerNumberAt } from './header-names.ts';
import { LIMITS } from './limits.ts';
import { isSafeValue } from './wire-text.ts';

/** What makes octets no SIP message at all: nothing can be answered to them. */
export type MessageFault =
  | 'empty'
  | 'too-large'
  | 'too-many-headers'
  | 'line-too-long'
  | 'bare-cr'
  | 'bare-lf'
  | 'nul'
  | 'no-start-line'
  | 'bad-status-line';

/** What is wrong with a message that can still be read, and answered with 400 when it is a request. */
export type StructureFault = 'start-line-folded' | 'no-colon' | 'bad-header-name' | 'head-not-ended';

const NO_ENTRIES: readonly number[] = [];

/**
 * Where the lines of a message's head are. Each line takes {@link STRIDE} numbers in `entries`: its header number, name
 * length and fold mark packed into one, then the offsets of its name, its value's first octet and its value's end.
 */
export class HeadIndex {
  entries: readonly number[] = NO_ENTRIES;
  /**
   * The known headers that have a line, and those that have several: bit `number % 32` each. A bit that is not set says
   * surely that there is none; most questions to a message are about headers that it does not have.
   */
  present = 0;
  repeated = 0;
  /** Offset of the start line, behind the empty lines that may precede it (RFC 3261 §7.5). */
  start = 0;
  /** End of the start line, before its CRLF. */
  startLineEnd = 0;
  /** Offset of the first octet of the body. */
  bodyStart = 0;
  fault: StructureFault | undefined = undefined;
  faultAt = 0;
}

export const STRIDE = 4;
const NUMBER_BITS = 8;
const NUMBER_MASK = 0xff;
const FOLDED = 1 << NUMBER_BITS;
const LENGTH_SHIFT = NUMBER_BITS + 1;

export function numberOf(meta: number): number {
  return meta & NUMBER_MASK;
}

export function isFolded(meta: number): boolean {
  return (meta & FOLDED) !== 0;
}

export function nameLengthOf(meta: number): number {
  return meta >>> LENGTH_SHIFT;
}

/** A line by itself: offsets in the message. */
class LineScan {
  end = 0;
  next = 0;
  folded = false;
  hasNul = false;
  /** False for a line that has no place in the index. */
  isHeader = true;
}

/** Reused: scanning never calls out, so no two scans can meet. */
const line = new LineScan();
/** Entries of the scan at work; the message gets a copy of the right length, which costs less than growing one. */
const collected: number[] = Array.from({ length: STRIDE * LIMITS.headers }, () => 0);

/**
 * Finds the lines of the head that begins at `from`. Answers the index, or the fault that makes the octets no message.
 * The work is one pass over the head.
 */
export function indexHead(octets: Uint8Array, from: number, index: HeadIndex): MessageFault | undefined {
  const total = octets.length;
  let at = from;
  while (octets[at] === CR && octets[at + 1] === LF) at += 2;
  if (at >= total) return 'empty';
  index.start = at;
  let fault = scanLine(octets, at, total);
  if (fault !== undefined) return fault;
  if (line.next - at > LIMITS.lineOctets) return 'line-too-long';
  if (line.hasNul) return 'nul';
  index.startLineEnd = line.end;
  if (line.folded) {
    note(index, 'start-line-folded', at);
    index.startLineEnd = at;
    while (octets[index.startLineEnd] !== CR) index.startLineEnd++;
  }
  at = line.next;
  let count = 0;
  for (let headers = 0; at < total && !(octets[at] === CR && octets[at + 1] === LF); headers++) {
    if (headers === LIMITS.headers) return 'too-many-headers';
    line.isHeader = true;
    fault = indexLine(octets, at, total, index, count);
    if (fault !== undefined) return fault;
    if (line.isHeader) {
      const bit = 1 << numberOf(collected[count]!);
      index.repeated |= index.present & bit;
      index.present |= bit;
      count += STRIDE;
    }
    at = line.next;
  }
  if (at >= total) note(index, 'head-not-ended', total);
  index.entries = collected.slice(0, count);
  index.bodyStart = Math.min(at + 2, total);
  return index.bodyStart - index.start > LIMITS.headOctets ? 'too-large' : undefined;
}

/** One header line: `name HCOLON value` (RFC 3261 §25.1), where blanks may stand before the colon; its entry at `slot`. */
function indexLine(
  octets: Uint8Array,
  at: number,
  total: number,
  index: HeadIndex,
  slot: number,
): MessageFault | undefined {
  let nameEnd = at;
  while ((CHARACTER_CLASSES[octets[nameEnd]!]! & TOKEN) !== 0) nameEnd++;
  let colon = nameEnd;
  while (octets[colon] === SPACE || octets[colon] === TAB) colon++;
  if (nameEnd === at || octets[colon] !== COLON) return skipBadLine(octets, at, total, index);
  let valueStart = colon + 1;
  while (octets[valueStart] === SPACE || octets[valueStart] === TAB) valueStart++;
  const fault = scanLine(octets, valueStart, total);
  if (fault !== undefined) return fault;
  if (line.next - at > LIMITS.lineOctets) return 'line-too-long';
  let valueEnd = line.end;
  while (valueEnd > valueStart && isBlank(octets[valueEnd - 1]!)) valueEnd--;
  if (line.hasNul && !isSafeValue(Buffer.from(octets.subarray(valueStart, valueEnd)).toString('latin1'))) return 'nul';
  const folded = line.folded ? FOLDED : 0;
  collected[slot] = headerNumberAt(octets, at, nameEnd) | ((nameEnd - at) << LENGTH_SHIFT) | folded;
  collected[slot + 1] = at;
  collected[slot + 2] = valueStart;
  collected[slot + 3] = valueEnd;
  return undefined;
}

/** A line that is no header stays in the message's octets and out of its index. */
function skipBadLine(octets: Uint8Array, at: number, total: number, index: HeadIndex): MessageFault | undefined {
  line.isHeader = false;
  const fault = scanLine(octets, at, total);
  if (fault !== undefined) return fault;
  if (line.next - at > LIMITS.lineOctets) return 'line-too-long';
  if (line.hasNul) return 'nul';
  let hasColon = false;
  for (let octet = at; octet < line.end; octet++) if (octets[octet] === COLON) hasColon = true;
  note(index, hasColon ? 'bad-header-name' : 'no-colon', at);
  return undefined;
}

/**
 * Goes to the end of the line that `at` is in, over its folded continuations (RFC 3261 §7.3.1), and leaves what it
 * found in `line`. A line that the message's end cuts off ends there.
 */
function scanLine(octets: Uint8Array, at: number, total: number): MessageFault | undefined {
  line.folded = false;
  line.hasNul = false;
  for (;;) {
    while (at < total && octets[at]! > CR) at++;
    if (at >= total) {
      line.end = total;
      line.next = total;
      return undefined;
    }
    const octet = octets[at]!;
    if (octet === CR) {
      if (octets[at + 1] !== LF) return 'bare-cr';
      const after = octets[at + 2];
      if (after !== SPACE && after !== TAB) {
        line.end = at;
        line.next = at + 2;
        return undefined;
      }
      line.folded = true;
      at += 3;
    } else if (octet === LF) return 'bare-lf';
    else {
      if (octet === 0) line.hasNul = true;
      at++;
    }
  }
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === TAB || octet === CR || octet === LF;
}

function note(index: HeadIndex, fault: StructureFault, at: number): void {
  if (index.fault !== undefined) return;
  index.fault = fault;
  index.faultAt = at;
}

/**
 * A folded value as one line: each fold with the blanks around it becomes one space (RFC 3261 §7.3.1).
 *
 * @example unfolded('a\r\n  b') === 'a b'
 */
export function unfolded(text: string): string {
  let value = '';
  for (const piece of text.split('\r\n')) {
    const trimmed = trimBlanks(piece);
    if (trimmed !== '') value += value === '' ? trimmed : ` ${trimmed}`;
  }
  return value;
}

function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}
