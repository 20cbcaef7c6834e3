import type { Gate } from '@vats/access';
import type { Caller, Directory, Domain } from '@vats/pbx';
import {
  type Flow,
  type HeaderField,
  isSecure,
  isSips,
  type Refusal,
  refusedBody,
  refusedExtension,
  type SipRequest,
  type TransactionLayer,
  warning,
} from '@vats/sip';
import type { ByTrunk, Trunks } from '../trunks.ts';
import type { Admission } from './admission.ts';
import type { Authenticated, Authenticator } from './authenticator.ts';
import { fromTrunk } from './call-origin.ts';
import { type Capabilities, DIALOG_METHODS } from './capabilities.ts';
import { dialledOf } from './dialled.ts';
import { domainOf } from './domain-of.ts';
import { isThere } from './is-there.ts';
import { refusedPrivacy } from './refused-privacy.ts';
import { isScanner } from './scanners.ts';
import type { Visitor, Visitors } from './visitors.ts';

const ONLY_OVER_TLS = warning('A sips URI is served over TLS alone');
/** Calls that begin with a REFER would need somebody to ring first: a transfer is ordered within its call. */
const WITHIN_A_CALL = warning('REFER is taken within a call only');
/** SIP extensions that a REGISTER may require: the registrar keeps the Path (RFC 3327), and flows apart (RFC 5626). */
const REGISTER_EXTENSIONS: readonly string[] = ['path', 'outbound'];

export interface FrontDoorParts {
  readonly transactions: TransactionLayer;
  readonly authenticator: Authenticator;
  readonly gate: Gate;
  readonly admission: Admission;
  readonly visitors: Visitors;
  readonly directory: () => Directory;
  readonly trunks: Pick<Trunks, 'recognise' | 'isAt'>;
  /** Takes a REGISTER of a proven account. */
  readonly register: (request: SipRequest, flow: Flow, account: Authenticated, visitor: Visitor) => void;
  /** What we can. */
  readonly capabilities: Capabilities;
  /** Takes what a proven account asks for that is no call: to watch somebody, to tell its own presence, to write to somebody. */
  readonly ask: (request: SipRequest, flow: Flow, account: Authenticated, visitor: Visitor, what: Asked) => void;
  /** Takes an INVITE of a proven account, or of a trunk. */
  readonly invite: (request: SipRequest, flow: Flow, origin: InviteOrigin, visitor: Visitor) => void;
}

export type Asked = 'SUBSCRIBE' | 'PUBLISH' | 'MESSAGE';

export interface InviteOrigin {
  readonly domain: Domain;
  readonly caller: Caller;
  readonly dialled: string;
  readonly host?: string;
}

/**
 * Every request outside a dialog comes through here, and whoever sends one that the layers below turn away is judged here
 * first (`mayAnswer`). OPTIONS and refusals are answered at once and forgotten; whatever
 * has an effect must first carry good credentials, and until it does it leaves nothing behind (RFC 3261 §26.3.2.4).
 * Where it comes from is judged first, then who it is, then what it wants, so that a stranger learns nothing.
 */
export class FrontDoor {
  readonly #parts: FrontDoorParts;

  constructor(parts: FrontDoorParts) {
    this.#parts = parts;
  }

  receive(request: SipRequest, flow: Flow): void {
    const guest = this.#letIn(request, flow);
    if (guest === undefined) return;
    const retryAfter = this.#parts.admission.refuses(request, guest);
    if (retryAfter !== undefined) {
      this.#reply(request, flow, 503, [['Retry-After', String(retryAfter)]]);
      return;
    }
    switch (request.method) {
      case 'OPTIONS':
        this.#options(request, flow, guest);
        return;
      case 'REGISTER':
        this.#register(request, flow, guest);
        return;
      case 'INVITE':
        this.#invite(request, flow, guest);
        return;
      case 'NOTIFY':
        this.#reply(request, flow, isKeepAlive(request) ? 200 : 481);
        return;
      case 'SUBSCRIBE':
      case 'PUBLISH':
      case 'MESSAGE':
        this.#ask(request, flow, guest, request.method);
        return;
      case 'ACK':
        return;
      default:
        this.#other(request, flow, guest);
    }
  }

  /**
   * Whether a request that the layers below turn away by themselves gets their answer: one that is wrong, or names a
   * transaction or dialog that we don't have. Where it gets another one instead, that has been sent.
   */
  mayAnswer(request: SipRequest, flow: Flow): boolean {
    return this.#letIn(request, flow) !== undefined;
  }

  /** Who sends it and to whom, if they are heard at all; what is to be answered to those who are not has been. */
  #letIn(request: SipRequest, flow: Flow): Guest | undefined {
    const { gate, visitors, directory } = this.#parts;
    if (isScanner(request)) {
      gate.noteScanner();
      return undefined;
    }
    const visitor = visitors.of(request, flow);
    if (visitor === undefined) return undefined;
    const domain = domainOf(request, directory());
    if (visitor.isPing) return gate.answersPing(visitor.address) ? { visitor, domain, isTrunk: false } : undefined;
    const trunk = visitor.viaProxy ? undefined : this.#trunkOf(request, flow);
    if (trunk !== undefined) return { visitor, domain, isTrunk: true, ...(trunk !== 'a server' && { trunk }) };
    const treatment = gate.receive(visitor, domain?.id, visitor.viaProxy);
    if (treatment === 'forbidden') this.#reply(request, flow, 403);
    return treatment === 'welcome' ? { visitor, domain, isTrunk: false } : undefined;
  }

  /**
   * By which trunk a request comes that is past the geofence: a call of its, or a question whether we are there. Whatever else its
   * servers say is judged like anybody's.
   */
  #trunkOf(request: SipRequest, flow: Flow): ByTrunk | 'a server' | undefined {
    const { trunks } = this.#parts;
    if (!trunks.isAt(flow.observed.address)) return undefined;
    if (request.method === 'OPTIONS') return 'a server';
    return request.method === 'INVITE' ? trunks.recognise(request, flow) : undefined;
  }

  /**
   * Everybody hears what we can, whatever they ask about, so that nobody learns who is there; but who shows credentials is told what an
   * INVITE would be (RFC 3261 §11.2).
   */
  #options(request: SipRequest, flow: Flow, guest: Guest): void {
    if (this.#refusesScheme(request, flow)) return;
    if (request.credentials('Proxy-Authorization').length > 0) {
      const account = this.#authenticate(request, flow, guest);
      if (account === undefined) return;
      if (!isThere(request, account.domain, this.#parts.directory())) {
        this.#reply(request, flow, 404);
        return;
      }
    }
    if (this.#refuses(request, flow, refusedExtension(request, this.#parts.capabilities.extensions))) return;
    const { answersOptions, allow } = this.#parts.capabilities;
    // Through many proxies all of it may be more than a short request may be answered with: that we are there is what is asked.
    if (!this.#reply(request, flow, 200, answersOptions)) this.#reply(request, flow, 200, [allow]);
  }

  #register(request: SipRequest, flow: Flow, guest: Guest): void {
    const account = this.#authenticate(request, flow, guest);
    if (account === undefined || this.#refusesScheme(request, flow)) return;
    if (this.#refuses(request, flow, refusedExtension(request, REGISTER_EXTENSIONS))) return;
    this.#parts.register(request, flow, account, guest.visitor);
  }

  #invite(request: SipRequest, flow: Flow, guest: Guest): void {
    const trunk = guest.trunk ?? this.#parts.trunks.recognise(request, flow);
    if (trunk !== undefined) {
      if (this.#refusesWhole(request, flow)) return;
      this.#parts.invite(request, flow, fromTrunk(request, trunk, this.#parts.directory()), guest.visitor);
      return;
    }
    const account = this.#authenticate(request, flow, guest);
    if (account === undefined || this.#refusesWhole(request, flow)) return;
    const dialled = dialledOf(request, (host) => this.#parts.directory().findDomain(host) !== undefined);
    if (dialled === undefined) {
      this.#reply(request, flow, 484);
      return;
    }
    const { domain, user, device } = account;
    const origin = { domain, caller: { kind: 'device', user, device }, ...dialled } as const;
    this.#parts.invite(request, flow, origin, guest.visitor);
  }

  /** An INVITE that asks for what we can't do. */
  #refusesWhole(request: SipRequest, flow: Flow): boolean {
    if (this.#refusesScheme(request, flow)) return true;
    if (this.#refuses(request, flow, refusedExtension(request, this.#parts.capabilities.extensions))) return true;
    if (this.#refuses(request, flow, refusedPrivacy(request))) return true;
    return this.#refuses(request, flow, refusedBody(request));
  }

  /** What an account asks for that is no call. */
  #ask(request: SipRequest, flow: Flow, guest: Guest, what: Asked): void {
    const account = this.#authenticate(request, flow, guest);
    if (account === undefined || this.#refusesScheme(request, flow)) return;
    if (this.#refuses(request, flow, refusedExtension(request, []))) return;
    this.#parts.ask(request, flow, account, guest.visitor, what);
  }

  /** What means nothing outside a dialog, or nothing to us. */
  #other(request: SipRequest, flow: Flow, guest: Guest): void {
    if (request.method === 'REFER') {
      if (this.#authenticate(request, flow, guest) !== undefined) this.#reply(request, flow, 403, [WITHIN_A_CALL]);
    } else if (DIALOG_METHODS.includes(request.method)) this.#reply(request, flow, 481);
    else this.#reply(request, flow, 501, [this.#parts.capabilities.allow]);
  }

  #authenticate(request: SipRequest, flow: Flow, { visitor, domain }: Guest): Authenticated | undefined {
    const verdict = this.#parts.authenticator.verify(request, visitor, domain);
    if (verdict.ok) return verdict.account;
    const { status, headers } = verdict.challenge;
    // Two challenges may be more than a short request may be answered with; the last one, MD5's, is what all phones know.
    if (!this.#reply(request, flow, status, headers) && headers.length > 1) {
      this.#reply(request, flow, status, headers.slice(-1));
    }
    verdict.settle();
    return undefined;
  }

  #refusesScheme(request: SipRequest, flow: Flow): boolean {
    const { requestUri } = request;
    if (!requestUri.ok || (requestUri.value.kind !== 'sip' && requestUri.value.kind !== 'tel')) {
      this.#reply(request, flow, 416);
      return true;
    }
    // What may be read along already is not to be taken for what nobody could read (RFC 3261 §26.2.2).
    if (!isSips(requestUri.value) || isSecure(flow.transport)) return false;
    this.#reply(request, flow, 403, [ONLY_OVER_TLS]);
    return true;
  }

  #refuses(request: SipRequest, flow: Flow, refusal: Refusal | undefined): boolean {
    if (refusal === undefined) return false;
    this.#reply(request, flow, refusal.status, refusal.headers);
    return true;
  }

  #reply(request: SipRequest, flow: Flow, status: number, headers: readonly HeaderField[] = []): boolean {
    return this.#parts.transactions.replyStatelessly(request, flow, { status, headers });
  }
}

/** Who sends a request, and the domain that it speaks of. */
interface Guest {
  readonly visitor: Visitor;
  readonly domain: Domain | undefined;
  /** Whether it is past the geofence as a trunk's server. */
  readonly isTrunk: boolean;
  /** The trunk that an INVITE comes by, where it was asked for already. */
  readonly trunk?: ByTrunk;
}

function isKeepAlive(request: SipRequest): boolean {
  const { event } = request;
  return event?.ok === true && event.value.token.toLowerCase() === 'keep-alive';
}
