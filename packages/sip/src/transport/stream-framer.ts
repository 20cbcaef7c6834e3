import { findHeadEnd, readContentLength } from '../message/framing-fields.ts';
import { LIMITS } from '../message/limits.ts';
import type { Frame, Framing, FramingFault } from './framing.ts';

const CRLF: Frame = { kind: 'crlf' };
const CR = 13;
const LF = 10;
const SMALLEST_STORE = 2048;
const NOTHING = Buffer.alloc(0);

/**
 * Turns the octets of a stream into whole messages and keep-alives, wherever the stream was cut. It holds at most one
 * message and one chunk. Where a message ends is asked of the same function as the parser asks.
 *
 * @example
 * framer.push(octets);
 * for (let frame = framer.next(); frame !== undefined; frame = framer.next()) handle(frame);
 */
export class StreamFramer implements Framing {
  /** Octets not yet handed out are `#store[#from…#to)`. */
  #store: Buffer = NOTHING;
  #from = 0;
  #to = 0;
  /** True when `#store` is ours to append to, false when it is a chunk as it came. */
  #growing = false;
  /** Offset in the store up to which no head ended. */
  #searched = 0;
  /** Length of the message at `#from` once its head is whole. */
  #length: number | undefined;
  #faulty = false;

  /** A stream of TCP or TLS carries messages as they are. */
  wrap(octets: Buffer): Buffer {
    return octets;
  }

  /** True when a message has begun and is not whole. */
  get waiting(): boolean {
    return this.#to > this.#from;
  }

  /** Takes a chunk; it must not change afterwards, because messages may be views of it. */
  push(octets: Buffer): void {
    if (this.#faulty) return;
    if (!this.waiting) {
      this.#store = octets;
      this.#from = 0;
      this.#to = octets.length;
      this.#searched = 0;
      this.#growing = false;
      return;
    }
    this.#reserve(octets.length);
    octets.copy(this.#store, this.#to);
    this.#to += octets.length;
  }

  /** The next frame, undefined when more octets are needed. After a fault always undefined. */
  next(): Frame | undefined {
    if (this.#faulty) return undefined;
    if (this.#length === undefined) {
      if (this.#takeEmptyLine()) return CRLF;
      const fault = this.#measure();
      if (fault !== undefined) return this.#fail(fault);
    }
    if (this.#length === undefined || this.#to - this.#from < this.#length) return undefined;
    const end = this.#from + this.#length;
    const octets = this.#store.subarray(this.#from, end); // what was handed out is never written to again
    this.#from = end;
    this.#searched = end;
    this.#length = undefined;
    if (!this.waiting) this.#store = NOTHING; // a silent connection keeps no octets alive
    return { kind: 'message', octets };
  }

  #takeEmptyLine(): boolean {
    if (this.#to - this.#from < 2 || this.#store[this.#from] !== CR || this.#store[this.#from + 1] !== LF) return false;
    this.#from += 2;
    this.#searched = this.#from;
    return true;
  }

  /** Finds out the length of the message that begins at `#from`, when its head is there. */
  #measure(): FramingFault | undefined {
    const held = this.#store.subarray(0, this.#to);
    const headEnd = findHeadEnd(held, Math.max(this.#from, this.#searched - 3));
    if (headEnd < 0) {
      this.#searched = this.#to;
      return this.#to - this.#from > LIMITS.headOctets ? 'too-large' : undefined;
    }
    const length = readContentLength(held.subarray(this.#from, headEnd));
    if (!length.ok) return FAULT_OF_LENGTH[length.error.code] ?? 'bad-head';
    if (length.value === undefined) return 'no-length';
    const whole = headEnd - this.#from + length.value;
    if (whole > LIMITS.messageOctets) return 'too-large';
    this.#length = whole;
    return undefined;
  }

  #fail(fault: FramingFault): Frame {
    const held = this.#store.subarray(this.#from, this.#to);
    const headEnd = findHeadEnd(held);
    this.#faulty = true;
    this.#store = NOTHING;
    this.#from = 0;
    this.#to = 0;
    return { kind: 'fault', fault, head: headEnd < 0 ? held : held.subarray(0, headEnd) };
  }

  /** Makes room for `more` octets behind what is held, in a store of our own. */
  #reserve(more: number): void {
    const held = this.#to - this.#from;
    if (this.#growing && this.#to + more <= this.#store.length) return;
    const store = Buffer.allocUnsafeSlow(Math.max(SMALLEST_STORE, 2 * (held + more), this.#length ?? 0));
    this.#store.copy(store, 0, this.#from, this.#to);
    this.#searched -= this.#from;
    this.#store = store;
    this.#from = 0;
    this.#to = held;
    this.#growing = true;
  }
}

const FAULT_OF_LENGTH: Readonly<Record<string, FramingFault>> = {
  'not-a-number': 'bad-length',
  'out-of-range': 'bad-length',
  disagree: 'bad-length',
};
