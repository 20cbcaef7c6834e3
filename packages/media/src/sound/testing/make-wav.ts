/** Pieces of WAV files, right and wrong ones. */

export interface WavParts {
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
  readonly data: Uint8Array;
  /** What the data chunk says its size is; its true one if not given. */
  readonly dataSize?: number;
  /** Put between `fmt ` and `data`, and behind `data`. */
  readonly before?: Uint8Array;
  readonly after?: Uint8Array;
}

export function makeWav(parts: WavParts): Buffer {
  const { tag = 1, channels = 1, rate = 8_000, bits = 16, data, before, after } = parts;
  const align = (channels * bits) / 8;
  const format = Buffer.alloc(16);
  format.writeUInt16LE(tag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE(rate * align, 8);
  format.writeUInt16LE(align, 12);
  format.writeUInt16LE(bits, 14);
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', format),
    before ?? Buffer.alloc(0),
    chunk('data', data, parts.dataSize),
    after ?? Buffer.alloc(0),
  ]);
  return chunk('RIFF', body);
}

export function chunk(name: string, body: Uint8Array, size = body.length): Buffer {
  const header = Buffer.alloc(8);
  header.write(name, 0, 'latin1');
  header.writeUInt32LE(size, 4);
  return Buffer.concat([header, body, Buffer.alloc(body.length % 2)]);
}

/** Samples as octets of a form of 16 bits. */
export function octetsOf(samples: Int16Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}
