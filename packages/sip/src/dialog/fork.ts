import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseRSeq } from '../message/session-extensions.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { Flow } from '../transport/index.ts';
import { bodyOf, type DialogContext, type DialogOwner, pushBodyType } from './context.ts';
import type { Dialog } from './dialog.ts';
import { OpenRequests } from './exchanges.ts';
import { sendInDialog } from './in-dialog-request.ts';
import { OfferAnswer } from './offer-answer.ts';
import { RELIABLE } from './reliable-responses.ts';
import { sessionDescriptionOf } from './session-description.ts';
import { names } from './session-timer.ts';
import { Updates, type UpdatesHost } from './updates.ts';
import type {
  EarlyDialog,
  IncomingReinvite,
  OfferAnswerState,
  OutgoingReinvite,
  ReinviteUser,
  SessionEnd,
  UpdateOptions,
} from './user.ts';

/** Who sent the INVITE that forked. */
export interface ForkOwner {
  /** No final response has come. */
  readonly isCalling: boolean;
  /** A request of the callee within an early dialog. */
  onEarlyRequest(fork: Fork, request: SipRequest, flow: Flow): void;
  /** False where nobody takes offers. */
  onEarlyUpdate(fork: Fork, update: IncomingReinvite): boolean;
}

/** RAck of a PRACK that waits for the answer that it is to carry. */
type OwedPrack = string;

/** One fork of our INVITE: what its provisional responses made. */
export class Fork implements EarlyDialog, DialogOwner, UpdatesHost {
  readonly dialog: Dialog;
  readonly requests: OpenRequests;
  readonly updates: Updates;
  /** Its callee said BYE before we saw its 2xx. */
  gone = false;
  readonly #owner: ForkOwner;
  readonly #context: DialogContext;
  #preview: string | undefined;
  /** RSeq of the last reliable response that was taken (RFC 3262 §4). */
  #rseq: number | undefined;
  #owed: OwedPrack | undefined;

  /** @param offer that of the INVITE */
  constructor(owner: ForkOwner, dialog: Dialog, context: DialogContext, offer: string | undefined) {
    this.#owner = owner;
    this.#context = context;
    this.dialog = dialog;
    this.requests = new OpenRequests(context);
    const exchange = new OfferAnswer();
    if (offer !== undefined) exchange.sendOffer(offer);
    this.updates = new Updates(context, dialog, exchange, this);
  }

  get id(): string {
    return this.dialog.remoteTag;
  }

  /** Of what is agreed on, or of a response that promised nothing: such a one may be lost, and others follow it. */
  get remoteSdp(): string | undefined {
    return this.updates.exchange.remote ?? this.#preview;
  }

  get offerAnswer(): OfferAnswerState {
    return this.updates.exchange.state;
  }

  /**
   * A provisional response of this fork came. False when it is a reliable one that came before, or before its time: it is not
   * acknowledged and says nothing (RFC 3262 §4).
   */
  takes(response: SipResponse): boolean {
    this.dialog.learn(response);
    const sdp = sessionDescriptionOf(response);
    const rseq = this.#reliableNumber(response);
    if (rseq === undefined) {
      this.#preview = sdp ?? this.#preview;
      return true;
    }
    if (this.#rseq !== undefined && rseq !== this.#rseq + 1) return false;
    this.#rseq = rseq;
    this.dialog.refreshTarget(response);
    const { cseq } = response;
    const rack = `${rseq} ${cseq.ok ? cseq.value.number : 0} INVITE`;
    const { exchange } = this.updates;
    if (sdp === undefined) this.#prack(rack);
    else if (exchange.state === 'offered' && !this.updates.offering) {
      exchange.receiveAnswer(sdp);
      this.#prack(rack);
      this.updates.startNext();
    } else if (exchange.state === 'stable' && exchange.agreed.remote === undefined) {
      exchange.receiveOffer(sdp);
      this.#owed = rack;
    } else this.#prack(rack);
    return true;
  }

  acknowledge(sdp: string): void {
    const rack = this.#owed;
    if (rack === undefined) return;
    this.#owed = undefined;
    this.updates.exchange.sendAnswer(sdp);
    this.#prack(rack, sdp);
    this.updates.startNext();
  }

  update(options: UpdateOptions, user: ReinviteUser): OutgoingReinvite {
    return this.updates.send(options, user);
  }

  /** The PRACK for the answer that nobody gave, now that a final response ends the matter. */
  settle(): void {
    if (this.#owed !== undefined) this.updates.exchange.refuse();
    this.#owed = undefined;
  }

  get ended(): boolean {
    return !this.#owner.isCalling;
  }

  get timer(): undefined {
    return undefined;
  }

  get glare(): undefined {
    return undefined;
  }

  get mustWait(): boolean {
    return false;
  }

  onUpdate(update: IncomingReinvite): boolean {
    return this.#owner.onEarlyUpdate(this, update);
  }

  onUpdateGivenUp(): void {}

  /** The final response of the INVITE says what became of its dialogs (RFC 5057 §5.1). */
  lose(_end: SessionEnd): void {}

  onStable(): void {
    this.updates.startNext();
  }

  onRequest(request: SipRequest, flow: Flow): void {
    this.#owner.onEarlyRequest(this, request, flow);
  }

  /** No 2xx of ours is out in an early dialog that our own INVITE made. */
  onAck(): void {}

  #reliableNumber(response: SipResponse): number | undefined {
    if (this.#context.reliable === undefined || !names(response.require, RELIABLE)) return undefined;
    const rseq = parseRSeq(response.value('RSeq') ?? '');
    return rseq.ok ? rseq.value : undefined;
  }

  /** What comes of it does not matter: a callee that did not hear it says so by its final response (RFC 3262 §3). */
  #prack(rack: string, sdp?: string): void {
    const headers: HeaderField[] = [['RAck', rack], ...this.#context.userAgent];
    pushBodyType(headers, sdp);
    const nothing = (): void => {};
    sendInDialog(
      this.#context,
      this.dialog,
      { method: 'PRACK', headers, body: bodyOf(sdp) },
      { onFinal: nothing, onTimeout: nothing, onTransportError: nothing },
    );
  }
}
