import type { Endpoint } from '@vats/kernel';
import {
  formatHostPort,
  type HeaderField,
  parseMessage,
  type SipMessage,
  type SipRequest,
  writeRequest,
  writeResponseTo,
} from '@vats/sip';
import { type PhoneLink, tcpLink, tcpServerLink, tlsLink, udpLink, webSocketLink } from './phone-link.ts';
import type { PhoneSettings } from './phone-settings.ts';

export interface PhoneRequest {
  readonly method: string;
  readonly uri: string;
  readonly to: Endpoint;
  readonly headers: readonly HeaderField[];
  readonly body?: string | undefined;
  readonly maxForwards?: number | undefined;
  /** Of an earlier request, for an ACK or CANCEL to it; else a new one. */
  readonly branch?: string;
}

export interface SentRequest {
  readonly branch: string;
  readonly uri: string;
  readonly headers: readonly HeaderField[];
  readonly to: Endpoint;
  readonly octets: Buffer;
}

export interface PhoneReply {
  readonly toTag?: string;
  readonly reason?: string | undefined;
  readonly headers?: readonly HeaderField[] | undefined;
  readonly body?: string | undefined;
}

const USER_AGENT = 'virtual phone';

/** A phone's end of the wire: puts requests and responses into octets, and remembers what it replied to whom. */
export class PhoneWire {
  readonly #settings: PhoneSettings;
  readonly #heard: (message: SipMessage, from: Endpoint) => void;
  readonly #replies = new Map<string, { readonly octets: Buffer; readonly to: Endpoint }>();
  #link: PhoneLink | undefined;

  constructor(settings: PhoneSettings, heard: (message: SipMessage, from: Endpoint) => void) {
    this.#settings = settings;
    this.#heard = heard;
  }

  async plugIn(): Promise<void> {
    const { network, local, transport, listens } = this.#settings;
    const heard = (octets: Buffer, from: Endpoint): void => this.#hear(octets, from);
    if (transport === 'TLS') this.#link = tlsLink(network, local, heard);
    else if (transport === 'WS') this.#link = webSocketLink(network, local, this.#settings.random, heard);
    else if (transport !== 'TCP') this.#link = await udpLink(network, local, heard);
    else this.#link = listens ? await tcpServerLink(network, local, heard) : tcpLink(network, local, heard);
  }

  async unplug(): Promise<void> {
    await this.#link?.close();
    this.#link = undefined;
  }

  /** TCP: tears the connection down; the next send opens another. */
  hangUp(): void {
    this.#link?.hangUp();
  }

  send(octets: Buffer, to: Endpoint): void {
    if (this.#link === undefined) throw new Error(`${this.#settings.name} is not plugged in`);
    this.#link.send(octets, to);
  }

  request(request: PhoneRequest): SentRequest {
    const { method, uri, to, maxForwards = 70, body } = request;
    const { branch = `z9hG4bK${this.#settings.random.token(16)}` } = request;
    const { transport = 'UDP', claims, local } = this.#settings;
    const at = claims ?? local;
    const headers: HeaderField[] = [
      ['Via', `SIP/2.0/${transport} ${formatHostPort(at.address, at.port)};branch=${branch};rport`],
      ['Max-Forwards', String(maxForwards)],
      ...request.headers,
      ['User-Agent', USER_AGENT],
    ];
    const octets = writeRequest({ method, uri, headers, body: body === undefined ? undefined : Buffer.from(body) });
    this.send(octets, to);
    return { branch, uri, headers, to, octets };
  }

  reply(request: SipRequest, to: Endpoint, status: number, reply: PhoneReply = {}): Buffer {
    const body = reply.body === undefined ? undefined : Buffer.from(reply.body);
    const octets = writeResponseTo(request, to, { status, ...reply, body });
    this.#replies.set(transactionOf(request), { octets, to });
    this.send(octets, to);
    return octets;
  }

  /** Sends what it replied to this request once more, if it did. */
  repeatReply(request: SipRequest): void {
    const before = this.#replies.get(transactionOf(request));
    if (before !== undefined) this.send(before.octets, before.to);
  }

  #hear(octets: Buffer, from: Endpoint): void {
    const parsed = parseMessage(octets);
    if (!parsed.ok) {
      throw new Error(`${this.#settings.name} got what is no SIP message (${parsed.error.code}):\n${octets}`);
    }
    this.#heard(parsed.value, from);
  }
}

export function branchOf(message: SipMessage): string {
  return message.topVia.ok ? (message.topVia.value.branch ?? '') : '';
}

export function callIdOf(message: SipMessage): string {
  return message.callId.ok ? message.callId.value : '';
}

/** A request and its repetitions; ACK and CANCEL share the branch of their INVITE. */
function transactionOf(request: SipRequest): string {
  return `${request.method} ${branchOf(request)}`;
}
