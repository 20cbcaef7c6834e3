import type { SipRequest, SipResponse } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { ServerTransaction } from '../transaction/index.ts';
import type { Flow, TransportFailure } from '../transport/index.ts';
import { contactOn, type DialogContext, type DialogOwner } from './context.ts';
import type { Dialog } from './dialog.ts';
import { admit, endsDialog, OpenRequests, refuse } from './exchanges.ts';
import { sendInDialog } from './in-dialog-request.ts';
import { InviteUsage, type UsageHost } from './invite-usage.ts';
import { Refers } from './refers.ts';
import type { Refusal } from './refusals.ts';
import { SessionTimer, type SessionTimerHost } from './session-timer.ts';
import type { Updates, UpdatesHost } from './updates.ts';
import type {
  IncomingReinvite,
  InDialogRequestOptions,
  InDialogRequestUser,
  OfferAnswerState,
  OutgoingReinvite,
  ReinviteOptions,
  ReinviteUser,
  Respond,
  Session,
  SessionEnd,
  SessionTimerFacts,
  SessionUser,
  UpdateOptions,
} from './user.ts';

/**
 * - `leaving`: we have left, but our BYE waits for the ACK of our first 2xx
 * - `over`: nothing is left but transactions
 */
type Life = 'alive' | 'leaving' | 'over';

/** What is left of a session's INVITE while our 2xx to it may not be sent yet, and of what it was told before. */
export interface InvitePending {
  /** A PRACK, to what was said before the 2xx. */
  onPrack(request: SipRequest, flow: Flow): void;
  /** No exchange is open any more, which our 2xx may have waited for. */
  onPendingStable(): void;
  /** The session is over before our 2xx was sent: the INVITE is refused. */
  withdraw(status: number): void;
}

/** Methods whose requests tell the peer our Contact (RFC 3261 §20.10, RFC 6665); INVITE has its own way. */
const CARRIES_CONTACT = new Set(['OPTIONS', 'NOTIFY', 'SUBSCRIBE', 'REFER', 'UPDATE']);

/** A confirmed dialog from its 2xx to its BYE: requests of both sides, and the end. Its INVITEs are `InviteUsage`'s. */
export class ConfirmedSession implements Session, DialogOwner, UsageHost, UpdatesHost, SessionTimerHost {
  readonly dialog: Dialog;
  user: SessionUser | undefined;
  readonly timer: SessionTimer | undefined;
  /** On the called side. */
  pending: InvitePending | undefined = undefined;
  readonly #context: DialogContext;
  readonly #usage: InviteUsage;
  readonly #requests: OpenRequests;
  /** Most dialogs never have one. */
  #refers: Refers | undefined = undefined;
  #life: Life = 'alive';
  #byeHeaders: readonly HeaderField[] = [];

  /** Takes the dialog over from whoever owned it while it was early. */
  constructor(context: DialogContext, updates: Updates) {
    const { dialog } = updates;
    this.dialog = dialog;
    this.#context = context;
    this.timer = dialog.sessionTimer && new SessionTimer(context, dialog.sessionTimer, this);
    this.#usage = new InviteUsage(updates, this);
    updates.host = this;
    this.#requests = new OpenRequests(context);
    context.dialogs.set(this);
  }

  get offerAnswer(): OfferAnswerState {
    return this.#usage.exchange.state;
  }

  get remoteSdp(): string | undefined {
    return this.#usage.exchange.remote;
  }

  get agreed(): { readonly local: string | undefined; readonly remote: string | undefined } {
    return this.#usage.exchange.agreed;
  }

  get allowsUpdate(): boolean {
    return this.dialog.allowsUpdate;
  }

  get sessionTimer(): SessionTimerFacts | undefined {
    return this.timer?.facts;
  }

  get glare(): Refusal | undefined {
    return this.#usage.glareOfUpdate;
  }

  get mustWait(): boolean {
    return this.#usage.inProgress !== 'none';
  }

  get ended(): boolean {
    return this.#life !== 'alive';
  }

  get inviteInProgress(): 'none' | 'ours' | 'theirs' {
    return this.#usage.inProgress;
  }

  handOver(user: SessionUser): void {
    this.user = user;
  }

  /** Answers the INVITE that makes this dialog with its 2xx. */
  answerInvite(transaction: ServerTransaction, sdp: string | undefined, headers: readonly HeaderField[]): void {
    this.#usage.succeed(transaction, true, sdp, headers);
  }

  /** That 2xx is made, and has to wait. */
  holdAnswer(): void {
    this.#usage.isHeld = true;
  }

  /** Before our 2xx could be sent the caller gave up, or what we said before it was never acknowledged. */
  neverBegan(end: SessionEnd): void {
    if (this.ended) return;
    this.#forgetUnsent();
    this.user?.onEnd(end);
  }

  /** The 2xx to our INVITE came. */
  answered(response: SipResponse): void {
    this.timer?.answered(response);
  }

  /** The server transaction of our 2xx could not send it. */
  sendingFailed(failure: TransportFailure): void {
    this.#usage.sendingFailed(failure);
  }

  /** The 2xx to our INVITE held an offer: its ACK waits for `acknowledge`. */
  oweAck(seq: number, invited: readonly HeaderField[]): void {
    this.#usage.oweAck(seq, invited);
  }

  acknowledge(sdp: string): void {
    this.#usage.acknowledge(sdp);
  }

  reinvite(options: ReinviteOptions, user: ReinviteUser): OutgoingReinvite {
    return this.#usage.reinvite(options, user);
  }

  update(options: UpdateOptions, user: ReinviteUser): OutgoingReinvite {
    return this.#usage.updates.send(options, user);
  }

  /** By UPDATE where the peer takes it, else by a re-INVITE that says again what holds (RFC 4028 §7.4). */
  refresh(): void {
    const { agreed } = this.#usage.exchange;
    const before = agreed.remote;
    const user = {
      onAnswer: () => {
        const { remote } = this.#usage.exchange.agreed;
        if (remote !== undefined && remote !== before) this.user?.onRefreshed?.(remote);
      },
      onFailure: () => this.timer?.refreshFailed(),
    };
    if (this.allowsUpdate || agreed.local === undefined) this.update({}, user);
    else this.reinvite({ sdp: agreed.local }, user);
  }

  expired(): void {
    this.lose({ by: 'session-expired' });
  }

  onUpdate(update: IncomingReinvite): boolean {
    if (this.user?.onUpdate === undefined) return false;
    this.user.onUpdate(update);
    return true;
  }

  onUpdateGivenUp(update: IncomingReinvite): void {
    if (!this.ended) this.user?.onReinviteCancelled?.(update);
  }

  onStable(): void {
    this.pending?.onPendingStable();
    this.#usage.startNext();
  }

  request(method: string, options: InDialogRequestOptions, user: InDialogRequestUser): void {
    if (this.ended) return;
    const { dialog } = this;
    const { headers = [], body } = options;
    const contact = CARRIES_CONTACT.has(method)
      ? [contactOn(this.#context, dialog.flow, dialog.contactUser, dialog.secure)]
      : [];
    const request = { method, headers: [...contact, ...this.#context.userAgent, ...headers], body };
    sendInDialog(this.#context, dialog, request, {
      isWanted: () => !this.ended,
      onFinal: (response) => {
        if (this.ended) return;
        user.onResponse(response);
        if (endsDialog(response.status)) this.lose({ by: 'dialog-error', response });
      },
      onTimeout: () => {
        if (this.ended) return;
        user.onFailure('timeout');
        this.lose({ by: 'timeout' });
      },
      onTransportError: () => {
        if (!this.ended) user.onFailure('transport');
      },
    });
  }

  bye(headers: readonly HeaderField[] = []): void {
    if (this.ended) return;
    if (this.#usage.isHeld) this.#withdraw(480);
    else this.#leave(headers);
  }

  /** The dialog is lost without the peer's BYE: it gets ours (RFC 3261 §12.2.1.2), our user is told. */
  lose(end: SessionEnd): void {
    if (this.ended) return;
    if (this.#usage.isHeld) this.#withdraw(480);
    else this.#leave([]);
    this.user?.onEnd(end);
  }

  byeMayGo(): void {
    if (this.#life === 'leaving') this.#sendBye(this.#byeHeaders);
  }

  onRequest(request: SipRequest, flow: Flow): void {
    if (request.method === 'BYE') this.#onBye(request, flow);
    else if (request.method === 'PRACK' && this.pending !== undefined) this.pending.onPrack(request, flow);
    else if (this.ended) this.#context.transactions.replyStatelessly(request, flow, { status: 481 });
    else if (request.method === 'INVITE') this.#usage.onReinvite(request, flow);
    else {
      // Whoever subscribed by a REFER may refresh that, whatever else is served.
      const isOfRefer = request.method === 'SUBSCRIBE' && this.#refers?.isMeantBy(request) === true;
      const context = isOfRefer ? { ...this.#context, allow: [request.method] } : this.#context;
      const transaction = admit(context, this.dialog, request, flow);
      if (transaction !== undefined && request.method === 'PRACK') {
        refuse(this.#context, transaction, { status: 481, headers: [] });
        return;
      }
      if (transaction !== undefined && request.method === 'UPDATE') {
        this.#usage.updates.onUpdate(transaction);
        return;
      }
      const respond = transaction && this.#requests.open(transaction);
      if (respond === undefined) return;
      if (isOfRefer) this.#refers?.subscribed(request, respond);
      else if (request.method === 'REFER') this.#onRefer(request, respond);
      else this.user?.onRequest(request, respond);
    }
  }

  onAck(ack: SipRequest, flow: Flow): void {
    this.#usage.onAck(ack, flow);
  }

  onUnheard(): void {
    this.lose({ by: 'timeout' });
    this.#usage.stopRepeating();
    this.byeMayGo();
  }

  #onRefer(request: SipRequest, respond: Respond): void {
    const { user, dialog } = this;
    this.#refers ??= new Refers({
      clock: this.#context.clock,
      contact: () => contactOn(this.#context, dialog.flow, dialog.contactUser, dialog.secure),
      notify: (headers, body, answered) => this.#notify(headers, body, answered),
    });
    this.#refers.received(request, respond, user?.onRefer && ((refer) => user.onRefer?.(refer)));
  }

  /** The call does not depend on what the NOTIFY of a REFER is answered, nor that one on the call (RFC 5057 §4). */
  #notify(more: readonly HeaderField[], body: Buffer, answered: (stands: boolean) => void): void {
    const notify = { method: 'NOTIFY', headers: [...this.#context.userAgent, ...more], body };
    sendInDialog(this.#context, this.dialog, notify, {
      onFinal: ({ status }) => answered(status < 300),
      onTimeout: () => answered(false),
      onTransportError: () => answered(false),
    });
  }

  #onBye(request: SipRequest, flow: Flow): void {
    const context = this.#context;
    const transaction = admit(context, this.dialog, request, flow);
    if (transaction === undefined) return;
    transaction.respond({ status: 200, headers: context.server });
    // Both may hang up at once: then this BYE has its 200, and ours will get one (RFC 5407 §3.2.2).
    const hadLeft = this.ended;
    if (this.#usage.isHeld) {
      this.#withdraw(487);
      this.user?.onEnd({ by: 'remote-bye', request });
      return;
    }
    this.#quiet();
    this.#usage.stopRepeating();
    this.#over();
    context.dialogs.delete(this.dialog);
    if (!hadLeft) this.user?.onEnd({ by: 'remote-bye', request });
  }

  /** Ends the dialog from our side; the BYE goes out now, or with the ACK of the 2xx that made the dialog. */
  #leave(headers: readonly HeaderField[]): void {
    this.#quiet();
    if (this.#usage.byeMustWait) {
      this.#life = 'leaving';
      this.#byeHeaders = headers;
    } else this.#sendBye(headers);
  }

  /** Nobody wants the session whose 2xx was not sent yet. */
  #withdraw(status: number): void {
    const { pending } = this;
    this.#forgetUnsent();
    pending?.withdraw(status);
  }

  #forgetUnsent(): void {
    this.#usage.withdraw();
    this.#quiet();
    this.#over();
    this.#context.dialogs.delete(this.dialog);
  }

  #quiet(): void {
    this.#refers?.dialogEnded();
    this.#requests.terminate();
    this.#usage.quiet();
  }

  /** The dialog stays known until the peer has answered, so that a BYE of its own that crosses ours finds it. */
  #sendBye(headers: readonly HeaderField[]): void {
    this.#over();
    const forget = (): void => void this.#context.dialogs.delete(this.dialog);
    const bye = { method: 'BYE', headers: [...this.#context.userAgent, ...headers] };
    sendInDialog(this.#context, this.dialog, bye, { onFinal: forget, onTimeout: forget, onTransportError: forget });
  }

  #over(): void {
    this.#life = 'over';
    this.dialog.state = 'ended';
  }
}
