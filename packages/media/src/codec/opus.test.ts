import { beforeAll, expect, test } from 'vitest';
import { loadOpus, opus } from './opus.ts';
import { longestPacket, type SamplingRate } from './sound-codec.ts';
import { amplitudeAt, loudness, tone } from './testing/sounds.ts';

beforeAll(loadOpus);

/** A handle is there when the turn that asked for it is over. */
function made<T>(codec: T): Promise<T> {
  return new Promise((resolve) => setImmediate(() => resolve(codec)));
}

async function packets(rate: SamplingRate, count: number, wishes = {}, silentFrom = count): Promise<Uint8Array[]> {
  const encoder = await made(opus(rate).encoder(wishes));
  const frame = rate / 50;
  const sound = tone(440, rate, count * frame).fill(0, silentFrom * frame);
  const out = new Uint8Array(1_500);
  const all = Array.from({ length: count }, (_, i) => {
    const end = encoder.encode(sound.subarray(i * frame, (i + 1) * frame), frame, out, 12);
    return out.slice(12, end);
  });
  encoder.close();
  return all;
}

test.each([8_000, 16_000, 48_000] as const)('a tone comes through at %i Hz', async (rate) => {
  const decoder = await made(opus(rate).decoder());
  const out = new Int16Array(longestPacket(rate));
  const heard = (await packets(rate, 25)).map((packet) => {
    expect(decoder.decode(packet, 0, packet.length, out)).toBe(rate / 50);
    return out.slice(0, rate / 50);
  });
  const last = Int16Array.from(heard.slice(15).flatMap((frame) => [...frame]));
  expect(amplitudeAt(last, 440, rate)).toBeGreaterThan(8_000);
  decoder.close();
});

test('a decoder of 8 kHz reads what was encoded at 48', async () => {
  const decoder = await made(opus(8_000).decoder());
  const out = new Int16Array(longestPacket(8_000));
  for (const packet of await packets(48_000, 10)) expect(decoder.decode(packet, 0, packet.length, out)).toBe(160);
  expect(loudness(out.subarray(0, 160))).toBeGreaterThan(5_000);
});

test.each([
  ['nothing', []],
  ['a frame count without frames', [0xff]],
  ['a length beyond its end', [0x0a, 0xfc, 1]],
])('what is no packet is no sound: %s', async (_, octets) => {
  const decoder = await made(opus(8_000).decoder());
  const out = new Int16Array(960);
  const packet = Uint8Array.from(octets);
  expect(decoder.decode(packet, 0, packet.length, out)).toBe(0);
  // And what comes after it is.
  const [good] = await packets(8_000, 1);
  expect(decoder.decode(good!, 0, good!.length, out)).toBe(160);
});

test('a lost packet is made up, and told by the one after it when that was asked for', async () => {
  const [decoder, teller] = await made([opus(16_000).decoder(), opus(16_000).decoder()]);
  // The lost packet is the last that sounds: what is heard of it can only come from what the next one tells.
  const all = await packets(16_000, 30, { forwardErrorCorrection: true }, 21);
  const out = new Int16Array(longestPacket(16_000));
  for (const packet of all.slice(0, 20)) {
    decoder!.decode(packet, 0, packet.length, out);
    teller!.decode(packet, 0, packet.length, out);
  }
  decoder!.conceal(320, out);
  expect(loudness(out.subarray(0, 320))).toBeGreaterThan(2_000);
  out.fill(0);
  teller!.recover!(all[21]!, 0, all[21]!.length, 320, out);
  expect(loudness(out.subarray(200, 320))).toBeGreaterThan(5_000);
  decoder!.conceal(7, out.fill(1)); // no step of 2.5 ms
  expect(loudness(out.subarray(0, 7))).toBe(0);
});

test('before its library is there, and after it was closed, a codec makes nothing', async () => {
  const encoder = opus(8_000).encoder();
  const decoder = opus(8_000).decoder();
  expect(encoder.encode(new Int16Array(160), 160, new Uint8Array(100), 12)).toBe(12);
  expect(decoder.decode(Uint8Array.of(1, 2, 3), 0, 3, new Int16Array(960))).toBe(0);
  decoder.close();
  await made(undefined);
  decoder.close();
  expect(decoder.decode(Uint8Array.of(1, 2, 3), 0, 3, new Int16Array(960))).toBe(0);
});

test('the bit rate is what the hearer asked for at most', async () => {
  const usual = (await packets(48_000, 50)).reduce((sum, { length }) => sum + length, 0);
  const less = (await packets(48_000, 50, { bitRate: 12_000 })).reduce((sum, { length }) => sum + length, 0);
  expect(less).toBeLessThan(usual * 0.6);
});
