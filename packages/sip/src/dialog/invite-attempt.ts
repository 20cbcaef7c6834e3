import type { DigestExchange } from '../digest/index.ts';
import type { SipResponse } from '../message/message.ts';
import { formatNameAddr } from '../message/name-addr.ts';
import { isSipsText } from '../message/uri.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { ClientTransaction, ClientTransactionUser } from '../transaction/index.ts';
import type { Flow } from '../transport/index.ts';
import { bodyOf, contactOn, type DialogContext, pushInviteHeaders } from './context.ts';
import type { DialogSet } from './dialog.ts';
import { withCredentials } from './exchanges.ts';
import { routeTo } from './route-set.ts';
import type { OutgoingInviteOptions } from './user.ts';

const DEFAULT_MAX_FORWARDS = 70;

/** Who made the attempts, and hears of each what comes of it. */
export interface AttemptOwner {
  onResponse(attempt: InviteAttempt, response: SipResponse): void;
  onTimeout(attempt: InviteAttempt): void;
  onTransportError(attempt: InviteAttempt): void;
  onTerminated(attempt: InviteAttempt): void;
}

/** Everything that stays the same when the INVITE is repeated. */
export interface Invitation {
  readonly context: DialogContext;
  readonly options: OutgoingInviteOptions;
  readonly exchange: DigestExchange | undefined;
  readonly owner: AttemptOwner;
  /** What it says of the session's timer. */
  readonly timer: readonly HeaderField[];
}

/**
 * One sending of our INVITE, in a transaction of its own. A challenge is answered by another one, with the same Call-ID and
 * From tag and a CSeq number one higher (RFC 3261 §22.2, §8.1.3.5).
 */
export class InviteAttempt implements ClientTransactionUser {
  /** What the dialogs that this one makes know of us. */
  readonly set: DialogSet;
  readonly flow: Flow;
  /** What the user of the INVITE adds to it, and credentials: those are in its ACK, too. */
  readonly headers: readonly HeaderField[];
  readonly #owner: AttemptOwner;
  readonly #transaction: ClientTransaction;

  constructor(invitation: Invitation, set: DialogSet, flow: Flow) {
    const { context, options, exchange, owner, timer } = invitation;
    const { requestUri, to, sdp, maxForwards = DEFAULT_MAX_FORWARDS, routes = [] } = options;
    const { uri, route: routeValues } = routeTo(requestUri, routes);
    this.set = set;
    this.flow = flow;
    this.headers = withCredentials(options.headers ?? [], exchange, uri, flow, bodyOf(sdp));
    this.#owner = owner;
    const lines: HeaderField[] = [];
    for (const route of routeValues) lines.push(['Route', route]);
    lines.push(
      ['Max-Forwards', `${maxForwards}`],
      ['From', set.from],
      ['To', formatNameAddr(to)],
      ['Call-ID', set.callId],
      ['CSeq', `${set.seq} INVITE`],
    );
    const contact = contactOn(context, flow, set.contactUser, isSipsText(requestUri));
    pushInviteHeaders(lines, context, contact, context.userAgent, [...this.headers, ...timer], sdp, set.sessionTimer);
    const draft = { method: 'INVITE', uri, headers: lines, body: bodyOf(sdp) };
    this.#transaction = context.transactions.send(draft, flow, this);
  }

  get seq(): number {
    return this.set.seq;
  }

  cancel(headers: readonly HeaderField[]): void {
    this.#transaction.cancel(headers);
  }

  onResponse(response: SipResponse): void {
    this.#owner.onResponse(this, response);
  }

  onTimeout(): void {
    this.#owner.onTimeout(this);
  }

  onTransportError(): void {
    this.#owner.onTransportError(this);
  }

  onTerminated(): void {
    this.#owner.onTerminated(this);
  }
}
