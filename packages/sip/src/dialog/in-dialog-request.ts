import type { SipResponse } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import { type DraftOnFlow, sendAuthenticated } from '../transaction/index.ts';
import type { DialogContext } from './context.ts';
import type { Dialog } from './dialog.ts';

export interface InDialogRequest {
  readonly method: string;
  readonly headers: readonly HeaderField[];
  readonly body?: Buffer | undefined;
}

/** One of the last three is called, once. */
export interface InDialogUser {
  /** Asked before the request is repeated with credentials; without it, it is. */
  readonly isWanted?: () => boolean;
  onFinal(response: SipResponse): void;
  onTimeout(): void;
  onTransportError(): void;
}

/** Sends a request other than INVITE and ACK within a dialog. Its challenges are answered if the dialog has credentials. */
export function sendInDialog(
  context: DialogContext,
  dialog: Dialog,
  request: InDialogRequest,
  user: InDialogUser,
): void {
  const { method, headers, body } = request;
  const next = (): DraftOnFlow => {
    const { draft, nextHop } = dialog.request(method, dialog.nextSeq(), headers, body);
    return { draft, flow: dialog.flowTo(nextHop) };
  };
  const first = next();
  const again = (): DraftOnFlow | undefined => (user.isWanted?.() === false ? undefined : next());
  sendAuthenticated(context.transactions, { ...first, inDialog: true, again }, dialog.credentials, user);
}
