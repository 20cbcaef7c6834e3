import type { LegDescription, MediaLeg, SdpFault } from '@vats/media';
import type { Flow, HeaderField, IncomingReinvite, OutgoingReinvite, Session } from '@vats/sip';
import type { LegName, Party } from './call-event.ts';
import type { LegStreams } from './leg-streams.ts';

/** Where one side of a call is. */
export interface FarEnd {
  /** Requests go over this flow and nowhere else. */
  readonly flow: Flow;
  /** Its address, where `flow` ends at a proxy that is believed and tells it: by that one it is judged. */
  readonly client?: string;
  /** The trunk that it is reached by. */
  readonly trunk?: string;
}

/** Of what has more: where it is alone. */
export function farEndOf({ flow, client, trunk }: FarEnd): FarEnd {
  return { flow, ...(client !== undefined && { client }), ...(trunk !== undefined && { trunk }) };
}

/** One side of a call: a peer, its dialog once there is one, its SDP and its lease of ports. */
export interface Leg extends FarEnd {
  readonly name: LegName;
  readonly party: Party;
  /** Another one once its sound has moved. */
  media: MediaLeg;
  readonly sdp: LegDescription;
  streams: LegStreams;
  session?: Session;
  /** A re-INVITE of this leg's peer that waits for our answer. */
  reinvite?: IncomingReinvite | undefined;
  /** What keeps us from passing that one on. */
  reinviteFault?: SdpFault | undefined;
  /** A re-INVITE of ours to this leg's peer. */
  ourReinvite?: OutgoingReinvite | undefined;
  /** Info Packages that its peer takes, and what says so to the other side (RFC 6086); unknown until it has said. */
  infoPackages?: readonly string[];
  recvInfo?: readonly HeaderField[];
  /** What was wrong with the offer that it began with. */
  offerFault?: SdpFault;
  /** SDP of the caller's 2xx, made of what this phone answered. */
  forCaller?: string;
  /** What to do with the answer that the peer's next ACK carries, after an offer of ours in a 2xx. */
  onAnswerInAck?: ((sdp: string | undefined) => void) | undefined;
  /** What to do with the answer that a PRACK carries, after an offer of ours in a provisional response. */
  onAnswerInPrack?: ((sdp: string | undefined) => void) | undefined;
  /**
   * A caller's exchange is complete before its call is answered: by an UPDATE, or by our offer in a provisional response. What answers
   * the call says no other.
   */
  settled?: boolean;
  /** Of a phone that has not answered: the early dialog in which its UPDATE was answered. */
  updatedIn?: string;
  /** Who held it has left the call: what its last description says of its direction is no wish of its own. */
  unheld?: boolean;
  /** Whether the peer itself put the call on hold. */
  holds: boolean;
  /** It asked not to be named to others (RFC 3323). */
  hides?: true;
}

/** What an event says of a leg that asked not to be named. */
export function hiding({ hides }: Pick<Leg, 'hides'>): { hides?: true } {
  return hides === true ? { hides } : {};
}
