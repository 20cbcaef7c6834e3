import alawmulaw from 'alawmulaw';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunk, makeWav, octetsOf } from './testing/make-wav.ts';
import { loudness, sine, strength } from './testing/tones.ts';
import { WavDecoding } from './wav-decoding.ts';
import { readWavForm, WAV_FAULTS, type WavFault } from './wav-form.ts';

function decode(file: Uint8Array, rate = 8_000, portion = 1_000): Int16Array {
  const form = readWavForm(file);
  if (!form.ok) throw new Error(form.error.code);
  const decoding = new WavDecoding(file, form.value, rate);
  while (!decoding.step(portion));
  return decoding.sound;
}

function fault(file: Uint8Array): WavFault | undefined {
  const form = readWavForm(file);
  return form.ok ? undefined : form.error.code;
}

const SOUND = Int16Array.of(0, 1, -1, 1_000, -1_000, 32_767, -32_768, 77);

describe('forms', () => {
  test('16 bits at our rate come out as they are', () => {
    expect([...decode(makeWav({ data: octetsOf(SOUND) }))]).toEqual([...SOUND]);
  });

  test('8 bits are unsigned', () => {
    expect([...decode(makeWav({ bits: 8, data: Uint8Array.of(0, 128, 255) }))]).toEqual([-32_768, 0, 32_512]);
  });

  test('24 and 32 bits are rounded to 16', () => {
    const wide24 = Buffer.from([0xff, 0x34, 0x12, 0x01, 0x00, 0x80]);
    expect([...decode(makeWav({ bits: 24, data: wide24 }))]).toEqual([0x1235, -32_768]);
    const wide32 = Buffer.from([0, 0x90, 0x34, 0x12, 0xff, 0xff, 0xff, 0x7f]);
    expect([...decode(makeWav({ bits: 32, data: wide32 }))]).toEqual([0x1235, 32_767]);
  });

  test('floats are 1 at full scale; what lies beyond is cut, and what is no number is silence', () => {
    const floats = Float32Array.of(0, 0.5, -1, 3, Number.NaN, Number.POSITIVE_INFINITY);
    const sound = decode(makeWav({ tag: 3, bits: 32, data: new Uint8Array(floats.buffer) }));
    expect([...sound]).toEqual([0, 16_384, -32_768, 32_767, 0, 0]);
    const doubles = Float64Array.of(0.25, -0.25);
    expect([...decode(makeWav({ tag: 3, bits: 64, data: new Uint8Array(doubles.buffer) }))]).toEqual([8_192, -8_192]);
  });

  test('A-law and µ-law', () => {
    const octets = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(decode(makeWav({ tag: 6, bits: 8, data: octets }))).toEqual(alawmulaw.alaw.decode(octets));
    expect(decode(makeWav({ tag: 7, bits: 8, data: octets }))).toEqual(alawmulaw.mulaw.decode(octets));
  });

  test('channels are mixed down to their mean', () => {
    const stereo = octetsOf(Int16Array.of(100, 300, -50, -150));
    expect([...decode(makeWav({ channels: 2, data: stereo }))]).toEqual([200, -100]);
    const six = octetsOf(Int16Array.of(6, 0, 0, 0, 0, 0));
    expect([...decode(makeWav({ channels: 6, data: six }))]).toEqual([1]);
  });

  test('the extensible form says its real one in a GUID', () => {
    const file = makeWav({ data: octetsOf(SOUND) });
    const format = Buffer.alloc(40);
    file.copy(format, 0, 20, 36);
    format.writeUInt16LE(0xfffe, 0);
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(16, 18);
    format.writeUInt16LE(1, 24);
    const body = Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', format), chunk('data', octetsOf(SOUND))]);
    expect([...decode(chunk('RIFF', body))]).toEqual([...SOUND]);
  });
});

describe('what writers get wrong', () => {
  test.each([
    ['0, as a pipe leaves it', 0],
    ['0xFFFFFFFF', 0xffff_ffff],
    ['more than there is', 1_000],
  ])('a data size of %s: all that is there is sound', (_, dataSize) => {
    expect([...decode(makeWav({ data: octetsOf(SOUND), dataSize }))]).toEqual([...SOUND]);
  });

  test('a data size that is too short is believed', () => {
    expect([...decode(makeWav({ data: octetsOf(SOUND), dataSize: 8 }))]).toEqual([...SOUND.subarray(0, 4)]);
  });

  test('a data size of 0 with chunks behind it is an empty sound', () => {
    expect(fault(makeWav({ data: Buffer.alloc(0), after: chunk('LIST', Buffer.from('INFOxyz')) }))).toBe('empty');
  });

  test('chunks before the sound, odd ones too, with or without the octet that fills them up', () => {
    const odd = chunk('LIST', Buffer.from('abc'));
    expect([...decode(makeWav({ data: octetsOf(SOUND), before: odd }))]).toEqual([...SOUND]);
    expect([...decode(makeWav({ data: octetsOf(SOUND), before: odd.subarray(0, 11) }))]).toEqual([...SOUND]);
    expect([...decode(makeWav({ data: octetsOf(SOUND), after: odd }))]).toEqual([...SOUND]);
  });

  test('the sound may stand before its description', () => {
    const file = makeWav({ data: octetsOf(SOUND) });
    const turned = Buffer.concat([file.subarray(8, 12), file.subarray(36), file.subarray(12, 36)]);
    expect([...decode(chunk('RIFF', turned))]).toEqual([...SOUND]);
  });

  test('a last frame that is not whole is left out', () => {
    expect([...decode(makeWav({ channels: 2, data: Buffer.from([1, 0, 1, 0, 9, 9, 9]) }))]).toEqual([1]);
  });
});

describe('refused', () => {
  const file = makeWav({ data: octetsOf(SOUND) });
  test.each<[string, Uint8Array, WavFault]>([
    ['MP3', Buffer.from('ID3\u0004 and so on and on'), 'no-wav'],
    ['Ogg', Buffer.concat([Buffer.from('OggS'), Buffer.alloc(40)]), 'no-wav'],
    ['an empty file', Buffer.alloc(0), 'no-wav'],
    ['big-endian RIFX', Buffer.concat([Buffer.from('RIFX'), file.subarray(4)]), 'no-wav'],
    ['a header that is cut', file.subarray(0, 11), 'cut-short'],
    ['a format that is cut', file.subarray(0, 30), 'cut-short'],
    ['no data', file.subarray(0, 36), 'no-data'],
    ['no format', Buffer.concat([file.subarray(0, 12), file.subarray(36)]), 'cut-short'],
    ['no sound', makeWav({ data: Buffer.alloc(0) }), 'empty'],
    ['MP3 inside', makeWav({ tag: 0x55, data: octetsOf(SOUND) }), 'encoding'],
    ['ADPCM inside', makeWav({ tag: 2, bits: 4, data: octetsOf(SOUND) }), 'encoding'],
    ['3,999 Hz', makeWav({ rate: 3_999, data: octetsOf(SOUND) }), 'rate'],
    ['192,001 Hz', makeWav({ rate: 192_001, data: octetsOf(SOUND) }), 'rate'],
    ['no channel', makeWav({ channels: 0, data: octetsOf(SOUND) }), 'channels'],
    ['33 channels', makeWav({ channels: 33, data: octetsOf(SOUND) }), 'channels'],
    ['over an hour', makeWav({ rate: 4_000, bits: 8, data: new Uint8Array(4_000 * 3_601) }), 'too-long'],
  ])('%s', (_, octets, code) => {
    expect(fault(octets)).toBe(code);
    expect(WAV_FAULTS[code]).toMatch(/: /);
  });

  test('a large file of nothing but empty sounds is walked through once, not once for each', () => {
    // Half a million chunks: once for each would take hours, in the thread that relays sound.
    const empty = Buffer.concat(Array(2 ** 19).fill(chunk('data', Buffer.alloc(0))));
    expect(fault(Buffer.concat([file.subarray(0, 12), empty]))).toBe('no-format');
    expect(fault(Buffer.concat([file.subarray(0, 12), empty, file.subarray(12)]))).toBe('empty');
  });

  test('any octets are read or refused, and what is read can be decoded', () => {
    const start = fc.constantFrom(file.subarray(0, 12), file.subarray(0, 36), file);
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 200 }), fc.nat(60), fc.nat(255), (head, tail, at, octet) => {
        const octets = Buffer.concat([head, tail]);
        if (at >= 12 && at < octets.length) octets[at] = octet;
        const form = readWavForm(octets);
        if (form.ok && form.value.frames < 5_000) expect(decode(octets).length).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('rates', () => {
  test.each([4_000, 6_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000])('%d Hz to all of ours', (rate) => {
    for (const ours of [8_000, 16_000, 48_000]) {
      const sound = decode(makeWav({ rate, data: octetsOf(sine(rate, 1_000, rate * 0.48)) }), ours, 333);
      expect(sound).toHaveLength(ours * 0.48);
      const middle = sound.subarray(ours / 10, ours * 0.38);
      expect(strength(middle, ours, 1_000)).toBeGreaterThan(9_950);
      expect(strength(middle, ours, 1_000)).toBeLessThan(10_050);
      const pure = sine(ours, 1_000, ours * 0.48);
      const error = sound.map((sample, i) => sample - pure[i]!);
      expect(loudness(error, ours / 10, ours * 0.38)).toBeLessThan(rate === 4_000 ? 60 : 5);
    }
  });

  test('what the slower rate cannot hold is taken away, not folded back', () => {
    const high = decode(makeWav({ rate: 48_000, data: octetsOf(sine(48_000, 5_000, 24_000)) }), 8_000);
    expect(loudness(high, 400, 3_600)).toBeLessThan(5);
  });

  test('portions make no difference', () => {
    const file = makeWav({ rate: 44_100, data: octetsOf(sine(44_100, 700, 10_000)) });
    expect(decode(file, 8_000, 7)).toEqual(decode(file, 8_000, 10_000));
  });
});
