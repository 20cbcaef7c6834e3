import type { Cancel } from '@vats/kernel';
import type { SipResponse } from '../message/message.ts';
import { parseRetryAfter } from '../message/token-headers.ts';
import type { HeaderField } from '../message/write-message.ts';
import { bodyOf, contactOn, type DialogContext, pushInviteHeaders } from './context.ts';
import type { Dialog } from './dialog.ts';
import { endsDialog } from './exchanges.ts';
import { GLARE_ATTEMPTS, glareDelay } from './glare.ts';
import { sendInDialog } from './in-dialog-request.ts';
import type { OfferAnswer } from './offer-answer.ts';
import { sessionDescriptionOf } from './session-description.ts';
import type { SessionTimer } from './session-timer.ts';
import type { OutgoingReinvite, ReinviteUser, SessionEnd, UpdateOptions } from './user.ts';

/** The longest that a peer may put our UPDATE off, seconds: RFC 3311 §5.2 lets it ask for no more. */
const LONGEST_DELAY_S = 10;

/** The dialog as an UPDATE of ours sees it. */
export interface OurUpdateHost {
  readonly context: DialogContext;
  readonly dialog: Dialog;
  readonly exchange: OfferAnswer;
  readonly timer: SessionTimer | undefined;
  readonly ended: boolean;
  renewed: boolean;
  /** This UPDATE has ended: `tell` its user; then the dialog is `lost`, or what waits may start. */
  updateFinished(update: OurUpdate, tell: () => void, lost?: SessionEnd): void;
  startNext(): void;
}

/** As those of a re-INVITE. */
type State = 'queued' | 'backing-off' | 'sent' | 'ended';

/** An UPDATE of ours (RFC 3311 §5.1, §5.3): its turn, its glare, its answer. */
export class OurUpdate implements OutgoingReinvite {
  readonly #host: OurUpdateHost;
  readonly #options: UpdateOptions;
  readonly #user: ReinviteUser;
  #state: State = 'queued';
  #attempts = 0;
  #stopTimer: Cancel = () => {};

  constructor(host: OurUpdateHost, options: UpdateOptions, user: ReinviteUser) {
    this.#host = host;
    this.#options = options;
    this.#user = user;
  }

  get inProgress(): boolean {
    return this.#state === 'sent';
  }

  get offers(): boolean {
    return this.#options.sdp !== undefined;
  }

  start(): void {
    if (this.#state !== 'queued') return;
    this.#state = 'sent';
    this.#attempts++;
    const { context, dialog, exchange, timer } = this.#host;
    const { sdp, headers = [] } = this.#options;
    if (sdp !== undefined) exchange.sendOffer(sdp);
    const said: HeaderField[] = [];
    const contact = contactOn(context, dialog.flow, dialog.contactUser, dialog.secure);
    const more = [...headers, ...(timer?.ofRequest() ?? [])];
    pushInviteHeaders(said, context, contact, context.userAgent, more, sdp, dialog.sessionTimer);
    sendInDialog(
      context,
      dialog,
      { method: 'UPDATE', headers: said, body: bodyOf(sdp) },
      {
        isWanted: () => this.#state === 'sent',
        onFinal: (response) => {
          if (this.#state === 'sent') this.#onFinal(response);
        },
        onTimeout: () => {
          if (this.#state === 'sent') this.#fail(408, undefined, { by: 'timeout' });
        },
        onTransportError: () => {
          if (this.#state === 'sent') this.#fail(503);
        },
      },
    );
  }

  cancel(): void {
    if (this.#state === 'queued' || this.#state === 'backing-off') this.#fail(487);
  }

  /** The dialog is over: the user hears no more. */
  abandon(): void {
    this.#state = 'ended';
    this.#stopTimer();
  }

  #onFinal(response: SipResponse): void {
    const { status } = response;
    const { dialog, exchange, timer } = this.#host;
    if (status < 300) {
      dialog.learn(response);
      dialog.refreshTarget(response);
      timer?.answered(response);
      const sdp = this.offers ? sessionDescriptionOf(response) : undefined;
      if (sdp !== undefined) {
        exchange.receiveAnswer(sdp);
        this.#host.renewed = true;
      } else if (this.offers) exchange.refuse();
      this.#end(() => this.#user.onAnswer(response));
      return;
    }
    const delay = this.#attempts < GLARE_ATTEMPTS ? this.#delayAfter(response) : undefined;
    if (delay !== undefined) this.#backOff(delay);
    else if (endsDialog(status)) this.#fail(status, response, { by: 'dialog-error', response });
    else this.#fail(status, response);
  }

  /** Milliseconds until it is tried again; undefined where it is not (RFC 3311 §5.3, RFC 4028 §7.3). */
  #delayAfter(response: SipResponse): number | undefined {
    const { context, dialog, timer } = this.#host;
    if (response.status === 491) return glareDelay(dialog.ownsCallId, context.random);
    if (response.status === 422) return timer?.refused(response) ? 0 : undefined;
    const after = response.status === 500 ? parseRetryAfter(response.value('Retry-After') ?? '') : undefined;
    return after?.ok && after.value.seconds <= LONGEST_DELAY_S ? after.value.seconds * 1_000 : undefined;
  }

  #backOff(milliseconds: number): void {
    this.#refuseOffer();
    this.#state = 'backing-off';
    this.#stopTimer = this.#host.context.clock.after(milliseconds, () => {
      this.#state = 'queued';
      this.#host.startNext();
    });
  }

  #fail(status: number, response?: SipResponse, lost?: SessionEnd): void {
    if (this.#state === 'sent') this.#refuseOffer();
    this.#end(() => this.#user.onFailure(status, response), lost);
  }

  #refuseOffer(): void {
    if (this.offers) this.#host.exchange.refuse();
  }

  #end(tell: () => void, lost?: SessionEnd): void {
    this.#stopTimer();
    this.#state = 'ended';
    this.#host.updateFinished(this, tell, lost);
  }
}
