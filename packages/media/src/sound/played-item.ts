import type { SamplingRate } from '../codec/sound-codec.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import { type CallTone, callTone } from './call-tones.ts';
import { keyTones } from './dtmf-tones.ts';
import type { Piece } from './player.ts';
import { type Clip, SoundFault, type SoundLibrary } from './sound-library.ts';
import { Tone } from './tone.ts';

/** One thing to be played, as plain data that crosses threads. */
export type PlayedItem =
  /** A WAV file, or an encrypted recording of G.711 with the key of that file alone, base64. */
  | { readonly file: string; readonly key?: string }
  | { readonly silenceMs: number }
  /** Keys as tones, with a pause behind each. */
  | { readonly keys: readonly { readonly key: DtmfKey; readonly milliseconds: number }[] }
  /** A tone of a country: until `milliseconds` are over, or `times` its beats; without either it does not end. */
  | { readonly tone: CallTone; readonly country?: string; readonly milliseconds?: number; readonly times?: number };

/** Items of one order at most: the longest number that can be said has some thirty words. */
export const MOST_ITEMS = 256;

/** Brings together what is to be played; answers once, in a later turn, with the first fault if there is one. */
export function gather(
  items: readonly PlayedItem[],
  rate: SamplingRate,
  library: SoundLibrary,
  done: (pieces: readonly Piece[] | SoundFault) => void,
): void {
  if (items.length > MOST_ITEMS) {
    library.later(() => done(new SoundFault('', `${items.length} things to play at once; ${MOST_ITEMS} at most`)));
    return;
  }
  const pieces: Piece[] = [];
  let awaited = 1;
  let fault: SoundFault | undefined;
  const one = (): void => {
    if (--awaited === 0) done(fault ?? pieces);
  };
  for (const [at, item] of items.entries()) {
    if ('file' in item) {
      awaited++;
      const got = (clip: Clip | SoundFault): void => {
        if (clip instanceof SoundFault) fault ??= clip;
        else pieces[at] = { clip };
        one();
      };
      library.get(item.file, rate, got, item.key);
    } else if ('silenceMs' in item) {
      pieces[at] = { silenceMs: item.silenceMs };
    } else if ('keys' in item) {
      pieces[at] = { source: keyTones(item.keys, rate) };
    } else {
      const { tone, country, milliseconds, times } = item;
      const source = new Tone(callTone(tone, country), rate, times);
      pieces[at] = milliseconds === undefined ? { source } : { source, milliseconds };
    }
  }
  library.later(one);
}
