import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { ReplyDraft } from '../message/write-response-to.ts';
import type { RunningTimer, ServerTransaction, ServerTransactionUser, TimerOwner } from '../transaction/index.ts';
import type { Flow, TransportFailure } from '../transport/index.ts';
import { bodyOf, contactOn, type DialogContext, pushInviteHeaders } from './context.ts';
import { type CalleeOptions, Dialog } from './dialog.ts';
import { admit, OpenRequests, refuse } from './exchanges.ts';
import { retryAfterSeconds } from './glare.ts';
import { TAG_LENGTH } from './random-names.ts';
import { RELIABLE, type ReliableHost, ReliableResponses } from './reliable-responses.ts';
import { ConfirmedSession, type InvitePending } from './session.ts';
import { sessionDescriptionOf } from './session-description.ts';
import { names } from './session-timer.ts';
import type {
  IncomingInvite,
  IncomingInviteOptions,
  IncomingInviteUser,
  IncomingReinvite,
  ProgressOptions,
  RejectOptions,
  Session,
  SessionEnd,
} from './user.ts';
import { Voice, type VoiceOwner } from './voice.ts';

/** Different SDPs, each with a To tag of its own, that one INVITE may be answered with before its final response. */
const VOICES_LIMIT = 16;

/** A peer's INVITE until its final response (RFC 3261 §13.3): provisional responses, CANCEL, and then 2xx or failure. */
export class IncomingInvitation
  implements IncomingInvite, ServerTransactionUser, TimerOwner, VoiceOwner, ReliableHost, InvitePending
{
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
  /** The 2xx that waits for a PRACK, or for an UPDATE to be answered. */
  #held:
    | { readonly sdp: string | undefined; readonly headers: readonly HeaderField[]; readonly voice: Voice }
    | undefined = undefined;
  /** Most callers get none. */
  #reliable: ReliableResponses | undefined = undefined;
  /** The provisional response that is repeated, and its timer. */
  #repeated: { readonly voice: Voice; readonly status: number; readonly options: ProgressOptions } | undefined =
    undefined;
  #repetition: RunningTimer | undefined = undefined;
  #lastPrack: RunningTimer | undefined = undefined;

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
    const { sessionTimer = context.sessionTimer } = options;
    const timer = sessionTimer === 'off' ? undefined : sessionTimer;
    this.#dialogOptions = { contactUser, resolve, credentials, sessionTimer: timer };
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
    this.#say(voice, status, options);
    if (this.#answered) return;
    this.#repeated = { voice, status, options };
    this.#repeatLater();
  }

  get wantsReliable(): boolean {
    return this.#context.reliable !== undefined && names(this.request.require, RELIABLE);
  }

  get settled(): boolean {
    return this.#voice.updates.renewed || (this.offer === undefined && this.#voice.isSaid);
  }

  accept(options: { readonly sdp?: string; readonly headers?: readonly HeaderField[] }): Session {
    if (this.#answered) throw new Error('INVITE has its final response, or its caller has gone');
    const { sdp, headers = [] } = options;
    if (sdp === undefined && !this.settled) throw new Error('a 2xx without SDP before anything is agreed');
    const voice = this.#voiceOf(sdp);
    this.#end(voice);
    this.#reliable?.clear();
    const { dialog } = voice;
    dialog.confirm();
    const session = new ConfirmedSession(this.#context, voice.updates);
    this.#session = session;
    session.user = this.#user;
    const { awaited } = this.#reliable ?? {};
    if (awaited !== undefined) session.pending = this;
    this.#held = { sdp, headers, voice };
    if (this.#mustHold) {
      session.pending = this;
      session.holdAnswer();
    } else this.#succeed();
    return session;
  }

  /** What was said with an SDP must be acknowledged before a 2xx (RFC 3262 §3), and an UPDATE be over (RFC 6337 §3.1.1). */
  get #mustHold(): boolean {
    return this.#reliable?.holdsSuccess === true || this.#held?.voice.updates.isOpen === true;
  }

  #succeed(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    const awaited = this.#reliable?.awaited;
    this.#reliable?.stop();
    const { voice, headers, sdp } = held;
    const session = this.#session;
    if (session !== undefined && awaited === undefined) session.pending = undefined;
    session?.answerInvite(this.#transaction, voice.isSaid ? undefined : sdp, headers);
    for (const other of this.#voices) if (other !== voice) this.#context.dialogs.delete(other.dialog);
  }

  #say(voice: Voice, status: number, options: ProgressOptions): void {
    const context = this.#context;
    const { reason, headers: more = [] } = options;
    const sdp = voice.isSaid ? undefined : options.sdp;
    const headers: HeaderField[] = [];
    const { flow, contactUser, localTag, secure, sessionTimer } = voice.dialog;
    const contact = contactOn(context, flow, contactUser, secure);
    pushInviteHeaders(headers, context, contact, context.server, more, sdp, sessionTimer);
    const draft: ReplyDraft = { status, reason, toTag: localTag, headers, body: bodyOf(sdp) };
    if (!this.#goesReliably(sdp)) {
      this.#transaction.respond(draft);
      return;
    }
    this.#reliable ??= new ReliableResponses(context, this.#transaction, this);
    const onSent = sdp === undefined ? {} : { onSent: () => voice.said(sdp) };
    this.#reliable.send({ dialog: voice.dialog, draft, hasSdp: sdp !== undefined, ...onSent });
  }

  /** All for a caller that requires it; to one that supports it what it must not miss, and no PRACK for what it may (RFC 3262 §3). */
  #goesReliably(sdp: string | undefined): boolean {
    if (this.wantsReliable) return true;
    // An offer of ours it has not asked for in a 1xx.
    const answers = sdp !== undefined && this.offer !== undefined;
    return this.#context.reliable === 'sdp' && answers && names(this.request.supported, RELIABLE);
  }

  unacknowledged(): void {
    const session = this.#session;
    const wasHeld = this.#held !== undefined;
    this.#held = undefined;
    if (wasHeld) this.#refuse(504);
    else this.reject(504);
    if (session === undefined) this.#user.onUnacknowledged?.();
    else session.neverBegan({ by: 'no-ack' });
  }

  withdraw(status: number): void {
    if (this.#held === undefined) return;
    this.#held = undefined;
    this.#refuse(status);
  }

  onPrack(request: SipRequest, flow: Flow): void {
    const session = this.#session;
    const voice = this.#voices.find(({ dialog }) => dialog === session?.dialog);
    if (voice === undefined) return;
    this.#onPrack(voice, request, flow);
    if (session !== undefined && this.#held === undefined) session.pending = undefined;
  }

  onPendingStable(): void {
    this.#mayGoOn();
  }

  onEarlyUpdate(update: IncomingReinvite): boolean {
    if (this.#user.onUpdate === undefined) return false;
    this.#user.onUpdate(update);
    return true;
  }

  onEarlyUpdateGivenUp(update: IncomingReinvite): void {
    this.#user.onReinviteCancelled?.(update);
  }

  onEarlyStable(): void {
    this.#mayGoOn();
  }

  reject(status: number, options: RejectOptions = {}): void {
    if (this.#answered) return;
    this.#end();
    this.#requests.terminate();
    this.#refuse(status, options);
  }

  #refuse(status: number, options: RejectOptions = {}): void {
    const awaited = this.#reliable?.awaited;
    this.#reliable?.stop();
    for (const { dialog, updates } of this.#voices) {
      updates.quiet();
      if (dialog !== awaited) this.#context.dialogs.delete(dialog);
    }
    const waiting = this.#voices.find(({ dialog }) => dialog === awaited);
    if (waiting !== undefined) this.#context.dialogs.set(waiting);
    // Its PRACK may be on its way (RFC 3262 §3).
    const { queues, timers } = this.#context;
    if (awaited !== undefined) this.#lastPrack = queues.start(this, 'last PRACK', 64 * timers.t1);
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
    if (this.#held === undefined) this.#giveUp(cancel);
    else this.#gaveUpLate({ by: 'remote-bye', request: cancel });
  }

  onTransportError(failure: TransportFailure): void {
    if (this.#session !== undefined) this.#session.sendingFailed(failure);
    else if (!this.#answered) this.#user.onTransportError?.(failure);
  }

  /** A request of the caller within an early dialog. */
  onEarlyRequest(voice: Voice, request: SipRequest, flow: Flow): void {
    const context = this.#context;
    if (request.method === 'PRACK') {
      this.#onPrack(voice, request, flow);
      return;
    }
    if (this.#isRefused) {
      context.transactions.replyStatelessly(request, flow, { status: 481 });
      return;
    }
    const transaction = admit(context, voice.dialog, request, flow);
    if (transaction === undefined) return;
    if (request.method === 'BYE') {
      transaction.respond({ status: 200, headers: context.server });
      this.#giveUp(request);
    } else if (request.method === 'INVITE') {
      const retryAfter: HeaderField = ['Retry-After', `${retryAfterSeconds(context.random)}`];
      refuse(context, transaction, { status: 500, headers: [retryAfter] });
    } else if (request.method === 'UPDATE') voice.updates.onUpdate(transaction);
    else {
      const respond = this.#requests.open(transaction);
      if (respond !== undefined) this.#user.onRequest(request, respond);
    }
  }

  #giveUp(request: SipRequest): void {
    if (this.#answered) return;
    this.reject(487);
    this.#user.onCancel(request);
  }

  /** The caller gave up while our 2xx waited: for our user the call was up. */
  #gaveUpLate(end: SessionEnd): void {
    this.#session?.neverBegan(end);
    this.withdraw(487);
  }

  /** RFC 3262 §3; its offer is answered in its 200 (§5). */
  #onPrack(voice: Voice, request: SipRequest, flow: Flow): void {
    const context = this.#context;
    const transaction = admit(context, voice.dialog, request, flow);
    if (transaction === undefined) return;
    const { updates } = voice;
    const { exchange } = updates;
    if (!this.#reliable?.takesPrack(request, voice.dialog)) {
      refuse(context, transaction, { status: 481, headers: [] });
      return;
    }
    const sdp = sessionDescriptionOf(request);
    if (this.#isRefused) transaction.respond({ status: 200, headers: context.server });
    else if (sdp !== undefined && exchange.state === 'stable' && exchange.agreed.local !== undefined) {
      updates.offered(transaction, sdp);
    } else {
      transaction.respond({ status: 200, headers: context.server });
      if (exchange.state === 'offered' && !updates.offering) this.#answeredInPrack(voice, sdp);
    }
    this.#mayGoOn();
  }

  /** A final response other than 2xx was sent: nothing but a PRACK is expected, and nobody is told of it. */
  get #isRefused(): boolean {
    return this.#lastPrack !== undefined;
  }

  #answeredInPrack({ updates }: Voice, sdp: string | undefined): void {
    if (sdp === undefined) updates.exchange.refuse();
    else {
      updates.exchange.receiveAnswer(sdp);
      updates.renewed = true;
    }
    this.#user.onPrack?.(sdp);
  }

  /** Something that others waited for is over. */
  #mayGoOn(): void {
    for (const { updates } of this.#voices) updates.startNext();
    if (this.#held === undefined) {
      if (!this.#answered) this.#reliable?.sendNext();
    } else if (!this.#mustHold) this.#succeed();
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
    const dialog = Dialog.ofCallee(this.request, tag, this.flow, this.#dialogOptions);
    const voice = new Voice(this, this.#context, dialog);
    this.#voices.push(voice);
    return voice;
  }

  /** The time has come to repeat the last provisional response, or no PRACK will come any more. */
  onTimer(timer: RunningTimer): void {
    if (timer === this.#lastPrack) {
      for (const { dialog } of this.#voices) this.#context.dialogs.delete(dialog);
      return;
    }
    this.#repetition = undefined;
    if (this.#repeated === undefined) return;
    const { voice, status, options } = this.#repeated;
    this.#say(voice, status, options);
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
    for (const { dialog } of this.#voices) {
      // One more PRACK may come for it (RFC 3262 §3).
      if (dialog !== confirmed?.dialog && dialog !== this.#reliable?.awaited) this.#context.dialogs.delete(dialog);
    }
  }
}
