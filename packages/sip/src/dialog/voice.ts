import type { SipRequest } from '../message/message.ts';
import type { Flow } from '../transport/index.ts';
import type { DialogContext, DialogOwner } from './context.ts';
import type { Dialog } from './dialog.ts';
import { OfferAnswer } from './offer-answer.ts';
import { Updates, type UpdatesHost } from './updates.ts';
import type { IncomingReinvite, SessionEnd } from './user.ts';

/** Who received the INVITE that the voices answer. */
export interface VoiceOwner {
  readonly offer: string | undefined;
  readonly answered: boolean;
  onEarlyRequest(voice: Voice, request: SipRequest, flow: Flow): void;
  onEarlyUpdate(update: IncomingReinvite): boolean;
  onEarlyUpdateGivenUp(update: IncomingReinvite): void;
  /** An exchange is over: a 2xx that waited for it may go. */
  onEarlyStable(): void;
}

/** An early dialog that one of our provisional responses made, and the SDP that it carried. */
export class Voice implements DialogOwner, UpdatesHost {
  readonly dialog: Dialog;
  readonly updates: Updates;
  sdp: string | undefined;
  readonly #owner: VoiceOwner;

  constructor(owner: VoiceOwner, context: DialogContext, dialog: Dialog) {
    this.#owner = owner;
    this.dialog = dialog;
    const exchange = new OfferAnswer();
    if (owner.offer !== undefined) exchange.receiveOffer(owner.offer);
    this.updates = new Updates(context, dialog, exchange, this);
  }

  /** A reliable response carries its SDP now: the answer, or to a caller without offer the offer (RFC 3262 §5). */
  said(sdp: string): void {
    const { exchange } = this.updates;
    if (exchange.state === 'answering') exchange.sendAnswer(sdp);
    else exchange.sendOffer(sdp);
  }

  /** Its exchange is complete or, in our offer's case, begun: what it said is not said again. */
  get isSaid(): boolean {
    const { exchange } = this.updates;
    return exchange.agreed.local !== undefined || exchange.state === 'offered';
  }

  get ended(): boolean {
    return this.#owner.answered;
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
    return this.#owner.onEarlyUpdate(update);
  }

  onUpdateGivenUp(update: IncomingReinvite): void {
    this.#owner.onEarlyUpdateGivenUp(update);
  }

  /** The INVITE that is open will say what became of its dialogs (RFC 5057 §5.1). */
  lose(_end: SessionEnd): void {}

  onStable(): void {
    if (this.updates.renewed) this.sdp = this.updates.exchange.agreed.local;
    this.updates.startNext();
    this.#owner.onEarlyStable();
  }

  onRequest(request: SipRequest, flow: Flow): void {
    this.#owner.onEarlyRequest(this, request, flow);
  }

  /** Without a 2xx there is nothing to acknowledge. */
  onAck(): void {}
}
