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
