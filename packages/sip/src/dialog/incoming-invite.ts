import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { ReplyDraft } from '../message/write-response-to.ts';
import type { RunningTimer, ServerTransaction, ServerTransactionUser, TimerOwner } from '../transaction/index.ts';
import type { Flow, TransportFailure } from '../transport/index.ts';
import { bodyOf, contactOn, type DialogContext, type DialogOwner, pushInviteHeaders } from './context.ts';
import { type CalleeOptions, Dialog } from './dialog.ts';
import { admit, OpenRequests, refuse } from './exchanges.ts';
import { retryAfterSeconds } from './glare.ts';
import { OfferAnswer } from './offer-answer.ts';
import { TAG_LENGTH } from './random-names.ts';
import { ConfirmedSession } from './session.ts';
import { sessionDescriptionOf } from './session-description.ts';
import type {
  IncomingInvite,
  IncomingInviteOptions,
  IncomingInviteUser,
  ProgressOptions,
  RejectOptions,
  Session,
} from './user.ts';

/** Different SDPs, each with a To tag of its own, that one INVITE may be answered with before its final response. */
const VOICES_LIMIT = 16;

/** An early dialog that one of our provisional responses made, and the SDP that it carried. */
class Voice implements DialogOwner {
  readonly dialog: Dialog;
  sdp: string | undefined;
  readonly #invitation: IncomingInvitation;

  constructor(invitation: IncomingInvitation, dialog: Dialog) {
    this.#invitation = invitation;
    this.dialog = dialog;
  }

  onRequest(request: SipRequest, flow: Flow): void {
    this.#invitation.onEarlyRequest(this.dialog, request, flow);
  }

  /** Without a 2xx there is nothing to acknowledge. */
  onAck(): void {}
}

/** A peer's INVITE until its final response (RFC 3261 §13.3): provisional responses, CANCEL, and then 2xx or failure. */
export class IncomingInvitation implements IncomingInvite, ServerTransactionUser, TimerOwner {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly id: string;
  readonly offer: string | undefined;
  readonly #context: DialogContext;
  readonly #user: IncomingInviteUser;
  readonly #transaction: ServerTransaction;
  readonly #dialogOptions: CalleeOptions;
  readonly #requests: OpenRequests;
  readonly #voices: Voice[] = [];
  #voice: Voice;
  #answered = false;
  #session: ConfirmedSession | undefined = undefined;
  /** The provisional response that is repeated, and its timer. */
  #repeated: ReplyDraft | undefined = undefined;
  #repetition: RunningTimer | undefined = undefined;

  constructor(
    context: DialogContext,
    request: SipRequest,
    flow: Flow,
    user: IncomingInviteUser,
    options: IncomingInviteOptions,
  ) {
    this.#context = context;
    this.#user = user;
    const { contactUser = context.random.token(TAG_LENGTH), resolve, credentials } = options;
    this.#dialogOptions = { contactUser, resolve, credentials };
    this.#requests = new OpenRequests(context);
    this.request = request;
    this.flow = flow;
    this.offer = sessionDescriptionOf(request);
    this.#voice = this.#newVoice();
    this.id = this.#voice.dialog.localTag;
    this.#transaction = context.transactions.accept(request, flow, this);
  }

  get answered(): boolean {
    return this.#answered;
  }

  progress(status: number, options: ProgressOptions = {}): void {
    if (this.#answered) return;
    const voice = this.#voiceOf(options.sdp);
    this.#context.dialogs.set(voice);
    const { reason, headers: more = [], sdp } = options;
    const headers: HeaderField[] = [];
    const contact = contactOn(this.#context, voice.dialog.flow, voice.dialog.contactUser);
    pushInviteHeaders(headers, this.#context, contact, this.#context.server, more, sdp);
    const draft = { status, reason, toTag: voice.dialog.localTag, headers, body: bodyOf(sdp) };
    this.#transaction.respond(draft);
    if (this.#answered) return;
    this.#repeated = draft;
    this.#repeatLater();
  }

  accept(options: { readonly sdp: string; readonly headers?: readonly HeaderField[] }): Session {
    if (this.#answered) throw new Error('INVITE has its final response, or its caller has gone');
    const voice = this.#voiceOf(options.sdp);
    this.#end(voice);
    const { dialog } = voice;
    dialog.confirm();
    const exchange = new OfferAnswer();
    if (this.offer !== undefined) exchange.receiveOffer(this.offer);
    const session = new ConfirmedSession(this.#context, dialog, exchange);
    this.#session = session;
    session.user = this.#user;
    session.answerInvite(this.#transaction, options.sdp, options.headers ?? []);
    return session;
  }

  reject(status: number, options: RejectOptions = {}): void {
    if (this.#answered) return;
    this.#end();
    this.#requests.terminate();
    const { reason, headers = [] } = options;
    this.#transaction.respond({
      status,
      reason,
      toTag: this.#voice.dialog.localTag,
      headers: [...this.#context.server, ...headers],
    });
  }

  hasTag(localTag: string): boolean {
    return this.#voices.some(({ dialog }) => dialog.localTag === localTag);
  }

  onCancel(cancel: SipRequest): void {
    this.#giveUp(cancel);
  }

  onTransportError(failure: TransportFailure): void {
    if (this.#session !== undefined) this.#session.sendingFailed(failure);
    else if (!this.#answered) this.#user.onTransportError?.(failure);
  }

  /** A request of the caller within an early dialog. */
  onEarlyRequest(dialog: Dialog, request: SipRequest, flow: Flow): void {
    const context = this.#context;
    const transaction = admit(context, dialog, request, flow);
    if (transaction === undefined) return;
    if (request.method === 'BYE') {
      transaction.respond({ status: 200, headers: context.server });
      this.#giveUp(request);
    } else if (request.method === 'INVITE') {
      const retryAfter: HeaderField = ['Retry-After', `${retryAfterSeconds(context.random)}`];
      refuse(context, transaction, { status: 500, headers: [retryAfter] });
    } else {
      const respond = this.#requests.open(transaction);
      if (respond !== undefined) this.#user.onRequest(request, respond);
    }
  }

  #giveUp(request: SipRequest): void {
    if (this.#answered) return;
    this.reject(487);
    this.#user.onCancel(request);
  }

  /** The early dialog for this SDP: the one that already carried it, else one that carried none, else a new one. */
  #voiceOf(sdp: string | undefined): Voice {
    if (sdp !== undefined && this.#voice.sdp !== sdp) {
      const known = this.#voices.find((voice) => voice.sdp === sdp || voice.sdp === undefined);
      // Beyond the limit the last voice changes its SDP: what no caller can be relied on to follow.
      this.#voice = known ?? (this.#voices.length < VOICES_LIMIT ? this.#newVoice() : this.#voice);
      this.#voice.sdp = sdp;
    }
    return this.#voice;
  }

  #newVoice(): Voice {
    const tag = this.#context.random.token(TAG_LENGTH);
    const voice = new Voice(this, Dialog.ofCallee(this.request, tag, this.flow, this.#dialogOptions));
    this.#voices.push(voice);
    return voice;
  }

  /** The time has come to repeat the last provisional response. */
  onTimer(): void {
    this.#repetition = undefined;
    if (this.#repeated === undefined) return;
    this.#transaction.respond(this.#repeated);
    this.#repeatLater();
  }

  #repeatLater(): void {
    const { queues, timers } = this.#context;
    this.#stopRepeating();
    this.#repetition = queues.start(this, 'provisional', timers.provisional);
  }

  #stopRepeating(): void {
    if (this.#repetition !== undefined) this.#context.queues.stop(this.#repetition);
    this.#repetition = undefined;
  }

  /** The final response ends all early dialogs (RFC 3261 §12.3), except that a 2xx makes one of them a session. */
  #end(confirmed?: Voice): void {
    this.#answered = true;
    this.#repeated = undefined;
    this.#stopRepeating();
    for (const voice of this.#voices) if (voice !== confirmed) this.#context.dialogs.delete(voice.dialog);
  }
}
