import { randomBytes } from 'node:crypto';
import { type Disk, putWhole } from './disk.ts';
import { type EncodedFormat, encoderFor } from './encoder.ts';
import {
  fileKey,
  SALT_OCTETS,
  SEGMENT_OCTETS,
  type SealedContent,
  sealedHeader,
  sealSegment,
} from './sealed-format.ts';
import type { RawSound } from './sound-file.ts';
import { FRAME_OCTETS } from './wav-header.ts';

/**
 * Writes the sound in another format, whole or not at all; encrypted when a domain's key is given.
 *
 * @throws what the encoder or the file system says, with nothing left behind
 */
export async function encodeSound(
  disk: Disk,
  path: string,
  sound: RawSound,
  format: EncodedFormat,
  domainKey: Uint8Array | undefined,
): Promise<void> {
  const encoder = await encoderFor(format, sound.law, sound.frames);
  try {
    putWhole(disk, path, (file) => {
      const sink = domainKey === undefined ? new PlainSink(disk, file) : new SealedSink(disk, file, domainKey, format);
      sink.write(encoder.head);
      let half: Buffer = Buffer.alloc(0);
      for (const portion of sound.portions()) {
        // A segment may end within a frame only where somebody else wrote it; still no sample may change its channel.
        const all = half.length === 0 ? portion : Buffer.concat([half, portion]);
        const whole = all.length - (all.length % FRAME_OCTETS);
        half = Buffer.from(all.subarray(whole));
        for (let at = 0; at < whole; at += PORTION)
          sink.write(encoder.encode(all.subarray(at, Math.min(at + PORTION, whole))));
      }
      sink.write(encoder.finish());
      sink.end();
    });
  } catch (error) {
    try {
      disk.remove(`${path}.part`);
    } catch {
      // There is none, or the disk that failed has failed again: the next start looks for it.
    }
    throw error;
  }
}

/** What an encoder is given at a time. */
const PORTION = 8_000 * FRAME_OCTETS;

class PlainSink {
  readonly #disk: Disk;
  readonly #file: number;
  #position = 0;

  constructor(disk: Disk, file: number) {
    this.#disk = disk;
    this.#file = file;
  }

  write(octets: Uint8Array): void {
    this.#disk.write(this.#file, octets, this.#position);
    this.#position += octets.length;
  }

  end(): void {}
}

class SealedSink {
  readonly #plain: PlainSink;
  readonly #key: Buffer;
  readonly #header: Buffer;
  readonly #text = Buffer.alloc(SEGMENT_OCTETS);
  #length = 0;
  #number = 0;

  constructor(disk: Disk, file: number, domainKey: Uint8Array, format: EncodedFormat) {
    // A salt of its own, so a key of its own, each time that it is made: nonces begin at nought again.
    const salt = randomBytes(SALT_OCTETS);
    const content: SealedContent = format === 'pcm' ? 'wav' : format;
    this.#plain = new PlainSink(disk, file);
    this.#key = fileKey(domainKey, salt);
    this.#header = sealedHeader(content, salt);
    this.#plain.write(this.#header);
  }

  write(octets: Uint8Array): void {
    for (let at = 0; at < octets.length; ) {
      if (this.#length === SEGMENT_OCTETS) this.#seal('more');
      const taken = octets.subarray(at, at + SEGMENT_OCTETS - this.#length);
      this.#text.set(taken, this.#length);
      this.#length += taken.length;
      at += taken.length;
    }
  }

  end(): void {
    this.#seal('end');
  }

  #seal(end: 'more' | 'end'): void {
    const text = this.#text.subarray(0, this.#length);
    this.#plain.write(sealSegment(this.#key, this.#header, this.#number++, end, text));
    this.#length = 0;
  }
}
