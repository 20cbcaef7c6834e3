import type { ChallengeVerdict, DigestClient } from '../digest/index.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { NameAddr } from '../message/name-addr.ts';
import type { Uri } from '../message/uri.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { Flow, TransportFailure } from '../transport/index.ts';
import type { IncomingRefer } from './refers.ts';

/**
 * What the dialog layer and its users (the legs of calls) say to each other. An SDP is text here: UTF-8 in the octets of
 * a body (RFC 8866 §5), `\r\n` at each line's end. Everything happens in the turn of the event that caused it.
 */

/** How a session's timer is asked for and agreed to (RFC 4028). Without a policy there is none. Seconds. */
export interface SessionTimerPolicy {
  /** The interval that we ask for, and the longest that we agree to. */
  readonly expires: number;
  /** The shortest that we agree to; at least 90 (RFC 4028 §5). */
  readonly min: number;
  /** Who refreshes where that is ours to say. */
  readonly refresher: 'us' | 'peer';
  /** A session with a peer that knows no timer is refreshed by us all the same. */
  readonly alone: boolean;
}

/** What was agreed of a session's timer. */
export interface SessionTimerFacts {
  /** Seconds. */
  readonly expires: number;
  readonly refresher: 'us' | 'peer';
  /** False where we refresh for ourselves alone. */
  readonly peerSupports: boolean;
}

/** Where an offer/answer exchange stands (RFC 3264, RFC 6337): none open, ours awaits an answer, theirs awaits ours. */
export type OfferAnswerState = 'stable' | 'offered' | 'answering';

/** What a dialog knows (RFC 3261 §12). Its values change while it lives: target refresh, sequence numbers, flow. */
export interface DialogFacts {
  readonly callId: string;
  readonly localTag: string;
  /** '' when an RFC 2543 peer sent none. */
  readonly remoteTag: string;
  /** URI that requests of ours name: the peer's last Contact. */
  readonly remoteTarget: string;
  /**
   * The Contact whose host the peer may speak from: that of what made the dialog, or one that came over a connection. A later one in a
   * datagram says what our requests name, and no more: whoever read the tags on the way could have written it.
   */
  readonly vouchedTarget: string;
  /** Route header values of our requests, first hop first. */
  readonly routeSet: readonly string[];
  /** Where the peer was last heard within this dialog; requests of ours go over it. */
  readonly flow: Flow;
  /** CSeq number of our last request. */
  readonly localSeq: number;
  /** CSeq number of the peer's last request; undefined before it sent one. */
  readonly remoteSeq: number | undefined;
}

/** A dialog that a 1xx of a fork made; it may be confirmed, or vanish when another fork answers. */
export interface EarlyDialog {
  /** Tells the forks of one INVITE apart: the remote tag. */
  readonly id: string;
  readonly dialog: DialogFacts;
  /** The SDP that this fork sent last, for early media. */
  readonly remoteSdp: string | undefined;
  /** `answering`: a reliable provisional response brought an offer, which `acknowledge` answers. */
  readonly offerAnswer: OfferAnswerState;
  /** Sends the PRACK with the answer to the offer of a reliable provisional response (RFC 3262 §5). Ignored when none is owed. */
  acknowledge(sdp: string): void;
  /** As `Session.update`. An offer waits until the INVITE's has its answer in a reliable response (RFC 3311 §5.1). */
  update(options: UpdateOptions, user: ReinviteUser): void;
}

/** A confirmed dialog with its INVITE usage; the same on the calling and the called side. */
export interface Session {
  readonly dialog: DialogFacts;
  readonly offerAnswer: OfferAnswerState;
  /**
   * The peer's SDP in force or just offered. After `onAnswer` it is that of the 2xx or, as some peers leave it out
   * there, that of the fork's last 1xx.
   */
  readonly remoteSdp: string | undefined;
  /** What both sides said last of an exchange that is complete. */
  readonly agreed: { readonly local: string | undefined; readonly remote: string | undefined };
  /** The peer's Allow names UPDATE. */
  readonly allowsUpdate: boolean;
  /** The session's timer, once one runs. */
  readonly sessionTimer: SessionTimerFacts | undefined;
  /** Whose INVITE is unfinished: one that awaits its final response or its ACK. */
  readonly inviteInProgress: 'none' | 'ours' | 'theirs';
  /** True from our `bye()` or from `onEnd`. */
  readonly ended: boolean;
  /**
   * Sends the ACK with the answer to the offer that a 2xx brought (late offer: our INVITE had no SDP). Without it
   * within 64*T1 the layer sends ACK and BYE. Ignored when no ACK is owed.
   */
  acknowledge(sdp: string): void;
  /**
   * Sends a re-INVITE, with an offer or (no `sdp`) asking for one; waits its turn while another INVITE is in progress
   * in either direction (RFC 3261 §14.1). Exactly one of the user's functions is called, unless the dialog ends first.
   */
  reinvite(options: ReinviteOptions, user: ReinviteUser): OutgoingReinvite;
  /**
   * Sends an UPDATE (RFC 3311), with an offer or as a mere target refresh; it waits its turn as a re-INVITE does. `cancel` takes
   * back what still waits; an UPDATE on its way is answered.
   */
  update(options: UpdateOptions, user: ReinviteUser): OutgoingReinvite;
  /** Sends any other request within the dialog (INFO, MESSAGE, NOTIFY, OPTIONS …). */
  request(method: string, options: InDialogRequestOptions, user: InDialogRequestUser): void;
  /**
   * Ends the dialog: at once for the user, who hears nothing any more, later on the wire where an ACK must come first
   * (RFC 3261 §15). Again: nothing happens.
   */
  bye(headers?: readonly HeaderField[]): void;
  /** From now on somebody else hears of the session. */
  handOver(user: SessionUser): void;
}

export interface ReinviteOptions {
  readonly sdp?: string;
  readonly headers?: readonly HeaderField[];
  /** False hands a 491 to the user at once; else the layer tries again after the time of RFC 3261 §14.1. */
  readonly retryGlare?: boolean;
}

/** An UPDATE of ours, with an offer or as a refresh (RFC 3311). */
export interface UpdateOptions {
  readonly sdp?: string;
  readonly headers?: readonly HeaderField[];
}

/** A re-INVITE of ours that is under way or waits its turn (RFC 3261 §14.1). */
export interface OutgoingReinvite {
  /** Takes the re-INVITE back: CANCEL when it is on its way. The user hears `onFailure` or, if too late, `onAnswer`. */
  cancel(headers?: readonly HeaderField[]): void;
}

/**
 * Told what came of a re-INVITE of ours (RFC 3261 §14.1). Exactly one of these is called, unless the dialog ends
 * first.
 */
export interface ReinviteUser {
  /** The 2xx. When the re-INVITE had no offer it carries one, and `session.acknowledge(sdp)` is owed. */
  onAnswer(response: SipResponse): void;
  /** The session goes on as it was (RFC 3261 §14.1). 408 without response: time-out; 503 without: transport. */
  onFailure(status: number, response?: SipResponse): void;
}

export interface InDialogRequestOptions {
  readonly headers?: readonly HeaderField[];
  readonly body?: Buffer;
}

/**
 * Told what came of a request of ours within a dialog (RFC 3261 §12.2.1.2). Exactly one of these is called, unless
 * the dialog ends first.
 */
export interface InDialogRequestUser {
  onResponse(final: SipResponse): void;
  /** No response came. After 'timeout' the dialog ends as well (`onEnd`), after 'transport' it stands. */
  onFailure(cause: 'timeout' | 'transport'): void;
}

export interface RespondOptions {
  readonly reason?: string;
  readonly headers?: readonly HeaderField[];
  readonly body?: Buffer;
}

/** Answers a request within a dialog with a final response; the second time nothing happens. */
export type Respond = (status: number, options?: RespondOptions) => void;

/** Why a dialog is gone. */
export interface SessionEnd {
  /**
   * - `remote-bye`: `request` is the BYE
   * - `no-ack`: our 2xx was not acknowledged within 64*T1 (RFC 3261 §13.3.1.4), or we owed an ACK ourselves for as long
   * - `timeout`: a request of ours got no response
   * - `transport`: our 2xx could not be sent, and no ACK came
   * - `session-expired`: the peer's refresh did not come (RFC 4028 §10)
   * - `dialog-error`: the peer answered 408 or 481 to a request of ours (RFC 3261 §12.2.1.2): `response`
   *
   * The layer has sent the BYE where one is due.
   */
  readonly by: 'remote-bye' | 'no-ack' | 'session-expired' | 'timeout' | 'transport' | 'dialog-error';
  readonly request?: SipRequest;
  readonly response?: SipResponse;
}

/**
 * An INVITE within a dialog that the layer found in order: no glare, no lower CSeq, readable body. Or an UPDATE, or a PRACK, that
 * brings an offer: those are answered at once by 2xx, and given up by the layer after a while.
 */
export interface IncomingReinvite {
  readonly request: SipRequest;
  /** Undefined: the peer asks for an offer, which `answer` gives; its answer comes with `onAck`. */
  readonly offer: string | undefined;
  /** 200 with the SDP; to an INVITE repeated until its ACK. After the peer's CANCEL, or twice: ignored. */
  answer(options: { readonly sdp: string; readonly headers?: readonly HeaderField[] }): void;
  /** A final response of 300–699; the session stays as it was. */
  reject(status: number, options?: RejectOptions): void;
}

export interface RejectOptions {
  readonly reason?: string;
  readonly headers?: readonly HeaderField[];
}

/** The owner of a confirmed dialog. Nothing is called after `onEnd` nor after its own `bye()`. */
export interface SessionUser {
  /** The ACK to our 2xx (of the INVITE or of a re-INVITE) came; `sdp` is the answer when that 2xx held the offer. */
  onAck(sdp: string | undefined): void;
  onReinvite(reinvite: IncomingReinvite): void;
  /** An offer of the peer's UPDATE, before the session is confirmed as well; without this function 488 (RFC 3311 §5.2). */
  onUpdate?(update: IncomingReinvite): void;
  /**
   * The peer's SDP changed in its answer to a refresh of ours (RFC 4028 §7.4 has it answer anew): this one is in force.
   */
  onRefreshed?(sdp: string): void;
  /** The peer took its re-INVITE back, which the layer has answered with 487; or its UPDATE waited too long, and got 504. */
  onReinviteCancelled?(reinvite: IncomingReinvite): void;
  /** Any request within the dialog other than INVITE, ACK, BYE, CANCEL whose method we allow. Must be responded to. */
  onRequest(request: SipRequest, respond: Respond): void;
  /** The peer wants the other side to call somebody else (RFC 3515). Must be answered in this turn. Without it: 603. */
  onRefer?(refer: IncomingRefer): void;
  onEnd(end: SessionEnd): void;
}

/** An INVITE that came out of dialog and was let in: the called side of a dialog to be. */
export interface IncomingInvite {
  readonly request: SipRequest;
  /** The flow it came on. */
  readonly flow: Flow;
  /** Unique among the INVITEs of this layer. */
  readonly id: string;
  /** The offer, or undefined: the caller asks for one (late offer). */
  readonly offer: string | undefined;
  /** True once a final response was sent, or is about to be. */
  readonly answered: boolean;
  /** The caller wants every provisional response reliably (`Require: 100rel`). */
  readonly wantsReliable: boolean;
  /**
   * The exchange of the early dialog that spoke last is complete, by more than the INVITE's offer and a response: a later UPDATE, or
   * the answer in a PRACK to an offer of ours. The 2xx of that dialog holds no SDP then, and `accept` needs none.
   */
  readonly settled: boolean;
  /**
   * A provisional response, 101–199. One dialog never gets two different SDPs before its final response
   * (RFC 3261 §13.2.1): another SDP goes out under another To tag, as if another fork had spoken. It is sent reliably, by RFC 3262,
   * to a caller that requires it, and with an SDP to one that supports it.
   */
  progress(status: number, options?: ProgressOptions): void;
  /**
   * 200, repeated until its ACK. With an offer in the INVITE `sdp` is the answer, else the offer; an SDP that its early dialog has
   * agreed on is not said again. The 200 waits for the PRACK of a response with an SDP (RFC 3262 §3).
   *
   * @param options without `sdp`: only where `settled`
   */
  accept(options: { readonly sdp?: string; readonly headers?: readonly HeaderField[] }): Session;
  /** A final response of 300–699. Ignored after a final response. */
  reject(status: number, options?: RejectOptions): void;
  /** Whether one of the dialogs that it made, early ones included, has this local tag. */
  hasTag(localTag: string): boolean;
}

export interface ProgressOptions {
  readonly sdp?: string;
  readonly reason?: string;
  readonly headers?: readonly HeaderField[];
}

export interface IncomingInviteOptions {
  /** User part of our Contact; random unless given. */
  readonly contactUser?: string;
  /** Where requests within the dialog go, by next hop; undefined, or no function: the dialog's flow. */
  readonly resolve?: (nextHop: Uri, current: Flow) => Flow | undefined;
  /** Answer the peer's challenges to our requests within the dialog. */
  readonly credentials?: DigestClient;
  /** As the layer's option, which holds unless given. */
  readonly sessionTimer?: SessionTimerPolicy | 'off';
}

/**
 * Whoever takes a peer's INVITE (RFC 3261 §13.3): the owner of the session that may come of it, told also when the
 * caller gives up.
 */
export interface IncomingInviteUser extends SessionUser {
  /**
   * The caller gave up before a final response: by CANCEL, or by BYE in the early dialog. The layer has answered the
   * INVITE with 487. Nothing is called after it.
   */
  onCancel(request: SipRequest): void;
  /** A reliable provisional response got no PRACK within 64*T1; the layer has answered the INVITE with 504. Nothing is called after it. */
  onUnacknowledged?(): void;
  /** The PRACK to a provisional response that held our offer came; `sdp` is the answer. */
  onPrack?(sdp: string | undefined): void;
  /** A response of ours could not be sent. The caller may still come back on another connection. */
  onTransportError?(failure: TransportFailure): void;
}

export interface OutgoingInviteOptions {
  readonly requestUri: string;
  /** Without tag: the layer adds one. */
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly target: Flow | (() => Flow);
  /** The offer; without it the callee is asked for one. */
  readonly sdp?: string;
  readonly headers?: readonly HeaderField[];
  /** 70 unless given. */
  readonly maxForwards?: number;
  readonly callId?: string;
  /** Route header values to set out with (an outbound proxy), first hop first. */
  readonly routes?: readonly string[];
  /** User part of our Contact; random unless given. */
  readonly contactUser?: string;
  /** Where requests within the dialog go, by next hop; undefined, or no function: the dialog's flow. */
  readonly resolve?: (nextHop: Uri, current: Flow) => Flow | undefined;
  /**
   * Answer the challenges (401, 407) to the INVITE, which is repeated by itself then, and to our requests within the
   * session. Without them each challenge is a failure like any other.
   */
  readonly credentials?: DigestClient;
  /**
   * How long no response at all is waited for, milliseconds: then the INVITE fails with 'timeout' at once, is cancelled as soon as
   * something comes (RFC 3261 §9.1), and a late 2xx is ACKed and BYEd. Unless given, 64*T1.
   */
  readonly silence?: number;
  /** As the layer's option, which holds unless given. */
  readonly sessionTimer?: SessionTimerPolicy | 'off';
}

/** Our INVITE that makes a dialog set. */
export interface OutgoingInvite {
  readonly callId: string;
  readonly localTag: string;
  /**
   * Takes the INVITE back: CANCEL, held until a 1xx came (RFC 3261 §9.1). It ends in `onFailure` with 'cancelled':
   * after the final response, after a crossing 2xx (which the layer ACKs and BYEs, the BYE with these `headers`), or
   * after 64*T1 without either. After the INVITE's end: ignored.
   */
  cancel(headers?: readonly HeaderField[]): void;
}

/** Why an INVITE of ours was not answered (RFC 3261 §13.2.2.3). */
export interface InviteFailure {
  /** Of the response; 408 for a time-out, 503 for a transport failure (RFC 3261 §8.1.3.1), 487 when cancelled. */
  readonly status: number;
  readonly response?: SipResponse;
  readonly cause: 'response' | 'timeout' | 'transport' | 'cancelled';
  /** Why our credentials did not answer the 401 or 407 in `response`; undefined when we have none. */
  readonly challenge?: ChallengeVerdict;
}

/** The caller. Exactly one of `onAnswer` and `onFailure` is called, once. */
export interface OutgoingInviteUser {
  /**
   * Every 1xx above 100, not after `cancel`. A reliable one has its PRACK on its way, and comes once and in order (RFC 3262 §4). No early dialog without To tag; those of an INVITE that is then challenged
   * and repeated are gone without a word.
   */
  onProgress(response: SipResponse, early: EarlyDialog | undefined): void;
  /**
   * The first 2xx. If our INVITE carried the offer, the ACK is on its way; else `session.remoteSdp` is the offer and
   * `session.acknowledge(sdp)` is owed. 2xx of further forks are ACKed and BYEd by the layer.
   */
  onAnswer(response: SipResponse, session: Session): SessionUser;
  onFailure(failure: InviteFailure): void;
  /**
   * A 2xx that nobody wants any more was ACKed and BYEd: it crossed our CANCEL, came after the `silence`, or of a fork behind the first.
   * Once for each; before `onFailure`, or up to 64*T1 after it or after `onAnswer`. Kept for so long: it should hold on to little.
   */
  readonly onTurnedAway?: () => void;
  /** An offer in an UPDATE within an early dialog; without this function 488. */
  onEarlyUpdate?(update: IncomingReinvite, early: EarlyDialog): void;
  /** A request within an early dialog (INFO, say); without this function 480. */
  onEarlyRequest?(request: SipRequest, early: EarlyDialog, respond: Respond): void;
}
