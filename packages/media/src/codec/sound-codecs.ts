import { PCMA, PCMU } from './g711.ts';
import { G722 } from './g722/g722.ts';
import { opus } from './opus.ts';
import type { SamplingRate, SoundCodec } from './sound-codec.ts';

const FIXED: ReadonlyMap<string, SoundCodec> = new Map([PCMA, PCMU, G722].map((codec) => [codec.encoding, codec]));
const OPUS = opus(48_000).encoding;

/**
 * The codec of an encoding; undefined for one that is only relayed. `rate` is the sampling rate that is wanted, which decides for a
 * codec that knows several (Opus).
 */
export function soundCodec(encoding: string, rate: SamplingRate = 48_000): SoundCodec | undefined {
  return encoding === OPUS ? opus(rate) : FIXED.get(encoding);
}

/** The sampling rate that a codec has by itself; undefined for one that fits the other side's, as Opus does. */
export function ownRate(encoding: string): SamplingRate | undefined {
  return FIXED.get(encoding)?.rate;
}
