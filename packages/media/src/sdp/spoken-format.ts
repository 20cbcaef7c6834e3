/** How sound that is made here is written for a leg, by what was agreed with it. */
export interface SpokenFormat {
  readonly payloadType: number;
  /** As `Codec.encoding` says it. */
  readonly encoding: string;
  /** How much sound a packet holds, in ms. */
  readonly ptime: number;
  /** The format's parameters, as the leg's SDP writes them. */
  readonly fmtp?: string;
}

/** In which payload types a leg is heard. */
export interface HeardFormats {
  readonly sound: readonly (readonly [payloadType: number, encoding: string])[];
  /** Telephone events, with their clock in Hz. */
  readonly events: readonly (readonly [payloadType: number, clockRate: number])[];
}

const CARRIERS: ReadonlySet<string> = new Set(['pcma/8000/1', 'pcmu/8000/1', 'g722/8000/1']);

/** Whether keys as tones survive a codec, and are made and heard in it here; those that model a voice spoil them. */
export function carriesTones(encoding: string): boolean {
  return CARRIERS.has(encoding);
}
