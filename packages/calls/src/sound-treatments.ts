import type { Conversion, CryptoSuite, LegStatistics, StreamTally } from '@vats/media';
import type { LegQuality, StreamCounts } from '@vats/pbx';
import type { CallEnded, LegName } from './call-event.ts';

/** What is done to a leg's sound here, beside relaying it. */
export interface SoundTreatment {
  /** The suite that it is encrypted with. */
  readonly srtp?: CryptoSuite;
  /** What comes from the leg, and what the other side hears of it; names of codecs, in lower case. */
  readonly converted?: { readonly from: string; readonly to: string };
}

const UNTREATED: SoundTreatment = {};

/** What is done to the sound of each leg of a call; of a leg that is gone, what was done last. */
export class SoundTreatments {
  readonly #legs = new Map<LegName, SoundTreatment>();

  of(leg: LegName): SoundTreatment {
    return this.#legs.get(leg) ?? UNTREATED;
  }

  /** @param suite undefined: it is not encrypted */
  encrypts(leg: LegName, suite: CryptoSuite | undefined): void {
    const { srtp: _, ...rest } = this.of(leg);
    this.#set(leg, suite === undefined ? rest : { ...rest, srtp: suite });
  }

  /** @param conversion undefined: it passes as it comes */
  converts(leg: LegName, conversion: Conversion | undefined): void {
    const { converted: _, ...rest } = this.of(leg);
    const from = conversion?.from.map(({ encoding }) => nameIn(encoding)).join('/');
    const converted = from !== undefined && conversion !== undefined && { from, to: nameIn(conversion.to.encoding) };
    this.#set(leg, converted ? { ...rest, converted } : rest);
  }

  #set(leg: LegName, treatment: SoundTreatment): void {
    if (treatment.srtp === undefined && treatment.converted === undefined) this.#legs.delete(leg);
    else this.#legs.set(leg, treatment);
  }
}

/** @example 'opus' of 'opus/48000/2' */
function nameIn(encoding: string): string {
  return encoding.replace(/\/.*$/, '');
}

/** What the terminal event says of each leg's sound. */
export function qualityOf(
  legs: readonly LegStatistics[],
  treatments: Pick<SoundTreatments, 'of'>,
): NonNullable<CallEnded['media']> {
  const qualities: Record<LegName, LegQuality> = {};
  for (const { leg, rtp, quality, streams } of legs) {
    const { jitterMs, greatestJitterMs, reordered, duplicates, score, roundTripMs, reported } = quality;
    const { unauthentic, replayed } = rtp;
    const { srtp, converted } = treatments.of(leg);
    qualities[leg] = {
      ...{ received: rtp.packets, sent: rtp.sentPackets, lost: rtp.lost, foreign: rtp.foreign },
      ...{ jitterMs: tenths(jitterMs), greatestJitterMs: tenths(greatestJitterMs), reordered, duplicates },
      ...(srtp !== undefined && { srtp, unauthentic, replayed }),
      ...(converted !== undefined && { converted }),
      ...(score !== undefined && { score }),
      ...(roundTripMs !== undefined && { roundTripMs: tenths(roundTripMs) }),
      ...(reported !== undefined && { reported: { ...reported, jitterMs: tenths(reported.jitterMs) } }),
      ...(streams !== undefined && { streams: streams.map(countsOf) }),
    };
  }
  return qualities;
}

function countsOf({ kind, rtp, jitterMs }: StreamTally): StreamCounts {
  const { foreign, lost, packets: received, sentPackets: sent } = rtp;
  return { kind, received, sent, lost, foreign, jitterMs: tenths(jitterMs) };
}

function tenths(milliseconds: number): number {
  return Math.round(10 * milliseconds) / 10;
}
