import type { SipRequest, SipResponse } from '../message/message.ts';
import { formatNameAddr } from '../message/name-addr.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { ClientTransaction, ClientTransactionUser } from '../transaction/index.ts';
import type { Flow } from '../transport/index.ts';
import { bodyOf, contactOn, type DialogContext, type DialogOwner, pushInviteHeaders } from './context.ts';
import { type CallerSide, Dialog } from './dialog.ts';
import { admit, OpenRequests, refuse, sendAck } from './exchanges.ts';
import { OfferAnswer } from './offer-answer.ts';
import { TAG_LENGTH } from './random-names.ts';
import { ConfirmedSession } from './session.ts';
import { sessionDescriptionOf } from './session-description.ts';
import type { EarlyDialog, OutgoingInvite, OutgoingInviteOptions, OutgoingInviteUser } from './user.ts';

/** Early dialogs, and 2xx of forks that came too late, that one INVITE may have; the callee chooses their number. */
const FORKS_LIMIT = 32;

const FIRST_SEQ = 1;
const DEFAULT_MAX_FORWARDS = 70;

const COMPLETED_ELSEWHERE: HeaderField = ['Reason', 'SIP;cause=200;text="Call completed elsewhere"'];

/** One fork of our INVITE: what its provisional responses made. */
class Fork implements EarlyDialog, DialogOwner {
  readonly dialog: Dialog;
  readonly requests: OpenRequests;
  remoteSdp: string | undefined;
  /** Its callee said BYE before we saw its 2xx. */
  gone = false;
  readonly #invitation: OutgoingInvitation;

  constructor(invitation: OutgoingInvitation, dialog: Dialog, context: DialogContext) {
    this.#invitation = invitation;
    this.dialog = dialog;
    this.requests = new OpenRequests(context);
  }

  get id(): string {
    return this.dialog.remoteTag;
  }

  onRequest(request: SipRequest, flow: Flow): void {
    this.#invitation.onEarlyRequest(this, request, flow);
  }

  /** No 2xx of ours is out in an early dialog that our own INVITE made. */
  onAck(): void {}
}

/**
 * Our INVITE and the dialog set that it makes (RFC 3261 §13.2): forks, the first 2xx, those that come too late, CANCEL.
 * It lives as long as its client transaction, which passes up every 2xx for 64*T1 after the first (RFC 6026).
 */
export class OutgoingInvitation implements OutgoingInvite, ClientTransactionUser {
  readonly callId: string;
  readonly localTag: string;
  readonly #context: DialogContext;
  /** Until it is told how the INVITE ended: this object lives half a minute longer. */
  #user: OutgoingInviteUser | undefined;
  readonly #offer: string | undefined;
  readonly #headers: readonly HeaderField[];
  readonly #side: CallerSide;
  readonly #flow: Flow;
  readonly #transaction: ClientTransaction;
  /** Mostly one; by the remote tag of its dialog. */
  #forks: Fork[] = [];
  #state: 'calling' | 'answered' | 'failed' = 'calling';
  #cancelHeaders: readonly HeaderField[] | undefined;
  /** The remote tag of the fork that answered first. */
  #winner: string | undefined = undefined;
  #turnedAway = 0;

  constructor(context: DialogContext, options: OutgoingInviteOptions, user: OutgoingInviteUser) {
    const { random } = context;
    this.#context = context;
    this.#user = user;
    this.#offer = options.sdp;
    this.#headers = options.headers ?? [];
    this.callId = options.callId ?? random.token(TAG_LENGTH);
    this.localTag = random.token(TAG_LENGTH);
    this.#side = {
      callId: this.callId,
      localTag: this.localTag,
      from: formatNameAddr(options.from.with({ params: options.from.params.with('tag', this.localTag) })),
      seq: FIRST_SEQ,
      requestUri: options.requestUri,
      contactUser: options.contactUser ?? random.token(TAG_LENGTH),
      resolve: options.resolve,
    };
    this.#flow = typeof options.target === 'function' ? options.target() : options.target;
    this.#transaction = this.#send(options);
  }

  cancel(headers: readonly HeaderField[] = []): void {
    if (this.#state !== 'calling' || this.#cancelHeaders !== undefined) return;
    this.#cancelHeaders = headers;
    this.#transaction.cancel(headers);
  }

  onResponse(response: SipResponse): void {
    if (response.status >= 300) this.#fail(response.status, 'response', response);
    else if (response.status >= 200) this.#onSuccess(response);
    else if (response.status > 100) this.#onProgress(response);
  }

  onTimeout(): void {
    this.#fail(408, 'timeout');
  }

  onTransportError(): void {
    this.#fail(503, 'transport');
  }

  onTerminated(): void {
    this.#dropForks();
  }

  /** A request of the callee within an early dialog. */
  onEarlyRequest(fork: Fork, request: SipRequest, flow: Flow): void {
    const context = this.#context;
    const transaction = admit(context, fork.dialog, request, flow);
    if (transaction === undefined) return;
    if (request.method === 'BYE') {
      // Its 2xx is lost or behind: a callee may hang up only what it has answered (RFC 3261 §15).
      fork.gone = true;
      transaction.respond({ status: 200, headers: context.server });
    } else if (request.method === 'INVITE') refuse(context, transaction, { status: 491, headers: [] });
    else if (this.#user?.onEarlyRequest === undefined) refuse(context, transaction, { status: 480, headers: [] });
    else {
      const respond = fork.requests.open(transaction);
      if (respond !== undefined) this.#user.onEarlyRequest(request, fork, respond);
    }
  }

  #send(options: OutgoingInviteOptions): ClientTransaction {
    const { requestUri, to, sdp, maxForwards = DEFAULT_MAX_FORWARDS, routes = [] } = options;
    const context = this.#context;
    const lines: HeaderField[] = [];
    for (const route of routes) lines.push(['Route', route]);
    lines.push(
      ['Max-Forwards', `${maxForwards}`],
      ['From', this.#side.from],
      ['To', formatNameAddr(to)],
      ['Call-ID', this.callId],
      ['CSeq', `${FIRST_SEQ} INVITE`],
    );
    const contact = contactOn(context, this.#flow, this.#side.contactUser);
    pushInviteHeaders(lines, context, contact, context.userAgent, this.#headers, sdp);
    const draft = { method: 'INVITE', uri: requestUri, headers: lines, body: bodyOf(sdp) };
    return context.transactions.send(draft, this.#flow, this);
  }

  #onProgress(response: SipResponse): void {
    if (this.#state !== 'calling') return;
    const early = this.#forkOf(response);
    if (early !== undefined) early.remoteSdp = sessionDescriptionOf(response) ?? early.remoteSdp;
    if (this.#cancelHeaders === undefined) this.#user?.onProgress(response, early);
  }

  #onSuccess(response: SipResponse): void {
    const tag = response.toTag ?? '';
    const isFirst = this.#state === 'calling';
    if (!isFirst && this.#context.acks.repeat(this.callId, this.localTag, tag, FIRST_SEQ)) return;
    // The answer to a late offer is still to come; its ACK will stop the repetition.
    if (this.#winner === tag) return;
    const fork = this.#forkWith(tag);
    const dialog = fork?.dialog ?? Dialog.ofCaller(this.#side, response, this.#flow);
    dialog.confirm(response);
    if (this.#state !== 'calling' || this.#cancelHeaders !== undefined || fork?.gone) {
      this.#turnAway(dialog, fork?.gone ?? false);
      // Too late for everyone: the cancelled INVITE, or the one whose callee left, has ended now.
      this.#fail(487, 'response', response);
    } else this.#answer(response, dialog, fork);
  }

  #answer(response: SipResponse, dialog: Dialog, fork: Fork | undefined): void {
    this.#state = 'answered';
    this.#dropForks(fork);
    const offer = this.#offer;
    const remoteSdp = sessionDescriptionOf(response) ?? fork?.remoteSdp;
    const exchange = new OfferAnswer();
    const session = new ConfirmedSession(this.#context, dialog, exchange);
    this.#winner = dialog.remoteTag;
    if (offer === undefined && remoteSdp !== undefined) {
      exchange.receiveOffer(remoteSdp);
      session.oweAck(FIRST_SEQ, this.#headers);
    } else {
      if (offer !== undefined) exchange.sendOffer(offer);
      if (remoteSdp === undefined) exchange.refuse();
      else exchange.receiveAnswer(remoteSdp);
      sendAck(this.#context, dialog, FIRST_SEQ, this.#headers);
    }
    this.#handOver(response, session);
  }

  /** A user that fails at its answer would leave a session behind that nobody ends. */
  #handOver(response: SipResponse, session: ConfirmedSession): void {
    const user = this.#user;
    this.#user = undefined;
    try {
      session.user = user?.onAnswer(response, session);
    } catch (bug) {
      session.bye();
      throw bug;
    }
  }

  /** ACK and BYE for a 2xx that nobody wants (RFC 3261 §13.2.2.4). */
  #turnAway(dialog: Dialog, gone: boolean): void {
    if (++this.#turnedAway > FORKS_LIMIT) return;
    const context = this.#context;
    sendAck(context, dialog, FIRST_SEQ, this.#headers);
    dialog.state = 'ended';
    if (gone) return;
    const why = this.#cancelHeaders ?? [COMPLETED_ELSEWHERE];
    const { draft, nextHop } = dialog.request('BYE', dialog.nextSeq(), [...context.userAgent, ...why]);
    context.transactions.send(draft, dialog.flowTo(nextHop), {
      onResponse: () => {},
      onTimeout: () => {},
      onTransportError: () => {},
    });
  }

  #forkOf(response: SipResponse): Fork | undefined {
    const tag = response.toTag;
    if (tag === undefined) return undefined;
    const known = this.#forkWith(tag);
    if (known !== undefined || this.#forks.length >= FORKS_LIMIT) return known;
    const fork = new Fork(this, Dialog.ofCaller(this.#side, response, this.#flow), this.#context);
    this.#forks.push(fork);
    this.#context.dialogs.set(fork);
    return fork;
  }

  #forkWith(remoteTag: string): Fork | undefined {
    for (const fork of this.#forks) if (fork.dialog.remoteTag === remoteTag) return fork;
    return undefined;
  }

  #fail(status: number, cause: 'response' | 'timeout' | 'transport', response?: SipResponse): void {
    if (this.#state !== 'calling') return;
    this.#state = 'failed';
    this.#dropForks();
    const user = this.#user;
    this.#user = undefined;
    const why = response === undefined ? {} : { response };
    if (this.#cancelHeaders === undefined) user?.onFailure({ status, cause, ...why });
    else user?.onFailure({ status: 487, cause: 'cancelled', ...why });
  }

  /** Early dialogs end with the final response of the INVITE (RFC 3261 §13.2.2.3, §13.2.2.4); the winner's goes on. */
  #dropForks(winner?: Fork): void {
    const forks = this.#forks;
    this.#forks = [];
    for (const fork of forks) {
      if (fork === winner) continue;
      fork.requests.terminate();
      this.#context.dialogs.delete(fork.dialog);
    }
  }
}
