import type { DigestClient } from '../digest/index.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import { parseNameAddr } from '../message/name-addr.ts';
import { formatUri, isSips, isSipsText, type Uri } from '../message/uri.ts';
import { detached } from '../message/wire-text.ts';
import type { HeaderField, RequestDraft } from '../message/write-message.ts';
import type { Flow } from '../transport/index.ts';
import type { DialogOwner } from './context.ts';
import { type Routing, routeTo } from './route-set.ts';
import type { DialogFacts, SessionTimerPolicy } from './user.ts';

export type DialogState = 'early' | 'confirmed' | 'ended';

/** What an INVITE of ours says of the dialogs that it may make. From, with our tag, and To are header values. */
export interface DialogSet {
  readonly callId: string;
  readonly localTag: string;
  readonly from: string;
  readonly seq: number;
  readonly requestUri: string;
  readonly contactUser: string;
  readonly resolve: Resolve | undefined;
  readonly credentials?: DigestClient | undefined;
  readonly sessionTimer?: SessionTimerPolicy | undefined;
}

/** What we decide of a dialog that a peer's INVITE makes. */
export type CalleeOptions = Pick<DialogSet, 'contactUser' | 'credentials' | 'sessionTimer'> & {
  readonly resolve?: Resolve | undefined;
};

/** A request and the URI that names its next hop, as far as one can be read (RFC 3261 §8.1.2, §12.2.1.1). */
export interface RoutedRequest {
  readonly draft: RequestDraft;
  readonly nextHop: Uri | undefined;
}

/** Finds the flow to a next hop; undefined: the dialog's own, `current`, even where that is closed. */
export type Resolve = (nextHop: Uri, current: Flow) => Flow | undefined;

interface DialogParts {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly localParty: string;
  readonly remoteParty: string;
  readonly remoteTarget: string;
  readonly routeSet: readonly string[];
  readonly flow: Flow;
  readonly localSeq: number;
  readonly remoteSeq: number | undefined;
  readonly ownsCallId: boolean;
  readonly contactUser: string;
  readonly secure: boolean;
  readonly resolve: Resolve | undefined;
  readonly credentials: DigestClient | undefined;
  readonly sessionTimer: SessionTimerPolicy | undefined;
}

/**
 * The state of one dialog (RFC 3261 §12): identity, sequence numbers, route set, remote target, flow. It sends nothing;
 * sessions and invitations ask it what their requests must say.
 */
export class Dialog implements DialogFacts {
  state: DialogState = 'early';
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** Our INVITE made the dialog: its Call-ID is ours (RFC 3261 §14.1). */
  readonly ownsCallId: boolean;
  readonly contactUser: string;
  /** It was begun with a `sips:` URI, over TLS (RFC 3261 §12.1.1). */
  readonly secure: boolean;
  /** What answers the challenges to our requests; without them none is answered. */
  readonly credentials: DigestClient | undefined;
  /** How its session's timer is asked for; undefined: there is to be none. */
  readonly sessionTimer: SessionTimerPolicy | undefined;
  /** The peer's last Allow names UPDATE. */
  allowsUpdate = false;
  flow: Flow;
  /** The dialog table's: who answers for this dialog while it is in the table, and the next one with this local tag. */
  owner: DialogOwner | undefined = undefined;
  next: Dialog | undefined = undefined;
  readonly #localParty: string;
  readonly #remoteParty: string;
  #remoteTarget: string;
  #vouchedTarget: string;
  #routeSet: readonly string[];
  #localSeq: number;
  #remoteSeq: number | undefined;
  readonly #resolve: Resolve | undefined;
  /** Remembered until the target or the route set changes. */
  #routing: Routing | undefined = undefined;

  private constructor(parts: DialogParts) {
    this.callId = parts.callId;
    this.localTag = parts.localTag;
    this.remoteTag = parts.remoteTag;
    this.ownsCallId = parts.ownsCallId;
    this.contactUser = parts.contactUser;
    this.secure = parts.secure;
    this.credentials = parts.credentials;
    this.sessionTimer = parts.sessionTimer;
    this.flow = parts.flow;
    this.#localParty = parts.localParty;
    this.#remoteParty = parts.remoteParty;
    this.#remoteTarget = parts.remoteTarget;
    this.#vouchedTarget = parts.remoteTarget;
    this.#routeSet = parts.routeSet;
    this.#localSeq = parts.localSeq;
    this.#remoteSeq = parts.remoteSeq;
    this.#resolve = parts.resolve;
  }

  /** The dialog that a response with a To tag makes of our INVITE (RFC 3261 §12.1.2). */
  static ofCaller(set: DialogSet, response: SipResponse, flow: Flow): Dialog {
    const contact = contactUri(response);
    const dialog = new Dialog({
      callId: set.callId,
      localTag: set.localTag,
      remoteTag: detached(response.toTag ?? ''),
      localParty: set.from,
      remoteParty: detached(response.value('To') ?? ''),
      remoteTarget: contact === undefined ? set.requestUri : detached(contact),
      routeSet: recordedRoute(response).reverse(),
      flow,
      localSeq: set.seq,
      remoteSeq: undefined,
      ownsCallId: true,
      contactUser: set.contactUser,
      secure: isSipsText(set.requestUri),
      resolve: set.resolve,
      credentials: set.credentials,
      sessionTimer: set.sessionTimer,
    });
    dialog.learn(response);
    return dialog;
  }

  /** The dialog that a response of ours with `localTag` makes of a peer's INVITE (RFC 3261 §12.1.1). */
  static ofCallee(invite: SipRequest, localTag: string, flow: Flow, options: CalleeOptions): Dialog {
    const from = detached(invite.value('From') ?? '');
    const contact = contactUri(invite);
    const { cseq } = invite;
    const dialog = new Dialog({
      callId: detached(invite.value('Call-ID') ?? ''),
      localTag,
      remoteTag: detached(invite.fromTag ?? ''),
      localParty: `${detached(invite.value('To') ?? '')};tag=${localTag}`,
      remoteParty: from,
      // A caller without Contact breaks §8.1.1.8; over its flow the address in From still finds it.
      remoteTarget: contact === undefined ? addressIn(from) : detached(contact),
      routeSet: recordedRoute(invite),
      flow,
      localSeq: 0,
      remoteSeq: cseq.ok ? cseq.value.number : undefined,
      ownsCallId: false,
      contactUser: options.contactUser,
      secure: invite.requestUri.ok && isSips(invite.requestUri.value),
      resolve: options.resolve,
      credentials: options.credentials,
      sessionTimer: options.sessionTimer,
    });
    dialog.learn(invite);
    return dialog;
  }

  get remoteTarget(): string {
    return this.#remoteTarget;
  }

  get vouchedTarget(): string {
    return this.#vouchedTarget;
  }

  get routeSet(): readonly string[] {
    return this.#routeSet;
  }

  get localSeq(): number {
    return this.#localSeq;
  }

  get remoteSeq(): number | undefined {
    return this.#remoteSeq;
  }

  /**
   * The 2xx to the INVITE: on our side of a call it settles the route set and the remote target anew, whatever a 1xx said
   * (RFC 3261 §13.2.2.4).
   */
  confirm(response?: SipResponse): void {
    this.state = 'confirmed';
    if (response === undefined) return;
    this.#routeSet = recordedRoute(response).reverse();
    this.#routing = undefined;
    this.learn(response);
    this.refreshTarget(response);
    this.#vouchedTarget = this.#remoteTarget;
  }

  /** Takes what a message of the peer says that it can do; one that says nothing changes nothing (RFC 3261 §20.5). */
  learn(message: SipMessage): void {
    if (message.has('Allow')) this.allowsUpdate = message.allow.includes('UPDATE');
  }

  /**
   * Takes the Contact of a target refresh request or of its 2xx (RFC 3261 §12.2); without one all stays.
   * @param over what it came over, if it is a request: when that is answered, the dialog may be on another flow
   */
  refreshTarget(message: SipMessage, over: Flow = this.flow): void {
    const uri = contactUri(message);
    if (uri === undefined || uri === this.#remoteTarget) return;
    this.#remoteTarget = detached(uri);
    if (over.transport !== 'udp') this.#vouchedTarget = this.#remoteTarget;
    this.#routing = undefined;
  }

  /**
   * Judges the CSeq of a peer's request, and remembers it when in order (RFC 3261 §12.2.2). Numbers rise strictly
   * (§12.2.1.1): an equal one is a request that went astray, its retransmissions are known to the transaction below. But
   * a BYE is believed with the number of the request before it: a call must not stand because its peer cannot count.
   */
  takesSeq(number: number, method: string): boolean {
    const least = this.#remoteSeq === undefined ? 0 : this.#remoteSeq + (method === 'BYE' ? 0 : 1);
    if (number < least) return false;
    this.#remoteSeq = number;
    return true;
  }

  /** The number of our next request. */
  nextSeq(): number {
    return ++this.#localSeq;
  }

  /** The flow that requests to this hop take. */
  flowTo(nextHop: Uri | undefined): Flow {
    return (nextHop && this.#resolve?.(nextHop, this.flow)) ?? this.flow;
  }

  /** The Request-URI of our requests, and the flow that they take. */
  hop(): { readonly uri: string; readonly flow: Flow } {
    this.#routing ??= routeTo(this.#remoteTarget, this.#routeSet);
    return { uri: this.#routing.uri, flow: this.flowTo(this.#routing.nextHop) };
  }

  /**
   * A request within the dialog (RFC 3261 §12.2.1.1). `seq` is `nextSeq()`, and for an ACK that of its INVITE.
   * `headers` come behind those that the dialog writes.
   */
  request(method: string, seq: number, headers: readonly HeaderField[], body?: Buffer): RoutedRequest {
    this.#routing ??= routeTo(this.#remoteTarget, this.#routeSet);
    const { uri, route, nextHop } = this.#routing;
    const head: HeaderField[] = [];
    for (const value of route) head.push(['Route', value]);
    head.push(
      ['From', this.#localParty],
      ['To', this.#remoteParty],
      ['Call-ID', this.callId],
      ['CSeq', `${seq} ${method}`],
    );
    for (const header of headers) head.push(header);
    return { draft: { method, uri, headers: head, body }, nextHop };
  }
}

/**
 * The URI of the first Contact, without headers, which have no place in a Request-URI (RFC 3261 §19.1.1, table 1). It may
 * be a view of the message.
 */
function contactUri(message: SipMessage): string | undefined {
  const { contacts } = message;
  const uri = contacts.ok && !contacts.value.star ? contacts.value.list[0]?.uri : undefined;
  if (uri === undefined) return undefined;
  return formatUri(uri.kind === 'sip' && uri.headersText !== '' ? uri.with({ headers: [] }) : uri);
}

function addressIn(header: string): string {
  const parsed = parseNameAddr(header);
  return parsed.ok ? formatUri(parsed.value.uri) : '';
}

function recordedRoute(message: SipMessage): string[] {
  return message.list('Record-Route').map(detached);
}
