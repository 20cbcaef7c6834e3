import type { Opening } from '../sound/sound-library.ts';
import { SEALED } from './recording-files.ts';
import {
  HEADER_OCTETS,
  LENGTH_OCTETS,
  openSegment,
  readLength,
  readSealedHeader,
  TAG_OCTETS,
} from './sealed-format.ts';
import { FRAME_OCTETS, wavHeader } from './wav-header.ts';

/** Segments that are opened in one go: a millisecond of the thread. */
const AT_ONCE = 64;

/**
 * Opens an encrypted recording that is to be played, all of it in memory: what of it is on the disk stays encrypted. Undefined for a file
 * that is not encrypted.
 *
 * @param key of this file alone, base64
 */
export function sealedOpening(path: string, octets: Uint8Array, key: string | undefined): Opening | undefined {
  return path.endsWith(SEALED) ? new SealedOpening(octets, key) : undefined;
}

/** A file that was cut off, or is being written yet, is what of it is whole. */
class SealedOpening implements Opening {
  readonly #sealed: Buffer;
  readonly #key: Buffer | undefined;
  readonly #texts: Buffer[] = [];
  #at = HEADER_OCTETS;
  #over = false;

  constructor(octets: Uint8Array, key: string | undefined) {
    this.#sealed = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
    this.#key = key === undefined ? undefined : Buffer.from(key, 'base64');
  }

  step(): Uint8Array | Error | undefined {
    const said = readSealedHeader(this.#sealed);
    if (said === undefined) return new Error('it does not begin as an encrypted recording does');
    if (this.#key === undefined) return new Error('there is no key for it');
    const { content } = said;
    if (content !== 'PCMA' && content !== 'PCMU' && content !== 'wav') return new Error(`it holds ${content}`);
    const header = this.#sealed.subarray(0, HEADER_OCTETS);
    for (let count = 0; count < AT_ONCE && !this.#over; count++) {
      const segment = this.#next(said.segment);
      if (segment === undefined) break;
      const text = openSegment(this.#key, header, this.#texts.length, segment);
      if (text === undefined)
        return new Error(`its segment ${this.#texts.length + 1} was changed, or its key is another`);
      this.#texts.push(text);
    }
    if (!this.#over) return undefined;
    const text = Buffer.concat(this.#texts);
    if (content === 'wav') return text;
    return Buffer.concat([wavHeader(content, Math.floor(text.length / FRAME_OCTETS)), text]);
  }

  /** The next whole segment; undefined, and `#over`, where there is none. */
  #next(longest: number): Buffer | undefined {
    const at = this.#at;
    const left = this.#sealed.length - at - LENGTH_OCTETS - TAG_OCTETS;
    const length = left < 0 ? undefined : readLength(this.#sealed.subarray(at));
    if (length === undefined || length.octets > longest || length.octets > left) {
      this.#over = true;
      return undefined;
    }
    this.#at = at + LENGTH_OCTETS + length.octets + TAG_OCTETS;
    this.#over = length.end !== 'more';
    return this.#sealed.subarray(at, this.#at);
  }
}
