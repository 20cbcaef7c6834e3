import type { SipRequest } from '../message/message.ts';
import type { Flow } from '../transport/index.ts';
import type { DialogContext, DialogOwner } from './context.ts';
import type { Dialog } from './dialog.ts';
import { OpenRequests } from './exchanges.ts';
import type { EarlyDialog } from './user.ts';

/** Who sent the INVITE that forked. */
export interface ForkOwner {
  /** A request of the callee within an early dialog. */
  onEarlyRequest(fork: Fork, request: SipRequest, flow: Flow): void;
}

/** One fork of our INVITE: what its provisional responses made. */
export class Fork implements EarlyDialog, DialogOwner {
  readonly dialog: Dialog;
  readonly requests: OpenRequests;
  remoteSdp: string | undefined;
  /** Its callee said BYE before we saw its 2xx. */
  gone = false;
  readonly #owner: ForkOwner;

  constructor(owner: ForkOwner, dialog: Dialog, context: DialogContext) {
    this.#owner = owner;
    this.dialog = dialog;
    this.requests = new OpenRequests(context);
  }

  get id(): string {
    return this.dialog.remoteTag;
  }

  onRequest(request: SipRequest, flow: Flow): void {
    this.#owner.onEarlyRequest(this, request, flow);
  }

  /** No 2xx of ours is out in an early dialog that our own INVITE made. */
  onAck(): void {}
}
