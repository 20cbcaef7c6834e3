import type { Cancel } from '@vats/kernel';
import type { HeaderField } from '../message/write-message.ts';
import type { ServerTransaction } from '../transaction/index.ts';
import { bodyOf, contactOn, type DialogContext, pushInviteHeaders } from './context.ts';
import type { Dialog } from './dialog.ts';
import { refuse } from './exchanges.ts';
import { retryAfterSeconds } from './glare.ts';
import type { OfferAnswer } from './offer-answer.ts';
import { OurUpdate, type OurUpdateHost } from './our-update.ts';
import type { Refusal } from './refusals.ts';
import { readSessionBody } from './session-description.ts';
import { refusedInterval, type SessionTimer } from './session-timer.ts';
import { TheirReinvite, type TheirReinviteHost } from './their-reinvite.ts';
import type { IncomingReinvite, ReinviteUser, RejectOptions, SessionEnd, UpdateOptions } from './user.ts';

/** Who has the dialog now: an early one's owner, then its session. */
export interface UpdatesHost {
  readonly ended: boolean;
  readonly timer: SessionTimer | undefined;
  /** What an offer meets while an INVITE of the dialog is open, beside what `exchange` says. */
  readonly glare: Refusal | undefined;
  /** Whether an UPDATE of ours has to wait for an INVITE. */
  readonly mustWait: boolean;
  /** False where nobody takes offers. */
  onUpdate(update: IncomingReinvite): boolean;
  onUpdateGivenUp(update: IncomingReinvite): void;
  lose(end: SessionEnd): void;
  /** No exchange is open: what waits for that may start. */
  onStable(): void;
}

/**
 * The UPDATEs of one dialog (RFC 3311), early or confirmed, of both sides, and offers in PRACKs, which are answered alike. At most
 * one offer is open in the dialog, whatever brought it: `exchange` is that of its INVITEs too.
 */
export class Updates implements OurUpdateHost, TheirReinviteHost {
  readonly context: DialogContext;
  readonly dialog: Dialog;
  readonly exchange: OfferAnswer;
  host: UpdatesHost;
  /** An exchange was completed by more than the INVITE and what answered it. */
  renewed = false;
  #theirs: TheirReinvite | undefined;
  #stopWaiting: Cancel = () => {};
  readonly #ours: OurUpdate[] = [];

  constructor(context: DialogContext, dialog: Dialog, exchange: OfferAnswer, host: UpdatesHost) {
    this.context = context;
    this.dialog = dialog;
    this.exchange = exchange;
    this.host = host;
  }

  get timer(): SessionTimer | undefined {
    return this.host.timer;
  }

  get ended(): boolean {
    return this.host.ended;
  }

  /** An offer of ours is on its way in an UPDATE. */
  get offering(): boolean {
    const [first] = this.#ours;
    return first?.inProgress === true && first.offers;
  }

  /** An offer of theirs waits for its answer. */
  get answering(): boolean {
    return this.#theirs !== undefined;
  }

  /** One of either side is on its way. */
  get isOpen(): boolean {
    return this.answering || this.#ours[0]?.inProgress === true;
  }

  /** A peer's UPDATE, found in order by `admit`. */
  onUpdate(transaction: ServerTransaction): void {
    const { request } = transaction;
    const body = readSessionBody(request);
    const offer = 'sdp' in body ? body.sdp : undefined;
    const refusal =
      ('refusal' in body ? body.refusal : undefined) ??
      this.#glare(offer !== undefined) ??
      refusedInterval(request, this.host.timer === undefined ? undefined : this.dialog.sessionTimer);
    if (refusal !== undefined) refuse(this.context, transaction, refusal);
    else if (offer !== undefined) this.offered(transaction, offer);
    else {
      this.dialog.learn(request);
      this.dialog.refreshTarget(request, transaction.flow);
      this.#succeed(transaction, undefined, []);
    }
  }

  /** An UPDATE, or a PRACK, brought an offer while none is open. */
  offered(transaction: ServerTransaction, offer: string): void {
    const update = new TheirReinvite(this, transaction, offer);
    this.exchange.receiveOffer(offer);
    this.#theirs = update;
    // Its client gives it up after 64*T1, and the dialog with it (RFC 3311 §5.3).
    this.#stopWaiting = this.context.clock.after(32 * this.context.timers.t1, () => {
      update.reject(504);
      this.host.onUpdateGivenUp(update);
    });
    if (!this.host.onUpdate(update)) update.reject(488);
  }

  answerReinvite(update: TheirReinvite, sdp: string, headers: readonly HeaderField[]): void {
    this.#close();
    this.exchange.sendAnswer(sdp);
    this.renewed = true;
    this.dialog.learn(update.request);
    this.dialog.refreshTarget(update.request, update.transaction.flow);
    this.#succeed(update.transaction, sdp, headers);
    this.host.onStable();
  }

  rejectReinvite(update: TheirReinvite, status: number, options: RejectOptions): void {
    this.#close();
    this.exchange.refuse();
    const { headers = [], ...rest } = options;
    update.transaction.respond({ status, ...rest, headers: [...this.context.server, ...headers] });
    this.host.onStable();
  }

  /** Sends one, or lets it wait until no offer is open. */
  send(options: UpdateOptions, user: ReinviteUser): OurUpdate {
    const update = new OurUpdate(this, options, user);
    if (!this.ended) {
      this.#ours.push(update);
      this.startNext();
    }
    return update;
  }

  startNext(): void {
    const [first] = this.#ours;
    if (first === undefined || this.ended || this.answering || this.exchange.state !== 'stable') return;
    // Before the INVITE's offer has its answer there is nothing that another could change (RFC 3311 §5.1).
    const agreed = this.exchange.agreed.local !== undefined;
    if (!this.host.mustWait && (agreed || !first.offers)) first.start();
  }

  updateFinished(update: OurUpdate, tell: () => void, lost?: SessionEnd): void {
    this.#ours.splice(this.#ours.indexOf(update), 1);
    tell();
    if (lost !== undefined) this.host.lose(lost);
    else this.host.onStable();
  }

  /** The dialog is over. */
  quiet(): void {
    const theirs = this.#theirs;
    this.#close();
    if (theirs?.close()) refuse(this.context, theirs.transaction, { status: 487, headers: [] });
    for (const update of this.#ours.splice(0)) update.abandon();
  }

  /** RFC 3311 §5.2. */
  #glare(offers: boolean): Refusal | undefined {
    const { state, agreed } = this.exchange;
    if (this.answering) return this.#later();
    if (!offers) return undefined;
    if (state === 'offered') return { status: 491, headers: [] };
    if (state === 'answering') return this.#later();
    // Nothing has been agreed on yet, so there is an offer to come before this one.
    return this.host.glare ?? (agreed.local === undefined ? { status: 491, headers: [] } : undefined);
  }

  #later(): Refusal {
    return { status: 500, headers: [['Retry-After', `${retryAfterSeconds(this.context.random)}`]] };
  }

  #succeed(transaction: ServerTransaction, sdp: string | undefined, more: readonly HeaderField[]): void {
    const { context, dialog } = this;
    const { request } = transaction;
    const timer = request.method === 'UPDATE' ? (this.host.timer?.answering(request) ?? []) : [];
    const headers: HeaderField[] = [];
    const contact = contactOn(context, dialog.flow, dialog.contactUser, dialog.secure);
    pushInviteHeaders(headers, context, contact, context.server, [...timer, ...more], sdp, dialog.sessionTimer);
    transaction.respond({ status: 200, headers, body: bodyOf(sdp) });
  }

  #close(): void {
    this.#theirs = undefined;
    this.#stopWaiting();
    this.#stopWaiting = () => {};
  }
}
