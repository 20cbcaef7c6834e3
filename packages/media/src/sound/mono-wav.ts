import type { SamplingRate } from '../codec/sound-codec.ts';
import { pcmHeader } from './pcm-header.ts';

/** A whole WAV file of one channel, 16 bits. */
export function monoWav(sound: Int16Array, rate: SamplingRate): Buffer {
  const samples = Buffer.alloc(sound.byteLength);
  for (let i = 0; i < sound.length; i++) samples.writeInt16LE(sound[i]!, 2 * i);
  return Buffer.concat([pcmHeader(rate, 1, sound.byteLength), samples]);
}
