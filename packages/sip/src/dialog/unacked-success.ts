import type { HeaderField } from '../message/write-message.ts';
import type { ServerTransaction } from '../transaction/index.ts';
import { bodyOf, contactOn, type DialogContext, pushInviteHeaders } from './context.ts';
import type { Dialog } from './dialog.ts';
import { SuccessRepeater } from './success-repeater.ts';

export interface SuccessParts {
  /** None where the exchange is complete already (RFC 3262 §5). */
  readonly sdp: string | undefined;
  readonly headers: readonly HeaderField[];
  /** It answers the INVITE that made the dialog: no BYE may go before its ACK (RFC 3261 §15). */
  readonly initial: boolean;
  /** The SDP is an offer, so the ACK holds the answer. */
  readonly awaitsAnswer: boolean;
}

/** A 2xx of ours to an INVITE, sent, and repeated until its ACK. */
export class UnackedSuccess {
  /** CSeq number of the INVITE, and of the ACK. */
  readonly seq: number;
  readonly initial: boolean;
  readonly awaitsAnswer: boolean;
  readonly #transaction: ServerTransaction;
  readonly #repeater: SuccessRepeater;

  /** `giveUp`: no ACK came within 64*T1. */
  constructor(
    context: DialogContext,
    dialog: Dialog,
    transaction: ServerTransaction,
    parts: SuccessParts,
    giveUp: () => void,
  ) {
    this.#transaction = transaction;
    const { cseq } = transaction.request;
    this.seq = cseq.ok ? cseq.value.number : 0;
    this.initial = parts.initial;
    this.awaitsAnswer = parts.awaitsAnswer;
    const headers: HeaderField[] = [];
    const contact = contactOn(context, dialog.flow, dialog.contactUser, dialog.secure);
    pushInviteHeaders(headers, context, contact, context.server, parts.headers, parts.sdp, dialog.sessionTimer);
    const success = { status: 200, toTag: dialog.localTag, headers, body: bodyOf(parts.sdp) };
    const repeat = (): void => transaction.respond(success);
    repeat();
    this.#repeater = new SuccessRepeater(context.queues, context.timers, { repeat, giveUp });
  }

  /** The ACK came, or nobody waits for it any more. */
  settle(): void {
    this.#repeater.stop();
    this.#transaction.release();
  }
}
