import type { Endpoint } from '@vats/kernel';
import type { LegSrtp } from './srtp-keys.ts';

/** What SDP means for a stream beside the sound, on one leg: plain data, all of it *claimed* by the peer. As `LegMedia` is for sound. */
export interface StreamMedia {
  readonly claimed: Endpoint | undefined;
  /** `a=rtcp`, else the port above; of RTP alone. */
  readonly claimedRtcp: Endpoint | undefined;
  /** False while nothing is to be sent to the peer. */
  readonly receives: boolean;
  /** RTCP goes to the port of RTP (RFC 5761). */
  readonly rtcpMux: boolean;
  /** The RTP clock of payload types in Hz, where it is not 90,000. */
  readonly clockRates: readonly (readonly [payloadType: number, clockRate: number])[];
  readonly srtp?: LegSrtp;
}
