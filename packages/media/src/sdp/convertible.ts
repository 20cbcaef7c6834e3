import { Codec, eventsBeside, fitsRecording } from './codec.ts';
import { type KeyedCodec, PayloadTypes } from './payload-types.ts';

const PCMA = new Codec(8, 'PCMA', 8000, 1);
const PCMU = new Codec(0, 'PCMU', 8000, 1);
const G722 = new Codec(9, 'G722', 8000, 1);
const OPUS = new Codec(96, 'opus', 48_000, 2, 'useinbandfec=1');

/** What is converted here, cheapest first. The folder `codec` has a decoder and an encoder for each. */
export const CONVERTIBLE: readonly Codec[] = [PCMA, PCMU, G722, OPUS];
/** For who has more than a narrow band: what keeps it comes first. */
const WIDE_FIRST: readonly Codec[] = [G722, OPUS, PCMA, PCMU];

const ENCODINGS: ReadonlySet<string> = new Set(CONVERTIBLE.map(({ encoding }) => encoding));

const CLOCK_RATES: ReadonlySet<number> = new Set([8_000, 16_000, 48_000]);

/** Whether events count in a clock that some sound has: others are nobody's, and may make a press as long as they like. */
export function hasSoundClock({ clockRate }: { readonly clockRate: number }): boolean {
  return CLOCK_RATES.has(clockRate);
}

export function isConvertible(codec: Codec): boolean {
  return ENCODINGS.has(codec.encoding);
}

/**
 * What an offer may hold behind the codecs of the leg that it is made from, as it would be converted; with events in the clocks
 * that only these have, if that leg has events at all. Nothing when that leg has none to convert.
 */
export function convertedBehind(
  codecs: readonly KeyedCodec[],
  onlyG711: boolean,
  mayBeOffered: (codec: Codec) => boolean,
): KeyedCodec[] {
  const own = codecs.map(({ codec }) => codec);
  const sources = own.filter((codec) => isConvertible(codec) && (!onlyG711 || fitsRecording(codec)));
  if (sources.length === 0) return [];
  const isWide = sources.some(({ law }) => law === undefined);
  const added = (isWide ? WIDE_FIRST : CONVERTIBLE).filter(
    (codec) =>
      mayBeOffered(codec) &&
      (!onlyG711 || fitsRecording(codec)) &&
      !own.some(({ encoding }) => encoding === codec.encoding),
  );
  const events = own.filter(({ isTelephoneEvent }) => isTelephoneEvent);
  const missing =
    events.length === 0
      ? []
      : eventsBeside(added).filter(({ clockRate }) => !events.some((each) => each.clockRate === clockRate));
  return new PayloadTypes().recognise([...added, ...missing]);
}

/** What an offer may hold that is made from nobody's codecs: all that is converted, and events in the clocks of it. */
export function ownConvertible(mayBeOffered: (codec: Codec) => boolean): Codec[] {
  const sound = CONVERTIBLE.filter(mayBeOffered);
  return [...sound, ...eventsBeside(sound)];
}

/**
 * Of the codecs that a leg offered, the one whose sound the other leg's codecs can be converted to with the least loss and work:
 * G.711 for who has a narrow band, else what the leg would like best.
 */
export function answeredByConversion(
  offered: readonly KeyedCodec[],
  other: readonly KeyedCodec[],
): KeyedCodec | undefined {
  const heard = other.find(({ codec }) => isConvertible(codec));
  if (heard === undefined) return undefined;
  const possible = offered.filter(({ codec }) => isConvertible(codec));
  const narrow = heard.codec.law === undefined ? undefined : possible.find(({ codec }) => codec.law !== undefined);
  return narrow ?? possible[0];
}
