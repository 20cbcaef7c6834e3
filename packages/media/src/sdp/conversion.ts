import { hasSoundClock, isConvertible } from './convertible.ts';
import type { KeyedCodec } from './payload-types.ts';

/**
 * How what one leg sends is turned into what another one has: plain data, worked out from the two descriptions. Payload types
 * of both legs; what is in no list goes by the PayloadTypeMap beside it, or nowhere when `alone` is true.
 */
export interface Conversion {
  /** Sound that arrives and that the other side has no codec for. */
  readonly from: readonly ConvertedFormat[];
  /** What it becomes. */
  readonly to: ConvertedFormat & {
    /** How much sound a packet shall hold, in ms, by the SDP of whoever hears it. */
    readonly ptime: number;
    /** The format's parameters, as that SDP writes them. */
    readonly fmtp?: string;
  };
  /** Telephone events: they stand in the stream of the sound that is converted, and count in its clock. */
  readonly events: readonly ConvertedEvents[];
  /** Nothing of this leg's passes as it came. */
  readonly alone: boolean;
}

export interface ConvertedFormat {
  readonly payloadType: number;
  /** As `Codec.encoding` says it. */
  readonly encoding: string;
}

export interface ConvertedEvents {
  readonly arriving: number;
  readonly leaving: number;
  /** In Hz. */
  readonly arrivingRate: number;
  readonly leavingRate: number;
}

/** How long a packet is where nobody says it (RFC 3551 §4.2). */
const USUAL_PTIME_MS = 20;

/** One leg, as far as a conversion is concerned. */
export interface ConvertedLeg {
  /** Codecs by the numbers with which it sends them. */
  readonly arriving: readonly KeyedCodec[];
  /** Codecs by the numbers with which it wants them, and of these the ones that were agreed on. */
  readonly leaving: readonly KeyedCodec[];
  readonly agreed: readonly KeyedCodec[];
  /** Events as it wants them; undefined where it has none, or has its keys by INFO. */
  readonly events: { readonly payloadType: number; readonly clockRate: number } | undefined;
  /** By its SDP, in ms. */
  readonly ptime: number | undefined;
  readonly maxptime: number | undefined;
}

/** What has to be converted on the way between two legs; undefined when nothing has to, or nothing can be. */
export function conversionBetween(from: ConvertedLeg, to: ConvertedLeg): Conversion | undefined {
  const target = to.agreed.find(({ codec }) => isConvertible(codec))?.codec;
  if (target === undefined) return undefined;
  const passes = ({ key }: KeyedCodec) => to.leaving.some((each) => each.key === key);
  const isAgreed = ({ key }: KeyedCodec) => from.agreed.some((each) => each.key === key);
  const arriving = from.arriving.filter(isAgreed);
  const sound = arriving.filter(({ codec }) => codec.carriesSound);
  const converted = sound.filter((each) => isConvertible(each.codec) && !passes(each));
  if (converted.length === 0) return undefined;
  // Events stand in the stream of the sound beside them: they go the way of what the leg is most likely to speak.
  const spoken = from.agreed.find(({ codec }) => codec.carriesSound);
  const withEvents = spoken !== undefined && converted.some(({ key }) => key === spoken.key);
  const { fmtp, payloadType, encoding } = target;
  const ptime = Math.min(to.ptime ?? USUAL_PTIME_MS, to.maxptime ?? Number.POSITIVE_INFINITY);
  return {
    from: converted.map(({ codec }) => ({ payloadType: codec.payloadType, encoding: codec.encoding })),
    to: { payloadType, encoding, ptime, ...(fmtp !== undefined && { fmtp }) },
    events: withEvents ? convertedEvents(arriving, to.events) : [],
    alone: !sound.some(passes),
  };
}

function convertedEvents(arriving: readonly KeyedCodec[], to: ConvertedLeg['events']): ConvertedEvents[] {
  if (to === undefined || !hasSoundClock(to)) return [];
  return arriving
    .filter(({ codec }) => codec.isTelephoneEvent && hasSoundClock(codec))
    .map(({ codec }) => ({
      arriving: codec.payloadType,
      leaving: to.payloadType,
      arrivingRate: codec.clockRate,
      leavingRate: to.clockRate,
    }));
}
