import type { SamplingRate } from '../codec/sound-codec.ts';

/** A whole WAV file of one channel, 16 bits. */
export function monoWav(sound: Int16Array, rate: SamplingRate): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + sound.byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(sound.byteLength, 40);
  const samples = Buffer.alloc(sound.byteLength);
  for (let i = 0; i < sound.length; i++) samples.writeInt16LE(sound[i]!, 2 * i);
  return Buffer.concat([header, samples]);
}
