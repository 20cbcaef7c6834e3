import {
  type Clock,
  type Endpoint,
  ExpiringMap,
  FaultLines,
  formatEndpoint,
  type Ledger,
  LineBudget,
  type Log,
  type LogFields,
  type Random,
  sameEndpoint,
} from '@vats/kernel';
import type { SipMessage, SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse-message.ts';
import type { Via } from '../message/via.ts';
import { writeResponseTo } from '../message/write-response-to.ts';
import { CONNECTION_LIMITS, type ConnectionLimits } from './connection-limits.ts';
import { type Acquaintance, CONNECTION_BOUNDS, type ConnectionBounds, ConnectionTable } from './connection-table.ts';
import { CountedClock } from './counted-clock.ts';
import { newTransportCounters, type TransportCounters } from './counters.ts';
import type { SendFailed, TransportFailure } from './failure.ts';
import { type Flow, TRANSPORT_NAMES, type TransportName } from './flow.ts';
import type { FramingFault } from './framing.ts';
import { HandshakeBudget } from './handshake-budget.ts';
import type { Network } from './network.ts';
import { ConnectionResponseWay, datagramResponseTarget, type ResponseWay, reconnectTarget } from './response-route.ts';
import { sourceOf } from './source.ts';
import { StatelessTags } from './stateless-tag.ts';
import { StreamFramer } from './stream-framer.ts';
import { StreamTransport, type StreamTransportOptions } from './stream-transport.ts';
import type { TlsPeer, TlsRim } from './tls.ts';
import { type Intake, isWildcard, type Listener, type Transport } from './transport.ts';
import { UdpTransport } from './udp-transport.ts';
import { type Origins, WebSocketFramer } from './web-socket-framer.ts';

/** What a Via or a Contact of ours says on a flow. */
export interface SentBy {
  /** Name or address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface TransportLayerOptions {
  readonly network: Network;
  /** Without it TLS and WSS are neither listened on nor spoken to others. */
  readonly tls?: TlsRim;
  /** Pages of which web sites may open a WebSocket; none unless given. What is no browser tells no origin, and needs none. */
  readonly origins?: Origins;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
  /**
   * Who may talk to us at all, asked before anything is read: with each message's octets, and without any when somebody
   * connects. False is silence; a connection is torn down. `behind`: more comes than we can take, so strangers must wait.
   */
  readonly admit?: (observed: Endpoint, transport: TransportName, octets?: Buffer, behind?: boolean) => boolean;
  /**
   * Whether somebody at this address has shown who they are; without it everybody has. Where nobody has, connections are
   * few and short-lived, and make room for others when there are too many.
   */
  readonly isKnown?: (address: string) => boolean;
  /**
   * Whether this very far end has shown it, or need not; without it whoever is at a known address. A connection over which
   * nobody has is short-lived too, and makes room for others from there when there are too many.
   */
  readonly isProven?: (observed: Endpoint, transport: TransportName) => boolean;
  /** What we call ourselves on this flow; `bound` is our own address there, and what is said when it is left to us. */
  readonly sentBy?: (flow: Flow, bound: SentBy) => SentBy;
  readonly timeouts?: Partial<ConnectionLimits>;
  readonly bounds?: Partial<ConnectionBounds>;
}

/** Who takes the messages: the transaction layer. */
export interface TransportUser {
  /** Asked with every datagram before it is parsed: true when it is one that came before and is dealt with. */
  absorbs?(octets: Buffer, flow: Flow): boolean;
  onMessage(message: SipMessage, flow: Flow): void;
  /** Whether the sender of a request that nobody above will see is told what is wrong with it; without it always. */
  mayAnswer?(request: SipRequest, flow: Flow): boolean;
}

/** Where a flow is wanted to (RFC 3261 §18.1.1). */
export interface FlowTarget {
  readonly transport: TransportName;
  readonly endpoint: Endpoint;
  /** The listener to speak from; without one the best fitting. */
  readonly listener?: Listener;
  /** Who must be there, over TLS: without it no TLS connection is made. */
  readonly peer?: TlsPeer | undefined;
}

const LOCAL_ADDRESSES_REMEMBERED = 4_096;
const LOCAL_ADDRESS_LIFETIME_MS = 30_000;
const ANSWER_TO_FRAMING_FAULT = {
  'no-length': { status: 400, reason: 'Missing Content-Length' },
  'bad-length': { status: 400, reason: 'Bad Content-Length' },
  'bad-head': { status: 400, reason: 'Bad Request' },
  'too-large': { status: 513, reason: 'Message Too Large' },
} as const satisfies Record<FramingFault, { status: number; reason: string }>;

/**
 * Carries messages: listens, parses what comes, finds the way for responses (RFC 3261 §18, RFC 3581) and keeps the
 * flows. Nothing that a peer sends makes it throw.
 *
 * @example
 * const transport = new TransportLayer({ network: new SystemNetwork(), clock, random, log, ledger });
 * transport.user = { onMessage: (message, flow) => … };
 * await transport.listen({ transport: 'udp', endpoint: { address: '127.0.0.1', port: 5060 } });
 */
export class TransportLayer {
  /** Set by the layer above before anything is listened on. */
  user: TransportUser | undefined;
  /** Told of each keep-alive of a peer's (RFC 5626 §3.5): CRLFs, a STUN request, the answer to one of ours. Set by the wiring. */
  onKeepAlive: ((flow: Flow) => void) | undefined;
  readonly counters: TransportCounters = newTransportCounters();
  readonly #options: TransportLayerOptions;
  readonly #transports: Readonly<Record<TransportName, Transport>>;
  readonly #tags: StatelessTags;
  readonly #lines: LineBudget;
  readonly #faults: FaultLines;
  readonly #localAddresses: ExpiringMap<string, string>;

  constructor(options: TransportLayerOptions) {
    this.#options = options;
    const { network, random, log, ledger } = options;
    const clock = new CountedClock(options.clock);
    const intake: Intake = {
      admits: options.admit ?? (() => true),
      onOctets: (octets, flow) => this.#onOctets(octets, flow),
      onKeepAlive: (flow) => this.#onKeepAlive(flow),
      onUnframed: (fault, head, flow) => this.#onUnframed(fault, head, flow),
      onBug: (error, flow) => this.#bug(error, flow),
      onSocketFailure: (transport, bound, failure) => this.#socketFailed(transport, bound, failure),
      report: (event, transport, observed, fields = {}) => this.#line(event, { transport, observed }, fields),
    };
    const limits = { ...CONNECTION_LIMITS, ...options.timeouts };
    const bounds = { ...CONNECTION_BOUNDS, ...options.bounds };
    const { counters } = this;
    const isKnown = options.isKnown ?? (() => true);
    const isProven = options.isProven ?? (({ address }) => isKnown(address));
    const acquaintance: Acquaintance = { isKnown, isProven };
    const table = new ConnectionTable(bounds, acquaintance);
    const streams: StreamTransportOptions = {
      ...{ network, clock, random, log, intake, counters, limits, acquaintance, table },
      tls: options.tls,
      handshakes: new HandshakeBudget(clock),
    };
    const framer = () => new StreamFramer();
    const webSocket = () => new WebSocketFramer(options.origins ?? []);
    this.#transports = {
      udp: new UdpTransport(network, intake, counters),
      tcp: new StreamTransport({ transport: 'tcp', framing: framer, connects: true }, streams),
      tls: new StreamTransport({ transport: 'tls', framing: framer, connects: true }, streams),
      ws: new StreamTransport({ transport: 'ws', framing: webSocket, connects: false }, streams),
      wss: new StreamTransport({ transport: 'wss', framing: webSocket, connects: false }, streams),
    };
    this.#tags = new StatelessTags(random);
    this.#lines = new LineBudget(clock, log);
    this.#faults = new FaultLines(clock, log);
    this.#localAddresses = new ExpiringMap({
      clock,
      limit: LOCAL_ADDRESSES_REMEMBERED,
      lifetime: LOCAL_ADDRESS_LIFETIME_MS,
    });
    ledger.enrol('listeners', () => this.listeners.length);
    ledger.enrol('connections', () => table.size);
    ledger.enrol('transport timers', () => clock.waiting);
  }

  /** Begins to listen; port 0 takes a free one. @throws (rejects) with the system's error, EADDRINUSE say */
  listen(spec: { readonly transport: TransportName; readonly endpoint: Endpoint }): Promise<Listener> {
    return this.#transports[spec.transport].listen(spec.endpoint);
  }

  get listeners(): readonly Listener[] {
    return Object.values(this.#transports).flatMap((transport) => transport.listeners);
  }

  /** For how long more datagrams have been waiting at a socket of ours than a turn of the event loop takes, in ms. */
  get backlog(): number {
    let longest = 0;
    for (const { backlog = 0 } of this.#transports.udp.listeners) longest = Math.max(longest, backlog);
    return longest;
  }

  /**
   * A flow to a peer, for a request of ours. An open connection is used again; else one is made behind the flow, and
   * what is sent meanwhile waits. Where none can be, the flow answers every send with its failure.
   */
  flowTo(target: FlowTarget): Flow {
    return this.#transports[target.transport].flowTo(target.endpoint, target.listener, target.peer);
  }

  /** The flow that had this id, if it can still be used: a binding remembers ids. */
  flowById(id: string): Flow | undefined {
    const named = id.slice(0, id.indexOf('/'));
    const name = TRANSPORT_NAMES.find((each) => each === named);
    return name === undefined ? undefined : this.#transports[name].flowById(id);
  }

  /** Tears down the connections whose far ends may not talk to us any more. Answers how many there were. */
  dropFlows(isUnwelcome: (observed: Endpoint, transport: TransportName) => boolean): number {
    let dropped = 0;
    for (const name of TRANSPORT_NAMES) {
      dropped += this.#transports[name].dropFlows((observed) => isUnwelcome(observed, name));
    }
    return dropped;
  }

  /** What a Via or Contact of ours says on this flow: the advertised address, or our own as the peer would reach it. */
  sentBy(flow: Flow): SentBy {
    const bound = { host: this.ownAddressOn(flow), port: this.#transports[flow.transport].reachablePort(flow) };
    return this.#options.sentBy?.(flow, bound) ?? bound;
  }

  /** Our own address as the peer of this flow would reach it, also where we listen on all addresses. */
  ownAddressOn(flow: Flow): string {
    const { address } = flow.bound;
    return (
      (address === '' || isWildcard(address) ? this.ownAddressTowards(flow.observed.address) : undefined) ?? address
    );
  }

  /** The To tag of responses to this request that no transaction sends (RFC 3261 §8.2.7): always the same one. */
  statelessTag(request: SipRequest): string {
    return this.#tags.for(request);
  }

  /** Sends a response the {@link responseWay}. @param topVia of the request */
  sendResponse(octets: Buffer, topVia: Via, arrivedOn: Flow, failed?: SendFailed): void {
    this.responseWay(topVia, arrivedOn).send(octets, failed);
  }

  /**
   * The way that responses to a request go (RFC 3261 §18.2.2, RFC 3581 §4): over the connection that it came on, or a new
   * one to the sender's port when that is gone; over UDP from the port that it came to. It holds nothing of the request.
   *
   * @param topVia of the request
   */
  responseWay(topVia: Via, arrivedOn: Flow): ResponseWay {
    const { observed, transport } = arrivedOn;
    if (arrivedOn.reliable) {
      const reconnect = (): Flow => this.#transports[transport].flowTo(endpoint);
      const endpoint = reconnectTarget(topVia, observed, transport);
      return new ConnectionResponseWay(arrivedOn, reconnect);
    }
    const target = datagramResponseTarget(topVia, observed);
    return target.port === observed.port ? arrivedOn : this.#beside(arrivedOn, target);
  }

  /** Stops listening, lets connections send what they hold, and resolves when everything is closed. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.#transports).map((transport) => transport.close()));
  }

  /** A flow from the same socket of ours to another end. */
  #beside(flow: Flow, to: Endpoint): Flow {
    const transport = this.#transports[flow.transport];
    const same = transport.listeners.find((listener) => sameEndpoint(listener.endpoint, flow.bound));
    return transport.flowTo(to, same);
  }

  #onOctets(octets: Buffer, flow: Flow): boolean {
    this.counters.received++;
    try {
      if (!flow.reliable && this.user?.absorbs?.(octets, flow) === true) return true;
      const parsed = parseMessage(octets);
      if (parsed.ok) {
        this.user?.onMessage(parsed.value, flow);
        return true;
      }
      this.counters.malformed++;
      const { code, at } = parsed.error;
      this.#line('transport.malformed', flow, { code, at, octets: octets.length });
    } catch (error) {
      this.#bug(error, flow);
    }
    return false;
  }

  #onKeepAlive(flow: Flow): void {
    try {
      this.onKeepAlive?.(flow);
    } catch (error) {
      this.#bug(error, flow);
    }
  }

  #onUnframed(fault: FramingFault, head: Buffer, flow: Flow): void {
    this.#line('transport.unframed', flow, { fault });
    try {
      const parsed = parseMessage(head);
      if (!parsed.ok || parsed.value.kind === 'response' || parsed.value.method === 'ACK') return;
      const request = parsed.value;
      if (!request.topVia.ok || this.user?.mayAnswer?.(request, flow) === false) return;
      const reply = { ...ANSWER_TO_FRAMING_FAULT[fault], toTag: this.#tags.for(request) };
      flow.send(writeResponseTo(request, flow.observed, reply));
    } catch (error) {
      this.#bug(error, flow);
    }
  }

  /** A bug of ours costs one message, not the process. */
  #bug(error: unknown, flow: Flow): void {
    this.counters.handlerFaults++;
    this.#faults.tell('transport.handler-failed', error, { observed: formatEndpoint(flow.observed) });
  }

  #socketFailed(transport: TransportName, bound: Endpoint, failure: TransportFailure): void {
    if (!this.#lines.allows(`${transport} ${formatEndpoint(bound)}`)) return;
    this.#options.log.warn('transport.socket-failed', { transport, bound, ...failure });
  }

  #line(event: string, { transport, observed }: Pick<Flow, 'transport' | 'observed'>, fields: LogFields): void {
    if (!this.#lines.allows(sourceOf(observed.address))) return;
    this.#options.log.warn(event, { transport, observed: formatEndpoint(observed), ...fields });
  }

  /** Which of this machine's addresses a packet to `remote` leaves from; undefined when it has none of that family. */
  ownAddressTowards(remote: string): string | undefined {
    // Asking the system for its interfaces costs tens of microseconds, and each request of ours would ask.
    const known = this.#localAddresses.get(remote);
    if (known !== undefined) return known;
    const found = this.#options.network.localAddressTowards(remote);
    if (found !== undefined) this.#localAddresses.set(remote, found);
    return found;
  }
}
