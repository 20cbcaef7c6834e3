import type { Cancel } from '@vats/kernel';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { ServerTransaction } from '../transaction/index.ts';
import type { Flow, TransportFailure } from '../transport/index.ts';
import { contactOn, type DialogContext, type DialogOwner, SDP_BODY } from './context.ts';
import type { Dialog } from './dialog.ts';
import { admit, endsDialog, OpenRequests, refuse, sendAck } from './exchanges.ts';
import { retryAfterSeconds } from './glare.ts';
import type { OfferAnswer } from './offer-answer.ts';
import { OurReinvite, type ReinviteHost } from './our-reinvite.ts';
import { readSessionBody, sessionDescriptionOf } from './session-description.ts';
import { SuccessRepeater } from './success-repeater.ts';
import { TheirReinvite, type TheirReinviteHost } from './their-reinvite.ts';
import type {
  InDialogRequestOptions,
  InDialogRequestUser,
  OfferAnswerState,
  OutgoingReinvite,
  ReinviteOptions,
  ReinviteUser,
  RejectOptions,
  Session,
  SessionEnd,
  SessionUser,
} from './user.ts';

/** A 2xx of ours that waits for its ACK. */
interface UnackedSuccess {
  readonly seq: number;
  /** It answered the INVITE that made the dialog: no BYE may go before its ACK (RFC 3261 §15). */
  readonly initial: boolean;
  /** It held an offer, so the ACK holds the answer. */
  readonly awaitsAnswer: boolean;
  readonly repeater: SuccessRepeater;
}

/** An ACK of ours that waits for its answer. */
interface OwedAck {
  readonly seq: number;
  readonly invited: readonly HeaderField[];
  readonly stopDeadline: Cancel;
}

/** `leaving`: our user said BYE, which waits for the peer's ACK; `over`: nothing is left but transactions. */
type Life = 'alive' | 'leaving' | 'over';

/** Methods whose requests tell the peer our Contact (RFC 3261 §20.10, RFC 6665). */
const CARRIES_CONTACT = new Set(['OPTIONS', 'NOTIFY', 'SUBSCRIBE', 'REFER', 'UPDATE']);

const IGNORE_OUTCOME = { onResponse: () => {}, onTimeout: () => {}, onTransportError: () => {} };

/** A confirmed dialog and what goes on in it: re-INVITEs of both sides one at a time, other requests, its end. */
export class ConfirmedSession implements Session, DialogOwner, ReinviteHost, TheirReinviteHost {
  readonly context: DialogContext;
  readonly dialog: Dialog;
  readonly exchange: OfferAnswer;
  readonly #requests: OpenRequests;
  #user: SessionUser | undefined;
  #life: Life = 'alive';
  #unacked: UnackedSuccess | undefined;
  #owed: OwedAck | undefined;
  #theirs: TheirReinvite | undefined;
  /** The first one is in progress or next. */
  readonly #ours: OurReinvite[] = [];
  #byeHeaders: readonly HeaderField[] = [];
  #failedToSend: TransportFailure | undefined;

  /** Takes the dialog over from whoever owned it while it was early. */
  constructor(context: DialogContext, dialog: Dialog, exchange: OfferAnswer) {
    this.context = context;
    this.dialog = dialog;
    this.exchange = exchange;
    this.#requests = new OpenRequests(context);
    context.dialogs.set(dialog.key, this);
  }

  /** Names the user, in the turn in which the session was made. */
  attach(user: SessionUser): void {
    this.#user = user;
  }

  get offerAnswer(): OfferAnswerState {
    return this.exchange.state;
  }

  get remoteSdp(): string | undefined {
    return this.exchange.remote;
  }

  get ended(): boolean {
    return this.#life !== 'alive';
  }

  get inviteInProgress(): 'none' | 'ours' | 'theirs' {
    if (this.#theirs !== undefined || this.#unacked !== undefined) return 'theirs';
    return this.#owed !== undefined || this.#ours[0]?.inProgress ? 'ours' : 'none';
  }

  acknowledge(sdp: string): void {
    const owed = this.#owed;
    if (owed === undefined) return;
    this.#owed = undefined;
    owed.stopDeadline();
    this.exchange.sendAnswer(sdp);
    sendAck(this.context, this.dialog, owed.seq, owed.invited, sdp);
    this.startNext();
  }

  reinvite(options: ReinviteOptions, user: ReinviteUser): OutgoingReinvite {
    const reinvite = new OurReinvite(this, options, user);
    if (this.#life === 'alive') {
      this.#ours.push(reinvite);
      this.startNext();
    }
    return reinvite;
  }

  request(method: string, options: InDialogRequestOptions, user: InDialogRequestUser): void {
    if (this.#life !== 'alive') return;
    const { headers = [], body } = options;
    const contact = CARRIES_CONTACT.has(method) ? [this.#contact()] : [];
    this.#send(method, [...contact, ...this.context.userAgent, ...headers], body, {
      onResponse: (response) => {
        if (response.status < 200 || this.#life !== 'alive') return;
        user.onResponse(response);
        if (endsDialog(response.status)) this.#lose({ by: 'dialog-error', response });
      },
      onTimeout: () => {
        if (this.#life !== 'alive') return;
        user.onFailure('timeout');
        this.#lose({ by: 'timeout' });
      },
      onTransportError: () => {
        if (this.#life === 'alive') user.onFailure('transport');
      },
    });
  }

  bye(headers: readonly HeaderField[] = []): void {
    if (this.#life === 'alive') this.#leave(headers);
  }

  onRequest(request: SipRequest, flow: Flow): void {
    if (request.method === 'BYE') this.#onBye(request, flow);
    else if (this.#life !== 'alive') this.context.transactions.replyStatelessly(request, flow, { status: 481 });
    else if (request.method === 'INVITE') this.#onReinvite(request, flow);
    else {
      const transaction = admit(this.context, this.dialog, request, flow);
      if (transaction !== undefined) this.#user?.onRequest(request, this.#requests.add(transaction));
    }
  }

  onAck(ack: SipRequest, flow: Flow): void {
    const { cseq } = ack;
    if (!cseq.ok || cseq.value.number !== this.#unacked?.seq) return;
    this.dialog.flow = flow;
    this.#acknowledged(sessionDescriptionOf(ack));
    this.startNext();
  }

  /** Answers the INVITE that makes this dialog with its 2xx. */
  answerInvite(transaction: ServerTransaction, sdp: string, headers: readonly HeaderField[]): void {
    this.#succeed(transaction, true, sdp, headers);
  }

  /** The server transaction of a 2xx could not send it. */
  sendingFailed(failure: TransportFailure): void {
    this.#failedToSend = failure;
  }

  oweAck(seq: number, invited: readonly HeaderField[]): void {
    const stopDeadline = this.context.clock.after(64 * this.context.timers.t1, () => this.#lose({ by: 'no-ack' }));
    this.#owed = { seq, invited, stopDeadline };
  }

  finished(reinvite: OurReinvite, tell: () => void, lost?: SessionEnd): void {
    this.#ours.splice(this.#ours.indexOf(reinvite), 1);
    tell();
    if (lost !== undefined) this.#lose(lost);
    else this.startNext();
  }

  startNext(): void {
    if (this.#life === 'alive' && this.inviteInProgress === 'none') this.#ours[0]?.start();
  }

  answerReinvite(reinvite: TheirReinvite, sdp: string, headers: readonly HeaderField[]): void {
    this.#theirs = undefined;
    this.dialog.refreshTarget(reinvite.request);
    this.#succeed(reinvite.transaction, false, sdp, headers);
  }

  rejectReinvite(reinvite: TheirReinvite, status: number, options: RejectOptions): void {
    this.#theirs = undefined;
    this.exchange.refuse();
    const { headers = [], ...rest } = options;
    reinvite.transaction.respond({ status, ...rest, headers: [...this.context.server, ...headers] });
    this.startNext();
  }

  #onReinvite(request: SipRequest, flow: Flow): void {
    let reinvite: TheirReinvite | undefined;
    const transaction = admit(this.context, this.dialog, request, flow, {
      onCancel: () => {
        if (reinvite?.close()) this.#reinviteCancelled(reinvite);
      },
      onTransportError: (failure) => this.sendingFailed(failure),
    });
    if (transaction === undefined) return;
    const glare = this.#glare();
    if (glare !== undefined) {
      refuse(this.context, transaction, glare);
      return;
    }
    const body = readSessionBody(request);
    if ('refusal' in body) {
      refuse(this.context, transaction, body.refusal);
      return;
    }
    const incoming = new TheirReinvite(this, transaction, body.sdp);
    reinvite = incoming;
    this.#theirs = incoming;
    // Nobody sends a re-INVITE who has not seen the 2xx before it: its ACK was lost or is behind (RFC 5407 §3.1.4).
    this.#acknowledged(undefined);
    if (this.#life !== 'alive') return;
    if (body.sdp !== undefined) this.exchange.receiveOffer(body.sdp);
    this.#user?.onReinvite(incoming);
  }

  /** What a re-INVITE meets that comes while another INVITE is open (RFC 3261 §14.2). */
  #glare() {
    const { inviteInProgress } = this;
    if (inviteInProgress === 'ours' || this.#unacked?.awaitsAnswer) return { status: 491, headers: [] };
    if (this.#theirs === undefined) return undefined;
    const seconds = retryAfterSeconds(this.context.random);
    return { status: 500, headers: [['Retry-After', `${seconds}`]] satisfies HeaderField[] };
  }

  #reinviteCancelled(reinvite: TheirReinvite): void {
    this.#theirs = undefined;
    this.exchange.refuse();
    refuse(this.context, reinvite.transaction, { status: 487, headers: [] });
    this.#user?.onReinviteCancelled?.(reinvite);
    this.startNext();
  }

  #onBye(request: SipRequest, flow: Flow): void {
    const { context, dialog } = this;
    if (this.#life === 'over') {
      // Both hung up at once; each BYE gets its 200 (RFC 5407 §3.2.2).
      context.transactions.accept(request, flow).respond({ status: 200, headers: context.server });
      return;
    }
    const transaction = admit(context, dialog, request, flow);
    if (transaction === undefined) return;
    transaction.respond({ status: 200, headers: context.server });
    const wasAlive = this.#life === 'alive';
    this.#quiet();
    this.#unacked?.repeater.stop();
    this.#unacked = undefined;
    this.#over();
    context.dialogs.delete(dialog.key);
    if (wasAlive) this.#user?.onEnd({ by: 'remote-bye', request });
  }

  /** Sends a 2xx and repeats it until its ACK. */
  #succeed(transaction: ServerTransaction, initial: boolean, sdp: string, headers: readonly HeaderField[]): void {
    const { context, dialog, exchange } = this;
    const awaitsAnswer = exchange.state !== 'answering';
    if (awaitsAnswer) exchange.sendOffer(sdp);
    else exchange.sendAnswer(sdp);
    const success = {
      status: 200,
      toTag: dialog.localTag,
      headers: [this.#contact(), ...context.capabilities, ...context.server, ...headers, SDP_BODY],
      body: Buffer.from(sdp, 'utf8'),
    };
    this.#failedToSend = undefined;
    transaction.respond(success);
    const { cseq } = transaction.request;
    this.#unacked = {
      seq: cseq.ok ? cseq.value.number : 0,
      initial,
      awaitsAnswer,
      repeater: new SuccessRepeater(context.clock, context.timers, {
        repeat: () => transaction.respond(success),
        giveUp: () => this.#unacknowledged(),
      }),
    };
  }

  #acknowledged(sdp: string | undefined): void {
    const unacked = this.#unacked;
    if (unacked === undefined) return;
    unacked.repeater.stop();
    this.#unacked = undefined;
    if (this.#life === 'leaving') {
      this.#sendBye(this.#byeHeaders);
      return;
    }
    const answer = unacked.awaitsAnswer ? sdp : undefined;
    if (answer !== undefined) this.exchange.receiveAnswer(answer);
    else if (unacked.awaitsAnswer) this.exchange.refuse();
    this.#user?.onAck(answer);
  }

  /** RFC 3261 §13.3.1.4: no ACK within 64*T1. */
  #unacknowledged(): void {
    this.#unacked = undefined;
    if (this.#life === 'leaving') this.#sendBye(this.#byeHeaders);
    else this.#lose({ by: this.#failedToSend === undefined ? 'no-ack' : 'transport' });
  }

  /** The dialog is lost without the peer's BYE: it gets ours (RFC 3261 §12.2.1.2), our user is told. */
  #lose(end: SessionEnd): void {
    if (this.#life !== 'alive') return;
    this.#leave([]);
    this.#user?.onEnd(end);
  }

  /** Ends the dialog from our side; the BYE goes out now, or with the ACK of the 2xx that made the dialog. */
  #leave(headers: readonly HeaderField[]): void {
    this.#quiet();
    if (this.#unacked?.initial) {
      this.#life = 'leaving';
      this.#byeHeaders = headers;
    } else this.#sendBye(headers);
  }

  /** Ends all that is going on within the dialog, except that an initial 2xx waits on for its ACK. */
  #quiet(): void {
    this.#requests.terminate();
    if (this.#theirs?.close()) refuse(this.context, this.#theirs.transaction, { status: 487, headers: [] });
    this.#theirs = undefined;
    for (const reinvite of this.#ours.splice(0)) reinvite.abandon();
    const owed = this.#owed;
    this.#owed = undefined;
    owed?.stopDeadline();
    if (owed !== undefined) sendAck(this.context, this.dialog, owed.seq, owed.invited);
    this.exchange.refuse();
    if (this.#unacked?.initial === false) {
      this.#unacked.repeater.stop();
      this.#unacked = undefined;
    }
  }

  /** The dialog stays known until the peer has answered, so that a BYE of its own that crosses ours finds it. */
  #sendBye(headers: readonly HeaderField[]): void {
    this.#over();
    const forget = () => this.context.dialogs.delete(this.dialog.key);
    this.#send('BYE', [...this.context.userAgent, ...headers], undefined, {
      ...IGNORE_OUTCOME,
      onResponse: (response) => {
        if (response.status >= 200) forget();
      },
      onTimeout: forget,
      onTransportError: forget,
    });
  }

  #over(): void {
    this.#life = 'over';
    this.dialog.state = 'ended';
  }

  #send(
    method: string,
    headers: readonly HeaderField[],
    body: Buffer | undefined,
    user: { onResponse(response: SipResponse): void; onTimeout(): void; onTransportError(): void },
  ): void {
    const { context, dialog } = this;
    const { draft, nextHop } = dialog.request(method, dialog.nextSeq(), headers, body);
    context.transactions.send(draft, dialog.flowTo(nextHop), user);
  }

  #contact(): HeaderField {
    return contactOn(this.context, this.dialog.flow, this.dialog.contactUser);
  }
}
