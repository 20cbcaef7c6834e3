import type { Cancel } from '@vats/kernel';
import type { DigestExchange } from '../digest/index.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { formatNameAddr } from '../message/name-addr.ts';
import type { HeaderField } from '../message/write-message.ts';
import { isChallenge } from '../transaction/index.ts';
import type { Flow } from '../transport/index.ts';
import type { DialogContext } from './context.ts';
import { Dialog, type DialogSet } from './dialog.ts';
import { admit, refuse, sendAck } from './exchanges.ts';
import { Fork, type ForkOwner } from './fork.ts';
import { sendInDialog } from './in-dialog-request.ts';
import { type AttemptOwner, InviteAttempt } from './invite-attempt.ts';
import { TAG_LENGTH } from './random-names.ts';
import { ConfirmedSession } from './session.ts';
import { sessionDescriptionOf } from './session-description.ts';
import { leastOf, timerOfInvite } from './session-timer.ts';
import type {
  IncomingReinvite,
  OutgoingInvite,
  OutgoingInviteOptions,
  OutgoingInviteUser,
  SessionTimerPolicy,
} from './user.ts';

/** Early dialogs, and 2xx of forks that came too late, that one INVITE may have; the callee chooses their number. */
const FORKS_LIMIT = 32;

/** 422s that one INVITE is repeated after: each names a longer interval, and every proxy on the way may (RFC 4028 §7.3). */
const LONGER_INTERVALS_LIMIT = 5;

const FIRST_SEQ = 1;

const COMPLETED_ELSEWHERE: HeaderField = ['Reason', 'SIP;cause=200;text="Call completed elsewhere"'];

/**
 * Our INVITE and the dialog set that it makes (RFC 3261 §13.2): challenges, forks, the first 2xx, those that come too late,
 * CANCEL. It lives as long as its client transactions, which pass up every 2xx for 64*T1 after the first (RFC 6026).
 */
export class OutgoingInvitation implements OutgoingInvite, AttemptOwner, ForkOwner {
  readonly callId: string;
  readonly localTag: string;
  readonly #context: DialogContext;
  readonly #options: OutgoingInviteOptions;
  readonly #exchange: DigestExchange | undefined;
  /** Until it is told how the INVITE ended: this object lives half a minute longer. */
  #user: OutgoingInviteUser | undefined;
  readonly #onTurnedAway: OutgoingInviteUser['onTurnedAway'];
  /** The last one; those before it were challenged. */
  #attempt: InviteAttempt;
  /** Mostly one; by the remote tag of its dialog. */
  #forks: Fork[] = [];
  #state: 'calling' | 'answered' | 'failed' = 'calling';
  #cancelHeaders: readonly HeaderField[] | undefined;
  /** The remote tag of the fork that answered first. */
  #winner: string | undefined = undefined;
  #turnedAway = 0;
  #stopWaiting: Cancel = () => {};
  readonly #timer: SessionTimerPolicy | undefined;
  /** Seconds that a 422 asked for. */
  #leastInterval = 0;
  #longerIntervals = 0;

  constructor(context: DialogContext, options: OutgoingInviteOptions, user: OutgoingInviteUser) {
    const { random } = context;
    const { callId = random.token(TAG_LENGTH), credentials, from, target } = options;
    this.#context = context;
    this.#options = options;
    this.#user = user;
    const { sessionTimer = context.sessionTimer } = options;
    this.#timer = sessionTimer === 'off' ? undefined : sessionTimer;
    this.#onTurnedAway = user.onTurnedAway;
    this.#exchange = credentials?.begin({ method: 'INVITE', inDialog: false });
    this.callId = callId;
    this.localTag = random.token(TAG_LENGTH);
    const set: DialogSet = {
      callId,
      localTag: this.localTag,
      from: formatNameAddr(from.with({ params: from.params.with('tag', this.localTag) })),
      seq: FIRST_SEQ,
      requestUri: options.requestUri,
      contactUser: options.contactUser ?? random.token(TAG_LENGTH),
      resolve: options.resolve,
      credentials,
      sessionTimer: this.#timer,
    };
    this.#attempt = this.#send(set, typeof target === 'function' ? target() : target);
  }

  get isCalling(): boolean {
    return this.#state === 'calling';
  }

  cancel(headers: readonly HeaderField[] = []): void {
    if (this.#state !== 'calling' || this.#cancelHeaders !== undefined) return;
    this.#cancelHeaders = headers;
    this.#attempt.cancel(headers);
  }

  onResponse(attempt: InviteAttempt, response: SipResponse): void {
    const { status } = response;
    const isLast = attempt === this.#attempt;
    if (isLast) this.#stopWaiting();
    if (status >= 200 && status < 300) {
      if (isLast) this.#onSuccess(response);
      else this.#onOutdatedSuccess(attempt, response);
    } else if (isLast && status > 100) this.#onProgressOrFailure(response);
  }

  onTimeout(attempt: InviteAttempt): void {
    if (attempt === this.#attempt) this.#fail(408, 'timeout');
  }

  onTransportError(attempt: InviteAttempt): void {
    if (attempt === this.#attempt) this.#fail(503, 'transport');
  }

  onTerminated(attempt: InviteAttempt): void {
    if (attempt === this.#attempt) this.#dropForks();
  }

  onEarlyRequest(fork: Fork, request: SipRequest, flow: Flow): void {
    const context = this.#context;
    const transaction = admit(context, fork.dialog, request, flow);
    if (transaction === undefined) return;
    if (request.method === 'BYE') {
      // Its 2xx is lost or behind: a callee may hang up only what it has answered (RFC 3261 §15).
      fork.gone = true;
      transaction.respond({ status: 200, headers: context.server });
    } else if (request.method === 'INVITE') refuse(context, transaction, { status: 491, headers: [] });
    else if (request.method === 'UPDATE') fork.updates.onUpdate(transaction);
    else if (request.method === 'PRACK') refuse(context, transaction, { status: 481, headers: [] });
    else if (this.#user?.onEarlyRequest === undefined) refuse(context, transaction, { status: 480, headers: [] });
    else {
      const respond = fork.requests.open(transaction);
      if (respond !== undefined) this.#user.onEarlyRequest(request, fork, respond);
    }
  }

  onEarlyUpdate(fork: Fork, update: IncomingReinvite): boolean {
    if (this.#user?.onEarlyUpdate === undefined || this.#cancelHeaders !== undefined) return false;
    this.#user.onEarlyUpdate(update, fork);
    return true;
  }

  #send(set: DialogSet, flow: Flow): InviteAttempt {
    const { silence } = this.#options;
    this.#stopWaiting();
    if (silence !== undefined) this.#stopWaiting = this.#context.clock.after(silence, () => this.#heardNothing());
    const timer = timerOfInvite(this.#timer, this.#leastInterval);
    return new InviteAttempt(
      { context: this.#context, options: this.#options, exchange: this.#exchange, owner: this, timer },
      set,
      flow,
    );
  }

  /** Repeats the INVITE with credentials; not one that was cancelled, which nobody wants any more. */
  #answersChallenge(response: SipResponse): boolean {
    if (this.#state !== 'calling' || this.#cancelHeaders !== undefined) return false;
    const { set, flow } = this.#attempt;
    if (this.#exchange?.challenged(response, flow.observed) !== 'answered') return false;
    this.#dropForks();
    this.#attempt = this.#send({ ...set, seq: set.seq + 1 }, flow);
    return true;
  }

  /** Repeats the INVITE with an interval as long as a 422 wants it (RFC 4028 §7.3). */
  #offersLongerInterval(response: SipResponse): boolean {
    if (this.#state !== 'calling' || this.#cancelHeaders !== undefined || this.#timer === undefined) return false;
    const least = leastOf(response);
    const said = Math.max(this.#timer.min, this.#leastInterval);
    if (least === undefined || least <= said || ++this.#longerIntervals > LONGER_INTERVALS_LIMIT) return false;
    this.#leastInterval = least;
    const { set, flow } = this.#attempt;
    this.#dropForks();
    this.#attempt = this.#send({ ...set, seq: set.seq + 1 }, flow);
    return true;
  }

  /** Nobody waits for this peer any more; if it heard us after all, it is told so when it speaks. */
  #heardNothing(): void {
    if (this.#state !== 'calling' || this.#cancelHeaders !== undefined) return;
    this.#attempt.cancel([]);
    this.#fail(408, 'timeout');
    this.#cancelHeaders = [];
  }

  #onProgressOrFailure(response: SipResponse): void {
    const { status } = response;
    if (status < 200) this.#onProgress(response);
    else if (isChallenge(status) && this.#answersChallenge(response)) return;
    else if (!this.#offersLongerInterval(response)) this.#fail(status, 'response', response);
  }

  #onProgress(response: SipResponse): void {
    if (this.#state !== 'calling') return;
    const early = this.#forkOf(response);
    if (early !== undefined && !early.takes(response)) return;
    if (this.#cancelHeaders === undefined) this.#user?.onProgress(response, early);
  }

  #onSuccess(response: SipResponse): void {
    const tag = response.toTag ?? '';
    const isFirst = this.#state === 'calling';
    const { set, flow, seq } = this.#attempt;
    if (!isFirst && this.#context.acks.repeat(this.callId, this.localTag, tag, seq)) return;
    // The answer to a late offer is still to come; its ACK will stop the repetition.
    if (this.#winner === tag) return;
    const fork = this.#forkWith(tag);
    const dialog = fork?.dialog ?? Dialog.ofCaller(set, response, flow);
    dialog.confirm(response);
    this.#exchange?.finished(response);
    if (this.#state !== 'calling' || this.#cancelHeaders !== undefined || fork?.gone) {
      this.#turnAway(this.#attempt, dialog, fork?.gone ?? false);
      this.#onTurnedAway?.();
      // Too late for everyone: the cancelled INVITE, or the one whose callee left, has ended now.
      this.#fail(487, 'response', response);
    } else this.#answer(response, dialog, fork);
  }

  /** A fork of an INVITE that was challenged, and repeated since, answers after all. */
  #onOutdatedSuccess(attempt: InviteAttempt, response: SipResponse): void {
    const tag = response.toTag ?? '';
    if (this.#context.acks.repeat(this.callId, this.localTag, tag, attempt.seq)) return;
    const dialog = Dialog.ofCaller(attempt.set, response, attempt.flow);
    dialog.confirm(response);
    // A BYE would end what the last INVITE has with the same callee: the tags are the same.
    const goesOn = this.#winner === tag || this.#forkWith(tag) !== undefined;
    this.#turnAway(attempt, dialog, goesOn);
    if (!goesOn) this.#onTurnedAway?.();
  }

  #answer(response: SipResponse, dialog: Dialog, fork: Fork | undefined): void {
    this.#state = 'answered';
    this.#dropForks(fork);
    const { seq, headers } = this.#attempt;
    const { updates } = fork ?? new Fork(this, dialog, this.#context, this.#options.sdp);
    const { exchange } = updates;
    const remoteSdp = sessionDescriptionOf(response) ?? fork?.remoteSdp;
    fork?.settle();
    const session = new ConfirmedSession(this.#context, updates);
    this.#winner = dialog.remoteTag;
    if (exchange.state === 'stable' && exchange.agreed.remote === undefined && remoteSdp !== undefined) {
      exchange.receiveOffer(remoteSdp);
      session.oweAck(seq, headers);
    } else {
      // What a reliable response has answered is answered: this SDP is no other one (RFC 3261 §13.2.1).
      if (exchange.state === 'offered' && !updates.offering) {
        if (remoteSdp === undefined) exchange.refuse();
        else exchange.receiveAnswer(remoteSdp);
      }
      sendAck(this.#context, dialog, seq, headers);
    }
    session.answered(response);
    this.#handOver(response, session);
  }

  /** A user that fails at its answer would leave a session behind that nobody ends. */
  #handOver(response: SipResponse, session: ConfirmedSession): void {
    const user = this.#user;
    this.#user = undefined;
    try {
      const own = user?.onAnswer(response, session);
      // Unless it was handed over meanwhile, to another call that it goes on in.
      session.user ??= own;
    } catch (bug) {
      session.bye();
      throw bug;
    }
  }

  /** ACK for a 2xx that nobody wants (RFC 3261 §13.2.2.4), and BYE unless the callee is gone or somebody else's. */
  #turnAway(attempt: InviteAttempt, dialog: Dialog, withoutBye: boolean): void {
    if (++this.#turnedAway > FORKS_LIMIT) return;
    const context = this.#context;
    sendAck(context, dialog, attempt.seq, attempt.headers);
    dialog.state = 'ended';
    if (withoutBye) return;
    const why = this.#cancelHeaders ?? [COMPLETED_ELSEWHERE];
    const bye = { method: 'BYE', headers: [...context.userAgent, ...why] };
    sendInDialog(context, dialog, bye, { onFinal: () => {}, onTimeout: () => {}, onTransportError: () => {} });
  }

  #forkOf(response: SipResponse): Fork | undefined {
    const tag = response.toTag;
    if (tag === undefined) return undefined;
    const known = this.#forkWith(tag);
    if (known !== undefined || this.#forks.length >= FORKS_LIMIT) return known;
    const { set, flow } = this.#attempt;
    const fork = new Fork(this, Dialog.ofCaller(set, response, flow), this.#context, this.#options.sdp);
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
    this.#stopWaiting();
    this.#dropForks();
    const user = this.#user;
    this.#user = undefined;
    const verdict = isChallenge(status) ? this.#exchange?.verdict : undefined;
    const why = { ...(response && { response }), ...(verdict && { challenge: verdict }) };
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
      fork.updates.quiet();
      this.#context.dialogs.delete(fork.dialog);
    }
  }
}
