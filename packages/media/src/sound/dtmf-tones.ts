import type { SamplingRate } from '../codec/sound-codec.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { SoundSource } from './sound-source.ts';
import { type Beat, Tone } from './tone.ts';

/** Of the rows and columns of a keypad, in Hz (ITU-T Q.23). */
export const ROWS = [697, 770, 852, 941] as const;
export const COLUMNS = [1_209, 1_336, 1_477, 1_633] as const;
/** Keys by row and column. */
export const KEYPAD = ['123A', '456B', '789C', '*0#D'] as const;

/** How loud a key is: its lower tone in dBm0, and by how many decibels the higher one is louder (a line damps it more). */
export interface KeyLoudness {
  readonly level: number;
  readonly twist: number;
}

const USUAL: KeyLoudness = { level: -10, twist: 2 };
/** Between two presses; a receiver may want 40 ms (Q.24 §A). */
const PAUSE_MS = 70;

/** A press as tones that a line carries, with a pause behind it; a flash hook has none, and is a pause. */
export function keyBeats(key: DtmfKey, milliseconds: number, loudness: KeyLoudness = USUAL): Beat[] {
  const row = KEYPAD.findIndex((keys) => keys.includes(key));
  if (row < 0) return [{ partials: [], milliseconds: milliseconds + PAUSE_MS }];
  const { level, twist } = loudness;
  const partials = [
    { hertz: ROWS[row]!, level },
    { hertz: COLUMNS[KEYPAD[row]!.indexOf(key)]!, level: level + twist },
  ];
  return [
    { partials, milliseconds },
    { partials: [], milliseconds: PAUSE_MS },
  ];
}

/** Presses one after the other, as sound. */
export function keyTones(
  presses: readonly { readonly key: DtmfKey; readonly milliseconds: number }[],
  rate: SamplingRate,
  loudness: KeyLoudness = USUAL,
): SoundSource {
  return new Tone(
    presses.flatMap(({ key, milliseconds }) => keyBeats(key, milliseconds, loudness)),
    rate,
    1,
  );
}
