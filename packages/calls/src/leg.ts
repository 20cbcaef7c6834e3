import type { LegDescription, MediaLeg } from '@vats/media';
import type { Flow, IncomingReinvite, OutgoingReinvite, Session } from '@vats/sip';
import type { LegName, Party } from './call-event.ts';

/** One side of a call: a peer, its dialog once there is one, its SDP and its lease of ports. */
export interface Leg {
  readonly name: LegName;
  readonly party: Party;
  readonly flow: Flow;
  readonly media: MediaLeg;
  readonly sdp: LegDescription;
  session?: Session;
  /** A re-INVITE of this leg's peer that waits for our answer. */
  reinvite?: IncomingReinvite | undefined;
  /** A re-INVITE of ours to this leg's peer. */
  ourReinvite?: OutgoingReinvite | undefined;
  /** SDP of the caller's 2xx, made of what this phone answered. */
  forCaller?: string;
  /** What to do with the answer that the peer's next ACK carries, after an offer of ours in a 2xx. */
  onAnswerInAck?: ((sdp: string | undefined) => void) | undefined;
  /** Whether the peer itself put the call on hold. */
  holds: boolean;
}
