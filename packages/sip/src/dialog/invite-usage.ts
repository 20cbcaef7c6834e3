import type { Cancel } from '@vats/kernel';
import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { ServerTransaction } from '../transaction/index.ts';
import type { Flow, TransportFailure } from '../transport/index.ts';
import type { DialogContext } from './context.ts';
import type { Dialog } from './dialog.ts';
import { admit, refuse, sendAck } from './exchanges.ts';
import { retryAfterSeconds } from './glare.ts';
import type { OfferAnswer } from './offer-answer.ts';
import { OurReinvite, type ReinviteHost } from './our-reinvite.ts';
import type { Refusal } from './refusals.ts';
import { readSessionBody, sessionDescriptionOf } from './session-description.ts';
import { refusedInterval, type SessionTimer } from './session-timer.ts';
import { TheirReinvite, type TheirReinviteHost } from './their-reinvite.ts';
import { UnackedSuccess } from './unacked-success.ts';
import type { Updates } from './updates.ts';
import type { ReinviteOptions, ReinviteUser, RejectOptions, SessionEnd, SessionUser } from './user.ts';

/** The session as its INVITE usage sees it. */
export interface UsageHost {
  /** Undefined until the session is handed over. */
  readonly user: SessionUser | undefined;
  readonly ended: boolean;
  /** Undefined: the session is to have none. */
  readonly timer: SessionTimer | undefined;
  /** The dialog is lost, and nobody has said BYE yet. */
  lose(end: SessionEnd): void;
  /** Whoever waits for the ACK of our first 2xx waits no more. */
  byeMayGo(): void;
}

/** An ACK of ours that waits for its answer. */
interface OwedAck {
  readonly seq: number;
  readonly invited: readonly HeaderField[];
  readonly stopDeadline: Cancel;
}

/**
 * The INVITEs of a confirmed dialog, one at a time whoever sends it (RFC 3261 §14): 2xx of ours that wait for their ACK,
 * an ACK of ours that waits for its answer, re-INVITEs of both sides, and the offers and answers that all of them carry.
 */
export class InviteUsage implements ReinviteHost, TheirReinviteHost {
  readonly context: DialogContext;
  readonly dialog: Dialog;
  readonly exchange: OfferAnswer;
  /** The dialog's UPDATEs, which share its exchange. */
  readonly updates: Updates;
  readonly #host: UsageHost;
  /** Our first 2xx is made, and may not be sent yet. */
  isHeld = false;
  #unacked: UnackedSuccess | undefined;
  #owed: OwedAck | undefined;
  #theirs: TheirReinvite | undefined;
  /** The first one is in progress or next. */
  readonly #ours: OurReinvite[] = [];
  #failedToSend: TransportFailure | undefined;

  constructor(updates: Updates, host: UsageHost) {
    this.context = updates.context;
    this.dialog = updates.dialog;
    this.exchange = updates.exchange;
    this.updates = updates;
    this.#host = host;
  }

  get timer(): SessionTimer | undefined {
    return this.#host.timer;
  }

  get inProgress(): 'none' | 'ours' | 'theirs' {
    if (this.isHeld || this.#theirs !== undefined || this.#unacked !== undefined) return 'theirs';
    return this.#owed !== undefined || this.#ours[0]?.inProgress ? 'ours' : 'none';
  }

  /** The callee must not say BYE before the ACK of its first 2xx (RFC 3261 §15). */
  get byeMustWait(): boolean {
    return this.#unacked?.initial === true;
  }

  /** Sends a 2xx, to the INVITE that makes the dialog (`initial`) or to a re-INVITE, and repeats it until its ACK. */
  succeed(
    transaction: ServerTransaction,
    initial: boolean,
    sdp: string | undefined,
    more: readonly HeaderField[],
  ): void {
    const { context, dialog, exchange } = this;
    const awaitsAnswer = sdp !== undefined && exchange.state !== 'answering';
    if (sdp !== undefined) {
      if (awaitsAnswer) exchange.sendOffer(sdp);
      else exchange.sendAnswer(sdp);
    }
    this.isHeld = false;
    this.#failedToSend = undefined;
    const headers = [...more, ...(this.timer?.answering(transaction.request) ?? [])];
    const parts = { sdp, headers, initial, awaitsAnswer };
    this.#unacked = new UnackedSuccess(context, dialog, transaction, parts, () => this.#unacknowledged());
  }

  /** The server transaction of a 2xx could not send it. */
  sendingFailed(failure: TransportFailure): void {
    this.#failedToSend = failure;
  }

  onAck(ack: SipRequest, flow: Flow): void {
    const { cseq } = ack;
    if (!cseq.ok || cseq.value.number !== this.#unacked?.seq) return;
    this.dialog.flow = flow;
    this.#acknowledged(sessionDescriptionOf(ack));
    this.startNext();
  }

  onReinvite(request: SipRequest, flow: Flow): void {
    let reinvite: TheirReinvite | undefined;
    const transaction = admit(this.context, this.dialog, request, flow, {
      onCancel: () => {
        if (reinvite?.close()) this.#takenBack(reinvite);
      },
      onTransportError: (failure) => this.sendingFailed(failure),
    });
    if (transaction === undefined) return;
    const body = readSessionBody(request);
    const refusal =
      this.#glare() ??
      ('refusal' in body ? body.refusal : undefined) ??
      refusedInterval(request, this.timer === undefined ? undefined : this.dialog.sessionTimer);
    if (refusal !== undefined) {
      refuse(this.context, transaction, refusal);
      return;
    }
    const offer = 'sdp' in body ? body.sdp : undefined;
    const incoming = new TheirReinvite(this, transaction, offer);
    reinvite = incoming;
    this.#theirs = incoming;
    // Nobody sends a re-INVITE who has not seen the 2xx before it: its ACK was lost or is behind (RFC 5407 §3.1.4).
    this.#acknowledged(undefined);
    if (this.#host.ended) return;
    if (offer !== undefined) this.exchange.receiveOffer(offer);
    this.#host.user?.onReinvite(incoming);
  }

  answerReinvite(reinvite: TheirReinvite, sdp: string, headers: readonly HeaderField[]): void {
    this.#theirs = undefined;
    this.dialog.learn(reinvite.request);
    this.dialog.refreshTarget(reinvite.request, reinvite.transaction.flow);
    this.succeed(reinvite.transaction, false, sdp, headers);
  }

  rejectReinvite(reinvite: TheirReinvite, status: number, options: RejectOptions): void {
    this.#theirs = undefined;
    this.exchange.refuse();
    const { headers = [], ...rest } = options;
    reinvite.transaction.respond({ status, ...rest, headers: [...this.context.server, ...headers] });
    this.startNext();
  }

  /** Queues a re-INVITE of ours; it goes when no INVITE is in progress. */
  reinvite(options: ReinviteOptions, user: ReinviteUser): OurReinvite {
    const reinvite = new OurReinvite(this, options, user);
    if (!this.#host.ended) {
      this.#ours.push(reinvite);
      this.startNext();
    }
    return reinvite;
  }

  startNext(): void {
    if (this.#host.ended) return;
    if (this.inProgress === 'none' && !this.updates.isOpen) this.#ours[0]?.start();
    this.updates.startNext();
  }

  /** What an offer in an UPDATE meets while an INVITE is open (RFC 3311 §5.2). */
  get glareOfUpdate(): Refusal | undefined {
    if (this.inProgress === 'ours') return { status: 491, headers: [] };
    return this.#theirs === undefined ? undefined : this.#later();
  }

  /** The first 2xx will never be sent: the session ends without having begun. */
  withdraw(): void {
    this.isHeld = false;
  }

  finished(reinvite: OurReinvite, tell: () => void, lost?: SessionEnd): void {
    this.#ours.splice(this.#ours.indexOf(reinvite), 1);
    tell();
    if (lost !== undefined) this.#host.lose(lost);
    else this.startNext();
  }

  oweAck(seq: number, invited: readonly HeaderField[]): void {
    const { clock, timers } = this.context;
    const stopDeadline = clock.after(64 * timers.t1, () => this.#host.lose({ by: 'no-ack' }));
    this.#owed = { seq, invited, stopDeadline };
  }

  acknowledge(sdp: string): void {
    const owed = this.#takeOwed();
    if (owed === undefined) return;
    this.exchange.sendAnswer(sdp);
    sendAck(this.context, this.dialog, owed.seq, owed.invited, sdp);
    this.startNext();
  }

  /** Ends all that is in progress, except that a first 2xx waits on for its ACK. */
  quiet(): void {
    if (this.#theirs?.close()) refuse(this.context, this.#theirs.transaction, { status: 487, headers: [] });
    this.#theirs = undefined;
    if (this.#ours.length > 0) for (const reinvite of this.#ours.splice(0)) reinvite.abandon();
    const owed = this.#takeOwed();
    if (owed !== undefined) sendAck(this.context, this.dialog, owed.seq, owed.invited);
    this.updates.quiet();
    this.timer?.stop();
    this.exchange.refuse();
    if (!this.byeMustWait) this.stopRepeating();
  }

  /** Nobody waits for the ACK of our 2xx any more. */
  stopRepeating(): void {
    this.#unacked?.settle();
    this.#unacked = undefined;
  }

  /** What a re-INVITE meets that comes while another INVITE is open (RFC 3261 §14.2). */
  #glare(): Refusal | undefined {
    if (this.inProgress === 'ours' || this.#unacked?.awaitsAnswer || this.updates.offering) {
      return { status: 491, headers: [] };
    }
    return this.#theirs === undefined && !this.updates.answering && !this.isHeld ? undefined : this.#later();
  }

  #later(): Refusal {
    return { status: 500, headers: [['Retry-After', `${retryAfterSeconds(this.context.random)}`]] };
  }

  #takenBack(reinvite: TheirReinvite): void {
    this.#theirs = undefined;
    this.exchange.refuse();
    refuse(this.context, reinvite.transaction, { status: 487, headers: [] });
    this.#host.user?.onReinviteCancelled?.(reinvite);
    this.startNext();
  }

  #acknowledged(sdp: string | undefined): void {
    const unacked = this.#unacked;
    if (unacked === undefined) return;
    this.stopRepeating();
    if (this.#host.ended) {
      this.#host.byeMayGo();
      return;
    }
    const answer = unacked.awaitsAnswer ? sdp : undefined;
    if (answer !== undefined) this.exchange.receiveAnswer(answer);
    else if (unacked.awaitsAnswer) this.exchange.refuse();
    this.#host.user?.onAck(answer);
  }

  /** RFC 3261 §13.3.1.4: no ACK within 64*T1. */
  #unacknowledged(): void {
    this.#unacked = undefined;
    if (this.#host.ended) this.#host.byeMayGo();
    else this.#host.lose({ by: this.#failedToSend === undefined ? 'no-ack' : 'transport' });
  }

  #takeOwed(): OwedAck | undefined {
    const owed = this.#owed;
    this.#owed = undefined;
    owed?.stopDeadline();
    return owed;
  }
}
