import type { DigestExchange } from '../digest/index.ts';
import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { ServerTransaction, ServerTransactionUser } from '../transaction/index.ts';
import type { Flow } from '../transport/index.ts';
import { bodyOf, type DialogContext, pushBodyType } from './context.ts';
import type { Dialog } from './dialog.ts';
import { type Refusal, refusedExtension, refusedMethod } from './refusals.ts';
import type { Respond } from './user.ts';

/**
 * Sends the ACK of a 2xx, with the answer if the 2xx brought an offer, and keeps it for when the 2xx comes again.
 * `invited`: headers of the INVITE, for its credentials must be in the ACK too (RFC 3261 §13.2.2.4).
 */
export function sendAck(
  context: DialogContext,
  dialog: Dialog,
  seq: number,
  invited: readonly HeaderField[],
  sdp?: string,
): void {
  const headers: HeaderField[] = invited.filter(([name]) => /^(proxy-)?authorization$/i.test(name));
  for (const header of context.userAgent) headers.push(header);
  pushBodyType(headers, sdp);
  const { draft, nextHop } = dialog.request('ACK', seq, headers, bodyOf(sdp));
  const octets = context.transactions.sendAck(draft, dialog.flowTo(nextHop));
  context.acks.keep(dialog, seq, octets, nextHop);
}

/** Headers of a request of ours with this body, and the credentials that it carries to this URI over this flow. */
export function withCredentials(
  headers: readonly HeaderField[],
  exchange: DigestExchange | undefined,
  uri: string,
  flow: Flow,
  body?: Buffer,
): readonly HeaderField[] {
  const credentials = exchange?.credentials(uri, flow.observed, body) ?? [];
  return credentials.length === 0 ? headers : [...headers, ...credentials];
}

/** Responses to a request within a dialog after which the dialog is no more (RFC 3261 §12.2.1.2). */
export function endsDialog(status: number): boolean {
  return status === 408 || status === 481;
}

/** Answers a request with a refusal. */
export function refuse(context: DialogContext, transaction: ServerTransaction, refusal: Refusal): void {
  transaction.respond({ status: refusal.status, headers: [...context.server, ...refusal.headers] });
}

/**
 * Takes a request of a dialog in, if it is in order (RFC 3261 §12.2.2, §8.2): CSeq, method, extensions, one after
 * another. Undefined: it was refused. A BYE is never refused for what it is or requires: a call that the peer has left
 * is over. The dialog's flow becomes the one on which its peer was heard last.
 */
export function admit(
  context: DialogContext,
  dialog: Dialog,
  request: SipRequest,
  flow: Flow,
  user: ServerTransactionUser = {},
): ServerTransaction | undefined {
  const transaction = context.transactions.accept(request, flow, user);
  const { cseq } = request;
  if (!cseq.ok || !dialog.takesSeq(cseq.value.number, request.method)) {
    refuse(context, transaction, { status: 500, headers: [] });
    return undefined;
  }
  dialog.flow = flow;
  const refusal =
    request.method === 'BYE'
      ? undefined
      : (refusedMethod(request, context.allow) ?? refusedExtension(request, context.supported));
  if (refusal === undefined) return transaction;
  refuse(context, transaction, refusal);
  return undefined;
}

/** Requests of one dialog that may wait for their response; a peer that sends them faster is held up. */
const OPEN_REQUESTS_LIMIT = 32;

/**
 * The requests of a dialog, other than INVITE, that wait for their user's response. What still waits when the dialog ends
 * is answered 487 (RFC 3261 §15.1.2), so that no server transaction stays behind.
 */
export class OpenRequests {
  readonly #context: DialogContext;
  /** Most dialogs never have one. */
  #open: Set<ServerTransaction> | undefined = undefined;

  constructor(context: DialogContext) {
    this.#context = context;
  }

  /** Notes the request and gives what its user responds by; undefined when too many wait, and it was refused. */
  open(transaction: ServerTransaction): Respond | undefined {
    this.#open ??= new Set();
    const open = this.#open;
    if (open.size >= OPEN_REQUESTS_LIMIT) {
      refuse(this.#context, transaction, { status: 503, headers: [['Retry-After', '1']] });
      return undefined;
    }
    open.add(transaction);
    return (status, options = {}) => {
      if (!open.has(transaction)) return;
      if (status >= 200) open.delete(transaction);
      const { headers = [], ...rest } = options;
      const isAsked = transaction.request.method === 'OPTIONS' && status < 300;
      const can = isAsked ? this.#context.answersOptions : [];
      transaction.respond({ status, ...rest, headers: [...can, ...this.#context.server, ...headers] });
    };
  }

  terminate(): void {
    if (this.#open === undefined) return;
    for (const transaction of this.#open) refuse(this.#context, transaction, { status: 487, headers: [] });
    this.#open.clear();
  }
}
