import { writeFileSync } from 'node:fs';
import { longestPacket, type SoundCodec, soundCodec } from '@vats/media/testing';
import { expect } from 'vitest';
import { octets } from './child.ts';
import { scenario } from './scenario.ts';

const NEEDS = ['ffmpeg'];
const SAMPLES = 16_000 * 20;

/** Sound of every loudness: noise that swells and falls, a tone that climbs, and both of them clipped. */
function sound(): Int16Array {
  let state = 12_345;
  return Int16Array.from({ length: SAMPLES }, (_, i) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    const noise = ((state >> 8) % 65_536) - 32_768;
    const swell = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / 9_000);
    const tone = 26_000 * Math.sin((i * i) / 4_000_000);
    return Math.max(-32_768, Math.min(32_767, Math.round(i % 32_000 < 16_000 ? noise * swell : tone + noise * 0.3)));
  });
}

function ffmpeg(
  scene: { folder(name: string): string },
  input: Uint8Array,
  from: string[],
  to: string[],
): Promise<Buffer> {
  const file = `${scene.folder('sound')}/in`;
  writeFileSync(file, input);
  return octets('ffmpeg', ['-v', 'error', '-nostdin', ...from, '-i', file, ...to, '-']);
}

function encoded(codec: SoundCodec, samples: Int16Array): Buffer {
  const encoder = codec.encoder();
  const out = Buffer.alloc(samples.length);
  let end = 0;
  for (let at = 0; at < samples.length; at += codec.rate / 50) {
    const frame = samples.subarray(at, at + codec.rate / 50);
    end = encoder.encode(frame, frame.length, out, end);
  }
  return out.subarray(0, end);
}

function decoded(codec: SoundCodec, payload: Buffer): Buffer {
  const decoder = codec.decoder();
  const frame = new Int16Array(longestPacket(codec.rate));
  const parts: Buffer[] = [];
  for (let at = 0; at < payload.length; at += 160) {
    const samples = decoder.decode(payload, at, Math.min(at + 160, payload.length), frame);
    parts.push(Buffer.from(frame.slice(0, samples).buffer));
  }
  return Buffer.concat(parts);
}

const PCM = ['-f', 's16le', '-ac', '1'];

scenario('G.722 is ffmpeg’s octet for octet, both ways', { needs: NEEDS }, async (scene) => {
  const codec = soundCodec('g722/8000/1') as SoundCodec;
  const samples = sound();
  const theirs = await ffmpeg(
    scene,
    Buffer.from(samples.buffer),
    [...PCM, '-ar', '16000'],
    ['-c:a', 'g722', '-f', 'g722'],
  );
  expect(theirs.length).toBe(SAMPLES / 2);
  expect(Buffer.compare(encoded(codec, samples), theirs)).toBe(0);
  const heard = await ffmpeg(scene, theirs, ['-f', 'g722'], PCM);
  expect(Buffer.compare(decoded(codec, theirs), heard)).toBe(0);
});

for (const [encoding, name] of [
  ['pcma/8000/1', 'alaw'],
  ['pcmu/8000/1', 'mulaw'],
] as const) {
  scenario(`${encoding} is decoded as ffmpeg decodes it`, { needs: NEEDS }, async (scene) => {
    const codec = soundCodec(encoding) as SoundCodec;
    const payload = encoded(codec, sound());
    const heard = await ffmpeg(scene, payload, ['-f', name, '-ar', '8000', '-ac', '1'], PCM);
    expect(Buffer.compare(decoded(codec, payload), heard)).toBe(0);
  });
}
