import type { Cancel } from '@vats/kernel';
import type { DigestExchange } from '../digest/index.ts';
import type { SipResponse } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import { type ClientTransaction, isChallenge } from '../transaction/index.ts';
import { bodyOf, contactOn, type DialogContext, pushInviteHeaders } from './context.ts';
import type { Dialog } from './dialog.ts';
import { endsDialog, sendAck, withCredentials } from './exchanges.ts';
import { GLARE_ATTEMPTS, glareDelay } from './glare.ts';
import type { OfferAnswer } from './offer-answer.ts';
import { sessionDescriptionOf } from './session-description.ts';
import type { SessionTimer } from './session-timer.ts';
import type { OutgoingReinvite, ReinviteOptions, ReinviteUser, SessionEnd } from './user.ts';

/** The session as its re-INVITEs see it. */
export interface ReinviteHost {
  readonly context: DialogContext;
  readonly dialog: Dialog;
  readonly exchange: OfferAnswer;
  readonly timer: SessionTimer | undefined;
  /** A 2xx with an offer came: its ACK waits for `acknowledge`. */
  oweAck(seq: number, invited: readonly HeaderField[]): void;
  /** This re-INVITE has ended: `tell` its user; then the dialog is `lost`, or the next in the queue starts. */
  finished(reinvite: OurReinvite, tell: () => void, lost?: SessionEnd): void;
  /** A re-INVITE that waited may start. */
  startNext(): void;
}

/**
 * - `queued`: another INVITE is in progress
 * - `backing-off`: met 491, waits its time
 * - `sent`: no final response yet
 * - `ended`: its user was told, or is no longer interested
 */
type State = 'queued' | 'backing-off' | 'sent' | 'ended';

/** A re-INVITE of ours (RFC 3261 §14.1): its turn, its glare, its 2xx and the ACK. */
export class OurReinvite implements OutgoingReinvite {
  readonly #session: ReinviteHost;
  readonly #options: ReinviteOptions;
  readonly #user: ReinviteUser;
  #state: State = 'queued';
  #attempts = 0;
  #cancelled = false;
  #seq = 0;
  #exchange: DigestExchange | undefined;
  /** Headers of the last sending, its credentials included. */
  #said: readonly HeaderField[] = [];
  #transaction: ClientTransaction | undefined;
  #stopTimer: Cancel = () => {};

  constructor(session: ReinviteHost, options: ReinviteOptions, user: ReinviteUser) {
    this.#session = session;
    this.#options = options;
    this.#user = user;
  }

  get inProgress(): boolean {
    return this.#state === 'sent';
  }

  /** Goes out now, unless it has to wait for other reasons than its turn. */
  start(): void {
    if (this.#state !== 'queued') return;
    this.#state = 'sent';
    this.#attempts++;
    const { context, dialog, exchange } = this.#session;
    const { sdp } = this.#options;
    if (sdp !== undefined) exchange.sendOffer(sdp);
    this.#exchange = dialog.credentials?.begin({ method: 'INVITE', inDialog: true });
    this.#stopTimer = context.clock.after(context.timers.reinvite, () => this.cancel());
    this.#send();
  }

  cancel(headers: readonly HeaderField[] = []): void {
    this.#cancelled = true;
    if (this.#state === 'sent') this.#transaction?.cancel(headers);
    else if (this.#state !== 'ended') this.#fail(487);
  }

  /** The dialog is over. The user hears no more; the transaction below ends by itself, a 2xx still gets its ACK. */
  abandon(): void {
    if (this.#state === 'sent') this.#transaction?.cancel();
    this.#state = 'ended';
    this.#stopTimer();
  }

  #send(): void {
    const { context, dialog, timer } = this.#session;
    const { sdp, headers = [] } = this.#options;
    const seq = dialog.nextSeq();
    this.#seq = seq;
    const said: HeaderField[] = [];
    const contact = contactOn(context, dialog.flow, dialog.contactUser, dialog.secure);
    const { uri, flow } = dialog.hop();
    this.#said = withCredentials(headers, this.#exchange, uri, flow, bodyOf(sdp));
    const more = [...this.#said, ...(timer?.ofRequest() ?? [])];
    pushInviteHeaders(said, context, contact, context.userAgent, more, sdp, dialog.sessionTimer);
    const { draft } = dialog.request('INVITE', seq, said, bodyOf(sdp));
    // What comes later of one that was repeated with credentials says nothing about its successor.
    const isLast = (): boolean => this.#seq === seq;
    this.#transaction = context.transactions.send(draft, flow, {
      onResponse: (response) => {
        if (isLast()) this.#onResponse(response);
      },
      onTimeout: () => {
        if (isLast() && this.#state === 'sent') this.#fail(408, undefined, { by: 'timeout' });
      },
      onTransportError: () => {
        if (isLast() && this.#state === 'sent') this.#fail(503);
      },
    });
  }

  #onResponse(response: SipResponse): void {
    if (response.status < 200) return;
    if (response.status < 300) this.#onSuccess(response);
    else if (this.#state === 'sent' && !this.#answersChallenge(response)) this.#onRefusal(response);
  }

  #answersChallenge(response: SipResponse): boolean {
    if (!isChallenge(response.status) || this.#cancelled) return false;
    const far = this.#transaction?.flow.observed;
    if (far === undefined || this.#exchange?.challenged(response, far) !== 'answered') return false;
    this.#send();
    return true;
  }

  #onSuccess(response: SipResponse): void {
    const { context, dialog, exchange } = this.#session;
    if (context.acks.repeat(dialog.callId, dialog.localTag, dialog.remoteTag, this.#seq)) return;
    const invited = this.#said;
    if (this.#state !== 'sent') {
      // Either the answer for the ACK is still to come, or the dialog is over and only the peer needs the ACK.
      if (dialog.state === 'ended') sendAck(context, dialog, this.#seq, invited);
      return;
    }
    this.#exchange?.finished(response);
    dialog.learn(response);
    dialog.refreshTarget(response);
    this.#session.timer?.answered(response);
    const sdp = sessionDescriptionOf(response);
    if (this.#options.sdp !== undefined) {
      if (sdp === undefined) exchange.refuse();
      else exchange.receiveAnswer(sdp);
      sendAck(context, dialog, this.#seq, invited);
    } else if (sdp !== undefined) {
      exchange.receiveOffer(sdp);
      this.#session.oweAck(this.#seq, invited);
    } else sendAck(context, dialog, this.#seq, invited);
    this.#end(() => this.#user.onAnswer(response));
  }

  #onRefusal(response: SipResponse): void {
    const { status } = response;
    if (status === 491 && this.#mayTryAgain()) this.#backOff(glareDelayOf(this.#session));
    // The peer wants the session to be refreshed less often (RFC 4028 §7.3).
    else if (status === 422 && this.#mayTryAgain() && this.#session.timer?.refused(response)) this.#backOff(0);
    else if (endsDialog(status)) this.#fail(status, response, { by: 'dialog-error', response });
    else this.#fail(status, response);
  }

  #mayTryAgain(): boolean {
    return this.#options.retryGlare !== false && !this.#cancelled && this.#attempts < GLARE_ATTEMPTS;
  }

  #backOff(milliseconds: number): void {
    const { context } = this.#session;
    this.#refuseOffer();
    this.#stopTimer();
    this.#state = 'backing-off';
    this.#stopTimer = context.clock.after(milliseconds, () => {
      this.#state = 'queued';
      this.#session.startNext();
    });
  }

  #fail(status: number, response?: SipResponse, lost?: SessionEnd): void {
    if (this.#state === 'sent') this.#refuseOffer();
    this.#end(() => this.#user.onFailure(status, response), lost);
  }

  #refuseOffer(): void {
    if (this.#options.sdp !== undefined) this.#session.exchange.refuse();
  }

  #end(tell: () => void, lost?: SessionEnd): void {
    this.#stopTimer();
    this.#state = 'ended';
    this.#session.finished(this, tell, lost);
  }
}

function glareDelayOf({ context, dialog }: ReinviteHost): number {
  return glareDelay(dialog.ownsCallId, context.random);
}
