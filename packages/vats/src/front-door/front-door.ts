import type { Gate } from '@vats/access';
import type { Caller, Directory, Domain } from '@vats/pbx';
import {
  type Flow,
  type HeaderField,
  type Refusal,
  refusedBody,
  refusedExtension,
  type SipRequest,
  type TransactionLayer,
} from '@vats/sip';
import type { ByTrunk, Trunks } from '../trunks.ts';
import type { Authenticated, Authenticator } from './authenticator.ts';
import { fromTrunk } from './call-origin.ts';
import { dialledOf } from './dialled.ts';
import { domainOf } from './domain-of.ts';
import { refusedPrivacy } from './refused-privacy.ts';
import { isScanner } from './scanners.ts';
import type { Visitor, Visitors } from './visitors.ts';

/** Methods that a phone may use with us; the Allow header, and what a 405 lists. */
export const ALLOWED_METHODS = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'REGISTER',
  'INFO',
  'MESSAGE',
  'NOTIFY',
] as const;

/** Known methods that need a subscription we don't serve yet: the event package is refused, not the method. */
const EVENT_METHODS: readonly string[] = ['SUBSCRIBE', 'PUBLISH'];

/** Known methods that mean something only within a dialog; the dialog layer has looked for one already. */
const DIALOG_METHODS: readonly string[] = ['BYE', 'INFO', 'UPDATE', 'PRACK'];

const ALLOW: HeaderField = ['Allow', ALLOWED_METHODS.join(', ')];
const ALLOW_WITHOUT_MESSAGE: HeaderField = ['Allow', ALLOWED_METHODS.filter((name) => name !== 'MESSAGE').join(', ')];

/** SIP extensions that a REGISTER may require: the registrar keeps the Path (RFC 3327). */
const REGISTER_EXTENSIONS: readonly string[] = ['path'];

export interface FrontDoorParts {
  readonly transactions: TransactionLayer;
  readonly authenticator: Authenticator;
  readonly gate: Gate;
  readonly visitors: Visitors;
  readonly directory: () => Directory;
  readonly trunks: Pick<Trunks, 'recognise' | 'isAt'>;
  /** Takes a REGISTER of a proven account. */
  readonly register: (request: SipRequest, flow: Flow, account: Authenticated, visitor: Visitor) => void;
  /** Takes an INVITE of a proven account, or of a trunk. */
  readonly invite: (request: SipRequest, flow: Flow, origin: InviteOrigin, visitor: Visitor) => void;
}

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
    switch (request.method) {
      case 'OPTIONS':
        this.#options(request, flow);
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
    if (visitor.isPing) return gate.answersPing(visitor.address) ? { visitor, domain } : undefined;
    const trunk = visitor.viaProxy ? undefined : this.#trunkOf(request, flow);
    if (trunk !== undefined) return { visitor, domain, ...(trunk !== 'a server' && { trunk }) };
    const treatment = gate.receive(visitor, domain?.id, visitor.viaProxy);
    if (treatment === 'forbidden') this.#reply(request, flow, 403);
    return treatment === 'welcome' ? { visitor, domain } : undefined;
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

  #options(request: SipRequest, flow: Flow): void {
    if (this.#refusesScheme(request, flow)) return;
    if (this.#refuses(request, flow, refusedExtension(request, []))) return;
    this.#reply(request, flow, 200, [
      ALLOW,
      ['Accept', 'application/sdp'],
      ['Accept-Encoding', 'identity'],
      ['Accept-Language', 'en, ru'],
    ]);
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
    const dialled = dialledOf(request);
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
    if (this.#refuses(request, flow, refusedExtension(request, []))) return true;
    if (this.#refuses(request, flow, refusedPrivacy(request))) return true;
    return this.#refuses(request, flow, refusedBody(request));
  }

  /** Methods that have no effect here, still only told to those who may ask. */
  #other(request: SipRequest, flow: Flow, guest: Guest): void {
    const { method } = request;
    if (DIALOG_METHODS.includes(method)) {
      this.#reply(request, flow, 481);
      return;
    }
    if (EVENT_METHODS.includes(method) || method === 'MESSAGE') {
      if (this.#authenticate(request, flow, guest) === undefined) return;
      // An empty list of packages: none is served (RFC 6665 §8.3.2; RFC 3903 §11.3.3).
      // Within a call it is relayed, so Allow names it elsewhere; here a 405 must not (RFC 3261 §21.4.6).
      if (method === 'MESSAGE') this.#reply(request, flow, 405, [ALLOW_WITHOUT_MESSAGE]);
      else this.#reply(request, flow, 489, [['Allow-Events', '']]);
      return;
    }
    this.#reply(request, flow, 501, [ALLOW]);
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
    if (requestUri.ok && (requestUri.value.kind === 'sip' || requestUri.value.kind === 'tel')) return false;
    this.#reply(request, flow, 416);
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
  /** The trunk that an INVITE comes by, where it was asked for already. */
  readonly trunk?: ByTrunk;
}

function isKeepAlive(request: SipRequest): boolean {
  const { event } = request;
  return event?.ok === true && event.value.token.toLowerCase() === 'keep-alive';
}
