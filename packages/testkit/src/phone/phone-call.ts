import type { Endpoint } from '@vats/kernel';
import { type HeaderField, parseUri, type SipRequest, type SipResponse } from '@vats/sip';
import type { PhoneSide } from './phone-side.ts';
import { branchOf, type PhoneReply, type SentRequest } from './phone-wire.ts';
import { answerTo, readSdp, type SdpChanges } from './sdp-text.ts';

export interface InviteOptions {
  /** The offer; null asks the other side for one. All of the phone's codecs unless given. */
  readonly sdp?: string | null;
  readonly headers?: readonly HeaderField[];
  readonly maxForwards?: number;
  /** Of a new call; random unless given. */
  readonly callId?: string;
}

export interface AnswerOptions {
  /** The phone's own answer or offer in a 2xx unless given; null for none. Elsewhere none unless given. */
  readonly sdp?: string | null;
  readonly headers?: readonly HeaderField[];
  readonly reason?: string;
  /** A To tag of its own, as if a further phone behind this one spoke. */
  readonly fork?: string;
}

/** An INVITE that the phone sent. */
interface SentInvite extends SentRequest {
  readonly cseq: number;
  readonly offer: string | undefined;
  final?: SipResponse;
  ack?: { readonly octets: Buffer; readonly to: Endpoint };
}

/** An INVITE that the phone received. */
interface ReceivedInvite {
  readonly request: SipRequest;
  readonly from: Endpoint;
  answered?: { readonly status: number; readonly octets: Buffer };
}

const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, MESSAGE, NOTIFY';

/**
 * One dialog as a phone sees it, kept as plainly as RFC 3261 §12 lets one, with what a person at the phone can do to it.
 * Nothing checks that it is in place: a phone that misbehaves is half of what scenarios are for.
 */
export class PhoneCall {
  readonly phone: PhoneSide;
  readonly callId: string;
  readonly localTag: string;
  remoteTag: string | undefined;
  /** Values of From and To without tags, seen from here. */
  readonly localParty: string;
  readonly remoteParty: string;
  /** Request-URI of the next request. */
  remoteTarget: string;
  routes: readonly string[] = [];
  sent: SentInvite | undefined;
  received: ReceivedInvite | undefined;
  /** What each side said about its sound last. */
  localSdp: string | undefined;
  remoteSdp: string | undefined;
  /** A BYE was sent or heard. */
  ended = false;
  localCSeq: number;
  /** Where requests before the dialog go. */
  readonly #firstHop: Endpoint;
  #sdpVersion = 0;
  /** Tag of the answer that was sent under a fork's name. */
  #forkTag: string | undefined;

  constructor(
    phone: PhoneSide,
    facts: {
      readonly callId: string;
      readonly localParty: string;
      readonly remoteParty: string;
      readonly remoteTarget: string;
      readonly firstHop: Endpoint;
      readonly localCSeq: number;
    },
  ) {
    this.phone = phone;
    this.callId = facts.callId;
    this.localTag = phone.token();
    this.localParty = facts.localParty;
    this.remoteParty = facts.remoteParty;
    this.remoteTarget = facts.remoteTarget;
    this.localCSeq = facts.localCSeq;
    this.#firstHop = facts.firstHop;
  }

  // --- as the caller, or within the call ---

  /** The INVITE that makes the call, or one within it. */
  invite(options: InviteOptions = {}): void {
    const offer = options.sdp === undefined ? this.sdp() : (options.sdp ?? undefined);
    if (offer !== undefined) this.localSdp = offer;
    this.phone.withCredentials('INVITE', this.remoteTarget, (credentials) => {
      const cseq = ++this.localCSeq;
      const headers: HeaderField[] = [
        ...this.#dialogHeaders(cseq, 'INVITE'),
        ['Contact', `<${this.phone.contactUri}>`],
        ['Allow', ALLOW],
        ...sdpType(offer),
        ...(options.headers ?? []),
        ...credentials,
      ];
      const { maxForwards } = options;
      const request = { method: 'INVITE', uri: this.remoteTarget, to: this.#hop, headers, body: offer, maxForwards };
      this.sent = { ...this.phone.wire.request(request), cseq, offer };
      return this.sent;
    });
  }

  /** The ACK to the last final response: made now, or sent once more. @param sdp the answer to an offer in a 2xx */
  ack(sdp?: string): void {
    const { sent } = this;
    if (sent?.final === undefined) throw new Error(`${this.phone.name} has nothing to acknowledge`);
    if (sent.ack !== undefined) this.phone.wire.send(sent.ack.octets, sent.ack.to);
    else this.#acknowledge(sent, sent.final, sdp);
  }

  cancel(headers: readonly HeaderField[] = []): void {
    const { sent } = this;
    if (sent === undefined) throw new Error(`${this.phone.name} has no INVITE to cancel`);
    const kept = sent.headers.filter(([name]) => ['From', 'To', 'Call-ID', 'Route'].includes(name));
    this.phone.wire.request({
      method: 'CANCEL',
      uri: sent.uri,
      to: sent.to,
      branch: sent.branch,
      headers: [...kept, ['CSeq', `${sent.cseq} CANCEL`], ...headers],
    });
  }

  bye(headers: readonly HeaderField[] = []): void {
    this.ended = true;
    this.request('BYE', { headers });
  }

  /** Any request within the call. */
  request(
    method: string,
    options: { readonly headers?: readonly HeaderField[]; readonly body?: string; readonly cseq?: number } = {},
  ): void {
    const { headers = [], body, cseq = ++this.localCSeq } = options;
    const all = [...this.#dialogHeaders(cseq, method), ...headers];
    this.phone.wire.request({ method, uri: this.remoteTarget, to: this.#hop, headers: all, body });
  }

  // --- as the callee ---

  /** A response to the newest INVITE. */
  respond(status: number, options: AnswerOptions = {}): void {
    const { received } = this;
    if (received === undefined) throw new Error(`${this.phone.name} has no INVITE to answer`);
    const success = status >= 200 && status < 300;
    const sdp = options.sdp === undefined && success ? this.#answerTo(received.request) : (options.sdp ?? undefined);
    if (sdp !== undefined) this.localSdp = sdp;
    const headers: HeaderField[] = [
      ...(status < 300
        ? ([
            ['Contact', `<${this.phone.contactUri}>`],
            ['Allow', ALLOW],
          ] as const)
        : []),
      ...sdpType(sdp),
      ...(options.headers ?? []),
    ];
    const toTag = options.fork ?? this.localTag;
    const reply: PhoneReply = { toTag, reason: options.reason, headers, body: sdp };
    const octets = this.phone.wire.reply(received.request, received.from, status, reply);
    if (status >= 200) received.answered = { status, octets };
    if (success) this.#forkTag = options.fork;
  }

  /** Sends the final response of the newest INVITE once more, as a phone does that waits for its ACK. */
  repeatFinal(): void {
    const { received } = this;
    if (received?.answered === undefined) throw new Error(`${this.phone.name} has answered nothing`);
    this.phone.wire.send(received.answered.octets, received.from);
  }

  // --- what it says about its sound ---

  /** An SDP of this phone whose version is one above the last. */
  sdp(changes: SdpChanges = {}): string {
    return this.phone.sdp({ version: ++this.#sdpVersion, ...changes });
  }

  // --- what the phone hears ---

  hearInvite(request: SipRequest, from: Endpoint): void {
    this.#learn(request);
    this.received = { request, from };
  }

  /** @param fresh false for a retransmission */
  hearInviteResponse(response: SipResponse, fresh: boolean): void {
    const { sent, phone } = this;
    if (sent === undefined || response.status <= 100) return;
    if (response.status < 300) this.#learn(response);
    if (response.status < 200) return;
    if (fresh) sent.final = response;
    if (!phone.manners.acknowledges) return;
    if (!fresh && sent.ack !== undefined) phone.wire.send(sent.ack.octets, sent.ack.to);
    else this.#acknowledge(sent, response, undefined);
  }

  hearAck(request: SipRequest): void {
    if (request.body.length > 0) this.remoteSdp = request.body.toString('utf8');
  }

  hearCancel(request: SipRequest, from: Endpoint): void {
    const mine = this.received !== undefined && branchOf(this.received.request) === branchOf(request);
    this.phone.wire.reply(request, from, mine ? 200 : 481, { toTag: this.localTag });
    if (mine && this.received?.answered === undefined) this.respond(487);
  }

  /** ACKs the challenge to an INVITE, which goes on under another branch. */
  acknowledgeChallenge(response: SipResponse): void {
    if (this.sent !== undefined && this.sent.branch === branchOf(response)) {
      this.#acknowledge(this.sent, response, undefined);
    }
  }

  /** Route set and remote target (RFC 3261 §12.1, §12.2.1.2), and the SDP. */
  #learn(message: SipRequest | SipResponse): void {
    const { contacts } = message;
    if (contacts.ok && !contacts.value.star && contacts.value.list[0] !== undefined) {
      this.remoteTarget = contacts.value.list[0].uri.toString();
    }
    const routes = message.list('Record-Route');
    if (this.remoteTag === undefined) this.routes = message.kind === 'response' ? routes.reverse() : routes;
    this.remoteTag = message.kind === 'response' ? message.toTag : message.fromTag;
    const body = message.body.toString('utf8');
    if (body.startsWith('v=')) this.remoteSdp = body;
  }

  /** RFC 3261 §13.2.2.4 for a 2xx, §17.1.1.3 for the rest. An offer in the 2xx is answered here. */
  #acknowledge(sent: SentInvite, final: SipResponse, sdp: string | undefined): void {
    const success = final.status < 300;
    const offered = success && sent.offer === undefined && final.body.length > 0;
    const body = sdp ?? (offered ? this.sdp(answerTo(readSdp(final.body.toString()), this.phone.codecs)) : undefined);
    if (body !== undefined) this.localSdp = body;
    const { octets, to } = this.phone.wire.request({
      method: 'ACK',
      uri: success ? this.remoteTarget : sent.uri,
      to: success ? this.#hop : sent.to,
      ...(!success && { branch: sent.branch }),
      headers: [
        ...(success ? this.routes.map((route): HeaderField => ['Route', route]) : []),
        ['From', `${this.localParty};tag=${this.localTag}`],
        ['To', final.value('To') ?? ''],
        ['Call-ID', this.callId],
        ['CSeq', `${sent.cseq} ACK`],
        ...sent.headers.filter(([name]) => success && name.endsWith('Authorization')),
        ...sdpType(body),
      ],
      body,
    });
    sent.ack = { octets, to };
  }

  #dialogHeaders(cseq: number, method: string): HeaderField[] {
    const remoteTag = this.remoteTag === undefined ? '' : `;tag=${this.remoteTag}`;
    return [
      ...this.routes.map((route): HeaderField => ['Route', route]),
      ['From', `${this.localParty};tag=${this.#forkTag ?? this.localTag}`],
      ['To', `${this.remoteParty}${remoteTag}`],
      ['Call-ID', this.callId],
      ['CSeq', `${cseq} ${method}`],
    ];
  }

  /** Requests of a dialog go where its first route or its target says, so that a wrong Contact of the switch is noticed. */
  get #hop(): Endpoint {
    if (this.remoteTag === undefined) return this.#firstHop;
    const first = /<([^>]+)>/.exec(this.routes[0] ?? '')?.[1] ?? this.remoteTarget;
    const uri = parseUri(first);
    if (!uri.ok || uri.value.kind !== 'sip') throw new Error(`${this.phone.name} cannot send to '${first}'`);
    return { address: uri.value.host, port: uri.value.port ?? 5060 };
  }

  /** To an INVITE with an offer the answer, to one without it the offer. */
  #answerTo(invite: SipRequest): string {
    const offer = invite.body.toString('utf8');
    return this.sdp(offer.startsWith('v=') ? answerTo(readSdp(offer), this.phone.codecs) : {});
  }
}

function sdpType(sdp: string | undefined): readonly HeaderField[] {
  return sdp === undefined ? [] : [['Content-Type', 'application/sdp']];
}
