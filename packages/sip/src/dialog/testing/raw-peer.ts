import type { Endpoint } from '@vats/kernel';
import { findHeadEnd, readContentLength } from '../../message/framing-fields.ts';
import { formatHostPort } from '../../message/host.ts';
import type { SipMessage, SipRequest, SipResponse } from '../../message/message.ts';
import { parseMessage } from '../../message/parse-message.ts';
import { type HeaderField, writeRequest } from '../../message/write-message.ts';
import { writeResponseTo } from '../../message/write-response-to.ts';
import type { Network } from '../../transport/index.ts';

export interface RequestParts {
  readonly uri?: string;
  readonly callId?: string;
  readonly fromTag?: string;
  readonly toTag?: string | undefined;
  readonly seq?: number;
  readonly branch?: string;
  readonly contact?: string;
  readonly sdp?: string;
  readonly headers?: readonly HeaderField[];
}

export interface ResponseParts {
  readonly tag?: string;
  readonly contact?: string | undefined;
  readonly sdp?: string;
  readonly headers?: readonly HeaderField[];
}

/** How octets of ours get to the other side. */
interface Road {
  readonly transport: 'UDP' | 'TCP';
  send(octets: Buffer): void;
  close(): void;
}

const SDP_TYPE: HeaderField = ['Content-Type', 'application/sdp'];

/**
 * A peer that does only what a test tells it: no transactions, no repetition, no manners. It knows one dialog at
 * a time, which the requests that it sends are in unless told otherwise.
 */
export class RawPeer {
  /** Everything that arrived, in order. */
  readonly received: SipMessage[] = [];
  readonly endpoint: Endpoint;
  readonly #road: Road;
  readonly #other: Endpoint;
  callId = 'call-1';
  localTag = 'peer-1';
  remoteTag: string | undefined;
  remoteTarget: string;
  seq = 0;
  #branches = 0;

  private constructor(road: Road, endpoint: Endpoint, other: Endpoint) {
    this.#road = road;
    this.#other = other;
    this.endpoint = endpoint;
    this.remoteTarget = `sip:switch@${formatHostPort(other.address, other.port)}`;
  }

  static async overUdp(network: Network, at: Endpoint, other: Endpoint): Promise<RawPeer> {
    let peer: RawPeer | undefined;
    const onDatagram = (octets: Buffer) => {
      if (peer !== undefined) peer.#onOctets(octets);
    };
    const socket = await network.bindUdp(at, { onDatagram, onFailure: () => {} });
    const road: Road = { transport: 'UDP', send: (octets) => socket.send(octets, other), close: () => {} };
    peer = new RawPeer(road, socket.bound, other);
    return peer;
  }

  /** Connects; `at` is what the peer calls itself, not the port that it connects from. */
  static overTcp(network: Network, at: Endpoint, other: Endpoint): RawPeer {
    let peer: RawPeer | undefined;
    const onOctets = (octets: Buffer) => {
      if (peer !== undefined) peer.#onOctets(octets);
    };
    const stream = network.connectTcp(at.address, other, { onOctets, onEnded: () => {}, onClosed: () => {} });
    const road: Road = { transport: 'TCP', send: (octets) => stream.write(octets), close: () => stream.destroy() };
    peer = new RawPeer(road, at, other);
    return peer;
  }

  /** Tears a connection down; UDP knows nothing of the kind. */
  hangUp(): void {
    this.#road.close();
  }

  /** Takes the dialog of another peer over: the same phone on a new connection. */
  succeed(earlier: RawPeer): void {
    const { callId, localTag, remoteTag, remoteTarget, seq } = earlier;
    Object.assign(this, { callId, localTag, remoteTag, remoteTarget, seq });
  }

  /** What arrived, as 'INVITE' or '180 INVITE'. */
  get heard(): string[] {
    return this.received.map(describe);
  }

  /** The last request with this method that arrived. */
  request(method: string): SipRequest {
    const found = this.received.findLast((each) => each.kind === 'request' && each.method === method);
    if (found?.kind !== 'request') throw new Error(`no ${method} came, but ${this.heard.join(', ')}`);
    return found;
  }

  /** The last response with this status that arrived. */
  response(status: number): SipResponse {
    const found = this.received.findLast((each) => each.kind === 'response' && each.status === status);
    if (found?.kind !== 'response') throw new Error(`no ${status} came, but ${this.heard.join(', ')}`);
    return found;
  }

  /** How often this came: '200 INVITE', 'ACK'. */
  count(what: string): number {
    return this.heard.filter((each) => each === what).length;
  }

  /** How many different requests with this method came, retransmissions left out. */
  distinct(method: string): number {
    const same = this.received.filter((each) => each.kind === 'request' && each.method === method);
    return new Set(same.map((each) => each.value('CSeq'))).size;
  }

  /** Sends a request; within the dialog once its other tag is known. */
  send(method: string, parts: RequestParts = {}): void {
    const { address, port } = this.endpoint;
    const seq = parts.seq ?? (method === 'ACK' || method === 'CANCEL' ? this.seq : ++this.seq);
    const toTag = 'toTag' in parts ? parts.toTag : this.remoteTag;
    const headers: HeaderField[] = [
      [
        'Via',
        `SIP/2.0/${this.#road.transport} ${formatHostPort(address, port)};branch=${parts.branch ?? this.#branch()};rport`,
      ],
      ['Max-Forwards', '70'],
      ['From', `<sip:peer@peer.example>;tag=${parts.fromTag ?? this.localTag}`],
      ['To', `<sip:switch@switch.example>${toTag === undefined ? '' : `;tag=${toTag}`}`],
      ['Call-ID', parts.callId ?? this.callId],
      ['CSeq', `${seq} ${method}`],
      ['Contact', `<${parts.contact ?? this.contact}>`],
      ...(parts.headers ?? []),
    ];
    if (parts.sdp !== undefined) headers.push(SDP_TYPE);
    const body = parts.sdp === undefined ? undefined : Buffer.from(parts.sdp, 'utf8');
    this.sendOctets(writeRequest({ method, uri: parts.uri ?? this.remoteTarget, headers, body }));
  }

  /** Sends an INVITE outside of any dialog. */
  invite(parts: RequestParts = {}): void {
    this.remoteTag = undefined;
    this.send('INVITE', { branch: `z9hG4bKinvite${this.seq + 1}`, ...parts });
  }

  /** CANCEL for the INVITE that `invite` sent last. */
  cancel(): void {
    this.send('CANCEL', { branch: `z9hG4bKinvite${this.seq}`, toTag: undefined });
  }

  /** Notes the dialog that a response made, for the requests that follow. */
  join(response: SipResponse): void {
    this.remoteTag = response.toTag;
    const { contacts } = response;
    if (contacts.ok && !contacts.value.star && contacts.value.list[0] !== undefined) {
      this.remoteTarget = String(contacts.value.list[0].uri);
    }
  }

  /** Notes the dialog that our request made there, for the requests that follow. */
  joinAsCallee(request: SipRequest, localTag: string): void {
    this.localTag = localTag;
    this.remoteTag = request.fromTag;
    if (request.callId.ok) this.callId = request.callId.value;
    const { contacts } = request;
    if (contacts.ok && !contacts.value.star && contacts.value.list[0] !== undefined) {
      this.remoteTarget = String(contacts.value.list[0].uri);
    }
  }

  /** Sends a response; with a Contact wherever there is a tag, unless told otherwise. */
  respond(request: SipRequest, status: number, parts: ResponseParts = {}): void {
    const headers: HeaderField[] = [...(parts.headers ?? [])];
    const contact = 'contact' in parts ? parts.contact : parts.tag === undefined ? undefined : this.contact;
    if (contact !== undefined) headers.push(['Contact', `<${contact}>`]);
    if (parts.sdp !== undefined) headers.push(SDP_TYPE);
    const body = parts.sdp === undefined ? undefined : Buffer.from(parts.sdp, 'utf8');
    this.sendOctets(writeResponseTo(request, this.#other, { status, toTag: parts.tag, headers, body }));
  }

  sendOctets(octets: Buffer): void {
    this.#road.send(octets);
  }

  get contact(): string {
    const { address, port } = this.endpoint;
    return `sip:peer@${formatHostPort(address, port)}${this.#road.transport === 'UDP' ? '' : ';transport=tcp'}`;
  }

  #branch(): string {
    return `z9hG4bKraw${++this.#branches}-${this.endpoint.port}`;
  }

  /** A datagram is one message; a stream is written a message a time here, and several may arrive at once. */
  #onOctets(octets: Buffer): void {
    for (let rest = octets; rest.length > 0; ) {
      const end = findHeadEnd(rest);
      const length = readContentLength(rest.subarray(0, end));
      const message = parseMessage(rest.subarray(0, end + (length.ok ? (length.value ?? 0) : 0)));
      if (!message.ok) throw new Error(`unreadable: ${message.error.code}`);
      this.received.push(message.value);
      rest = rest.subarray(message.value.bytes.length);
    }
  }
}

function describe(message: SipMessage): string {
  if (message.kind === 'request') return message.method;
  return `${message.status} ${message.cseq.ok ? message.cseq.value.method : '?'}`;
}
