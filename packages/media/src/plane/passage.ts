import type { KeyReader } from '../rtp/key-reader.ts';
import { rtpPayloadType, setRtpPayloadType } from '../rtp/packet.ts';
import { TOLD } from '../sdp/leg-media.ts';
import type { RelayLeg } from './relay-leg.ts';

/** One way through a call: what a leg says becomes what somebody hears. */
export interface Passage {
  /** The leg that hears it; undefined when it is not a single one. */
  readonly to: RelayLeg | undefined;
  /** Whether the two legs' RTCP speaks of the same streams, and so goes the same way. */
  readonly passesReports: boolean;
  /** What the leg says is heard by nobody now, or not by all. */
  readonly isUnheard?: boolean;
  /**
   * A packet that is the leg's, counted and recorded already; it may be rewritten in place. False when it goes no further, because
   * the other side never agreed to its payload type.
   */
  hear(packet: Buffer, payloadAt: number): boolean;
  /** Nothing passes any more. */
  close?(): void;
}

/** The packets themselves go on, in the buffer that they came in, with another payload type where the legs number differently. */
export class RelayedSound implements Passage {
  readonly to: RelayLeg;
  readonly passesReports: boolean;
  /** By payload type as it arrives: as it leaves. */
  readonly #payloadTypes: Int8Array;
  readonly #keys: KeyReader | undefined;

  /** `payloadTypes` as `leavingPayloadTypes` makes it; `keys` hears the events that it maps to `TOLD`. */
  constructor(from: RelayLeg, to: RelayLeg, payloadTypes: Int8Array, keys: KeyReader | undefined) {
    this.to = to;
    // Its own reports would tell an echoing phone nonsense.
    this.passesReports = to !== from;
    this.#payloadTypes = payloadTypes;
    this.#keys = keys;
  }

  hear(packet: Buffer, payloadAt: number): boolean {
    const payloadType = rtpPayloadType(packet);
    const leaving = this.#payloadTypes[payloadType]!;
    if (leaving < 0) {
      if (leaving !== TOLD) return false;
      this.#keys?.hear(packet, payloadAt);
      return true;
    }
    if (leaving !== payloadType) setRtpPayloadType(packet, leaving);
    this.to.output.say(packet);
    return true;
  }
}

/** By payload type as it arrives: as it leaves, `DROPPED` or `TOLD`. */
export function leavingPayloadTypes(
  map: readonly (readonly [arriving: number, leaving: number, ...unknown[]])[],
): Int8Array {
  if (map.length === 0) return UNCHANGED;
  const types = UNCHANGED.slice();
  for (const [arriving, leaving] of map) types[arriving] = leaving;
  return types;
}

/** Shared by all that rewrite none. */
const UNCHANGED = Int8Array.from({ length: 128 }, (_, payloadType) => payloadType);
