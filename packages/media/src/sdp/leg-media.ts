import type { Endpoint } from '@vats/kernel';
import type { Law } from './codec.ts';
import type { LegSrtp } from './srtp-keys.ts';

/**
 * What one leg's SDP means for its media: plain data, taken out of a `LegDescription` and given to a `MediaLeg`.
 * All of it is *claimed* by the peer.
 */
export interface LegMedia {
  /**
   * Where the peer says that it receives RTP. Undefined when that is nowhere (hold by `c=0.0.0.0`) or somewhere we don't
   * dial (a private address named by a public peer, a host name): the leg then sends nothing until it has learned.
   */
  readonly claimed: Endpoint | undefined;
  /** Where the peer says that it receives RTCP: `a=rtcp`, else the port above. */
  readonly claimedRtcp: Endpoint | undefined;
  /** False while the peer's SDP says sendonly, inactive or `c=0.0.0.0`: nothing is sent to it then. */
  readonly receives: boolean;
  /** True while the agreed direction is anything but sendrecv. */
  readonly held: boolean;
  /** The payload types in which G.711 arrives from this leg, preferred one first. */
  readonly laws: readonly (readonly [payloadType: number, law: Law])[];
  /** The RTP clock of the leg's payload types in Hz, where it is not 8,000. */
  readonly clockRates: readonly (readonly [payloadType: number, clockRate: number])[];
  /** How the leg's packets are protected; plain ones without it. */
  readonly srtp?: LegSrtp;
  /** RTCP goes to the port of RTP, as both sides have said that it may (RFC 5761). */
  readonly rtcpMux?: true;
  /** The leg has no sound now, as it is refused or another stream has its place: nobody misses it. */
  readonly noSound?: true;
}

/**
 * How payload types are rewritten one way through a bridge: pairs of the number that arrives and the one that leaves.
 * A number that is not listed passes as it is; `DROPPED` means that the other side negotiated no such codec, `TOLD` that it
 * hears of keys by its signalling. That one comes with the clock rate of the events, in Hz.
 */
export type PayloadTypeMap = readonly (readonly [arriving: number, leaving: number, clockRate?: number])[];

/** In a PayloadTypeMap: packets with this payload type go no further. */
export const DROPPED = -1;
/** In a PayloadTypeMap: telephone events that go no further, but each press is told by a `dtmf` event. */
export const TOLD = -2;
