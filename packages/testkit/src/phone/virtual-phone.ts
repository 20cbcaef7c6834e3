import type { Endpoint } from '@vats/kernel';
import { formatHostPort, type HeaderField, type SipMessage, type SipRequest, type SipResponse } from '@vats/sip';
import { answerChallenge } from './digest-answer.ts';
import { Inbox } from './inbox.ts';
import { type InviteOptions, PhoneCall } from './phone-call.ts';
import { goodManners, type Manners, type PhoneSettings } from './phone-settings.ts';
import type { PhoneSide } from './phone-side.ts';
import { branchOf, callIdOf, PhoneWire, type SentRequest } from './phone-wire.ts';
import { PHONE_CODECS, phoneSdp, type SdpChanges } from './sdp-text.ts';

export interface RegisterOptions {
  readonly expires?: number;
  /** User part of From and To, when it is not the login. */
  readonly as?: string;
  /** Contact value; '*' for all. */
  readonly contact?: string;
  readonly headers?: readonly HeaderField[];
}

export interface RequestOptions {
  readonly uri?: string;
  readonly headers?: readonly HeaderField[];
  readonly body?: string;
  readonly maxForwards?: number;
}

/**
 * A SIP phone for scenarios, made of the message parser and writer and nothing else of the stack that it tests: no
 * transactions, no timers, no retransmissions. It does what it is told, right or wrong, at once.
 */
export class VirtualPhone implements PhoneSide {
  readonly settings: PhoneSettings;
  readonly inbox = new Inbox();
  readonly calls: PhoneCall[] = [];
  readonly manners: Manners = goodManners();
  readonly wire: PhoneWire;
  /** Preferred first: `8 PCMA/8000`. */
  codecs: readonly string[] = PHONE_CODECS;
  readonly #registration: { readonly callId: string; cseq: number };
  /** What to do when the request of a branch is challenged. */
  readonly #retries = new Map<string, (challenge: SipResponse) => void>();

  constructor(settings: PhoneSettings) {
    this.settings = settings;
    this.wire = new PhoneWire(settings, (message, from) => this.#hear(message, from));
    this.#registration = { callId: this.token(20), cseq: 0 };
  }

  get name(): string {
    return this.settings.name;
  }

  get number(): string {
    return this.settings.number;
  }

  get aor(): string {
    return `sip:${this.settings.login}@${this.settings.domain}`;
  }

  get contactUri(): string {
    const { claims, local, login, transport } = this.settings;
    const at = claims ?? local;
    return `sip:${login}@${formatHostPort(at.address, at.port)}${transport === undefined ? '' : `;transport=${transport.toLowerCase()}`}`;
  }

  /** The newest call. */
  get call(): PhoneCall {
    const call = this.calls.at(-1);
    if (call === undefined) throw new Error(`${this.name} has no call`);
    return call;
  }

  token(characters = 10): string {
    return this.settings.random.token(characters);
  }

  /** An SDP of this phone: all of its codecs, at its media port. */
  sdp(changes: SdpChanges = {}): string {
    const { address } = this.settings.claims ?? this.settings.local;
    return phoneSdp({ address, port: 4000, session: 1, version: 1, codecs: this.codecs, ...changes });
  }

  register(options: RegisterOptions = {}): void {
    const { domain, instance, server } = this.settings;
    const { expires = 3600, headers = [] } = options;
    const params = instance === undefined ? '' : `;+sip.instance="<${instance}>"`;
    const uri = `sip:${domain}`;
    const aor = options.as === undefined ? this.aor : `sip:${options.as}@${domain}`;
    this.withCredentials('REGISTER', uri, (credentials) =>
      this.wire.request({
        method: 'REGISTER',
        uri,
        to: server,
        headers: [
          ['From', `<${aor}>;tag=${this.token()}`],
          ['To', `<${aor}>`],
          ['Call-ID', this.#registration.callId],
          ['CSeq', `${++this.#registration.cseq} REGISTER`],
          ['Contact', options.contact ?? `<${this.contactUri}>${params}`],
          ['Expires', String(expires)],
          ...headers,
          ...credentials,
        ],
      }),
    );
  }

  /** Begins a call to a number or a whole URI. */
  dial(target: string, options: InviteOptions = {}): PhoneCall {
    const { domain, server } = this.settings;
    const { showsAs: shows } = this.manners;
    const uri = target.includes(':') ? target : `sip:${target}@${domain}`;
    const call = new PhoneCall(this, {
      callId: options.callId ?? this.token(20),
      localParty: `"${this.name}" <${shows === undefined ? this.aor : `sip:${shows}@${domain}`}>`,
      remoteParty: `<${uri}>`,
      remoteTarget: uri,
      firstHop: server,
      localCSeq: 0,
    });
    this.calls.push(call);
    call.invite(options);
    return call;
  }

  /** Any request out of dialog, to the server. */
  request(method: string, options: RequestOptions = {}): void {
    const { uri = `sip:${this.settings.domain}`, headers = [], body, maxForwards } = options;
    const callId = this.token(20);
    let cseq = 0;
    this.withCredentials(method, uri, (credentials) =>
      this.wire.request({
        method,
        uri,
        to: this.settings.server,
        headers: [
          ['From', `<${this.aor}>;tag=${this.token()}`],
          ['To', `<${uri}>`],
          ['Call-ID', callId],
          ['CSeq', `${++cseq} ${method}`],
          ['Contact', `<${this.contactUri}>`],
          ...headers,
          ...credentials,
        ],
        body,
        maxForwards,
      }),
    );
  }

  withCredentials(method: string, uri: string, send: (credentials: readonly HeaderField[]) => SentRequest): void {
    const { branch } = send([]);
    this.#retries.set(branch, (challenge) => {
      const credentials = answerChallenge(challenge, this.settings, { method, uri }, this.token());
      if (credentials !== undefined) send([credentials]);
    });
  }

  #hear(message: SipMessage, from: Endpoint): void {
    if (message.kind === 'response') this.#hearResponse(message, from);
    else if (this.#file(message, from)) this.#hearRequest(message, from);
    else if (this.manners.repeatsReplies) this.wire.repeatReply(message);
  }

  #hearResponse(response: SipResponse, from: Endpoint): void {
    const branch = branchOf(response);
    const ofInvite = response.cseq.ok && response.cseq.value.method === 'INVITE';
    const call = ofInvite ? this.calls.find((one) => one.sent?.branch === branch) : undefined;
    const retry = response.status === 401 || response.status === 407 ? this.#retries.get(branch) : undefined;
    if (retry !== undefined && this.manners.authenticates) {
      this.#retries.delete(branch);
      call?.acknowledgeChallenge(response);
      retry(response);
      return;
    }
    const fresh = this.#file(response, from);
    call?.hearInviteResponse(response, fresh);
  }

  #hearRequest(request: SipRequest, from: Endpoint): void {
    const { method } = request;
    const call = this.calls.findLast((one) => one.callId === callIdOf(request));
    if (method === 'INVITE') (call ?? this.#newCall(request, from)).hearInvite(request, from);
    else if (method === 'ACK') call?.hearAck(request);
    else if (method === 'CANCEL' && call !== undefined) {
      if (this.manners.yieldsToCancel) call.hearCancel(request, from);
    } else {
      if (method === 'BYE' && call !== undefined) call.ended = true;
      const status = this.manners.replies[method];
      if (status !== undefined) this.wire.reply(request, from, status, { toTag: call?.localTag ?? this.token() });
    }
  }

  #newCall(request: SipRequest, from: Endpoint): PhoneCall {
    const call = new PhoneCall(this, {
      callId: callIdOf(request),
      localParty: request.value('To') ?? '',
      remoteParty: (request.value('From') ?? '').replace(/;tag=[^;]*/, ''),
      remoteTarget: '',
      firstHop: from,
      localCSeq: 100,
    });
    this.calls.push(call);
    return call;
  }

  #file(message: SipMessage, from: Endpoint): boolean {
    return this.inbox.add(message, from, this.settings.clock.monotonic());
  }
}
