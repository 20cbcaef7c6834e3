import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { ServerTransaction } from '../transaction/index.ts';
import type { IncomingReinvite, RejectOptions } from './user.ts';

/** The session as a peer's re-INVITE sees it. */
export interface TheirReinviteHost {
  /** Sends the 2xx and sees to its ACK. */
  answerReinvite(reinvite: TheirReinvite, sdp: string, headers: readonly HeaderField[]): void;
  /** Sends another final response; the session stays as it was. */
  rejectReinvite(reinvite: TheirReinvite, status: number, options: RejectOptions): void;
}

/** A peer's re-INVITE (RFC 3261 §14.2) that waits for its user's answer; given once. */
export class TheirReinvite implements IncomingReinvite {
  readonly request: SipRequest;
  readonly offer: string | undefined;
  readonly transaction: ServerTransaction;
  readonly #session: TheirReinviteHost;
  #open = true;

  constructor(session: TheirReinviteHost, transaction: ServerTransaction, offer: string | undefined) {
    this.#session = session;
    this.request = transaction.request;
    this.transaction = transaction;
    this.offer = offer;
  }

  answer(options: { readonly sdp: string; readonly headers?: readonly HeaderField[] }): void {
    if (this.close()) this.#session.answerReinvite(this, options.sdp, options.headers ?? []);
  }

  reject(status: number, options: RejectOptions = {}): void {
    if (this.close()) this.#session.rejectReinvite(this, status, options);
  }

  /** False when it was answered, rejected or cancelled before. */
  close(): boolean {
    const wasOpen = this.#open;
    this.#open = false;
    return wasOpen;
  }
}
