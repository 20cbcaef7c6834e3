import type { Parsed } from '@vats/kernel';
import type { LegMedia, PayloadTypeMap } from './leg-media.ts';

/** Why an SDP body is not served; `SDP_FAULTS` gives each its SIP status and Warning. */
export type SdpFault = 'too-large' | 'malformed' | 'no-audio' | 'secure-media' | 'bad-address' | 'no-common-codec';

/** What the leg may be offered: anything the other side has, or only what a recording can hold. */
export type CodecPolicy = 'any' | 'g711';

export interface LegDescriptionOptions {
  /** What our SDP names: `MediaLeg.local`. */
  readonly local: { readonly address: string; readonly port: number };
  /** Decimal digits, unique: our `o=` session id. `sessionIdFrom(random)` makes one. */
  readonly sessionId: string;
  /** The observed address of the leg's SIP peer: decides which claimed addresses are dialled. */
  readonly signalling: string;
}

/**
 * One leg's SDP through its dialog (RFC 3264): reads what the peer says, writes what we say. Payload types keep their
 * meaning on this leg (§8.3.2), m-lines keep their place (§8), the `o=` version rises exactly when our text changed.
 * All text is whole SDP bodies.
 */
export declare class LegDescription {
  constructor(options: LegDescriptionOptions);
  /** The peer offers. `refresh`: nothing changed since its last description, so answer with `answerAgain()`. */
  receiveOffer(text: string): Parsed<{ readonly refresh: boolean }, SdpFault>;
  /** The peer answers our last offer; several answers (early dialogs) replace each other. */
  receiveAnswer(text: string): Parsed<undefined, SdpFault>;
  /** Our offer to this leg, made from what `other` said last. */
  offerFrom(other: LegDescription, policy?: CodecPolicy): Parsed<string, SdpFault>;
  /** Our own offer (late offer, no other leg yet): PCMA, PCMU, telephone-event. */
  offerOwn(): string;
  /** Our answer to this leg's offer, made from what `other` answered; may be called again (183, then 200). */
  answerFrom(other: LegDescription): Parsed<string, SdpFault>;
  /** Our own answer to this leg's offer, no other leg being there (echo): its first G.711, else its first codec. */
  answerOwn(policy?: CodecPolicy): Parsed<string, SdpFault>;
  /** The last text that we sent, unchanged. */
  answerAgain(): string;
  /** The offer under way, ours or theirs, was refused: what was agreed before it holds. */
  rollBack(): void;
  /** For `MediaLeg.update`: what holds now, an offer that was not answered yet included. */
  media(): LegMedia;
  /** Whether what arrives from this leg is G.711, so that a recording will hold it. */
  readonly recordable: boolean;
}

/** For `MediaCall.bridge`: how payload types change on the way from one leg to the other. */
export declare function payloadTypeMap(from: LegDescription, to: LegDescription): PayloadTypeMap;
