import { firstValue, looksLikeSip, readSipText } from './sip-text.ts';

/** Octets of one direction that may wait for the rest of their message. */
const MOST_WAITING = 256 * 1024;

/**
 * Cuts one direction of a connection into SIP messages by Content-Length, and the empty lines between them into
 * keep-alives (RFC 5626 §3.5.1). What is no SIP comes out as it is, so that the trace shows it.
 */
export class StreamMessages {
  #waiting: Buffer = Buffer.alloc(0);

  *take(octets: Buffer): Generator<Buffer> {
    this.#waiting = Buffer.concat([this.#waiting, octets]);
    for (;;) {
      const length = this.#nextLength();
      if (length === undefined) break;
      yield this.#waiting.subarray(0, length);
      this.#waiting = this.#waiting.subarray(length);
    }
  }

  /** What is left of a message that never ended. */
  rest(): Buffer {
    return this.#waiting;
  }

  #nextLength(): number | undefined {
    const octets = this.#waiting;
    if (octets.length === 0) return undefined;
    // A ping is a doubled CRLF, a pong a single one; both are told by themselves when nothing else follows.
    const blank = /^(\r\n)+/.exec(octets.subarray(0, 64).toString('latin1'));
    if (blank !== null) return blank[0].length;
    if (octets.length > MOST_WAITING) return octets.length;
    const end = octets.indexOf('\r\n\r\n');
    if (end < 0) return looksLikeSip(octets) || octets.indexOf('\n') < 0 ? undefined : octets.length;
    const sip = readSipText(octets.subarray(0, end + 4));
    if (sip === undefined) return octets.length;
    const length = end + 4 + contentLengthOf(firstValue(sip, 'content-length'));
    return length <= octets.length ? length : undefined;
  }
}

function contentLengthOf(value: string | undefined): number {
  const length = Number(value ?? '0');
  return Number.isInteger(length) && length >= 0 && length <= MOST_WAITING ? length : 0;
}
