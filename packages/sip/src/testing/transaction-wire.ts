import { type Endpoint, Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { type SipMessage, SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse-message.ts';
import { type ReplyDraft, writeResponseTo } from '../message/write-response-to.ts';
import { TransactionLayer, type TransactionLayerOptions } from '../transaction/index.ts';
import {
  type DatagramSocket,
  type Flow,
  type StreamSocket,
  TransportLayer,
  type TransportLayerOptions,
  type TransportName,
} from '../transport/index.ts';
import { MemoryNetwork } from './memory-network.ts';
import type { What, WireMessage } from './wire.ts';

export const OURS: Endpoint = { address: '192.0.2.1', port: 5060 };
export const THEIRS: Endpoint = { address: '198.51.100.9', port: 5070 };

/**
 * A transaction layer with a peer that is nothing but octets, on the memory network under a fake clock: what the peer says
 * is injected on the wire, what it hears is looked up there.
 */
export class TransactionWire {
  readonly clock = new FakeClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly ledger = new Ledger();
  readonly log = new MemoryLog();
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly name: TransportName;
  #datagrams: DatagramSocket | undefined;
  #stream: StreamSocket | undefined;

  private constructor(
    name: TransportName,
    options: Partial<TransactionLayerOptions>,
    transport: Partial<TransportLayerOptions>,
  ) {
    const { clock, ledger, log } = this;
    const random = new SeededRandom(3261);
    this.name = name;
    this.transport = new TransportLayer({
      network: this.network.host(OURS.address),
      clock,
      random,
      log,
      ledger,
      ...transport,
    });
    this.transactions = new TransactionLayer({ transport: this.transport, clock, random, log, ledger, ...options });
  }

  static async open(
    name: TransportName,
    options: Partial<TransactionLayerOptions> = {},
    transport: Partial<TransportLayerOptions> = {},
  ): Promise<TransactionWire> {
    const wire = new TransactionWire(name, options, transport);
    await wire.transport.listen({ transport: name, endpoint: OURS });
    const peer = wire.network.host(THEIRS.address);
    const ignore = (): void => {};
    if (name === 'udp') wire.#datagrams = await peer.bindUdp(THEIRS, { onDatagram: ignore, onFailure: ignore });
    else {
      const user = { onOctets: ignore, onEnded: ignore, onClosed: ignore };
      const onConnection = (stream: StreamSocket): typeof user => {
        wire.#stream = stream;
        return user;
      };
      await peer.listenTcp(THEIRS, { onConnection, onFailure: ignore });
    }
    return wire;
  }

  /** The flow that requests of ours to the peer go over. */
  get flow(): Flow {
    return this.transport.flowTo({ transport: this.name, endpoint: THEIRS });
  }

  /** The peer sends this; it arrives before this returns. */
  inject(octets: Buffer | string): void {
    const data = Buffer.from(octets as string, 'latin1');
    if (this.#datagrams !== undefined) this.#datagrams.send(data, OURS);
    else {
      const ignore = (): void => {};
      const user = { onOctets: ignore, onEnded: ignore, onClosed: ignore };
      this.#stream ??= this.network.host(THEIRS.address).connectTcp(undefined, OURS, user);
      this.#stream.write(data);
    }
    this.clock.advance(0);
  }

  /** The peer tears its connection down. */
  hangUp(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
    this.clock.advance(0);
  }

  /** What the peer was sent, lost or not. */
  heard(what: What = () => true): WireMessage[] {
    return this.network.sent(what).filter(({ from }) => from.address === OURS.address);
  }

  /** When the peer was sent it. */
  times(what: What): number[] {
    return this.heard(what).map(({ at }) => at);
  }

  /** The peer answers the last request of this method that it was sent. */
  answer(method: string, reply: ReplyDraft): void {
    this.inject(this.responseTo(method, reply));
  }

  /** What the peer would answer. */
  responseTo(method: string, reply: ReplyDraft): Buffer {
    const request = messageOf(this.heard(method).at(-1));
    if (!(request instanceof SipRequest)) throw new Error(`no ${method} was sent`);
    return writeResponseTo(request, OURS, reply);
  }

  /** What is left over when all time has passed. */
  leftovers(): string[] {
    return this.ledger.leftovers(['listeners', 'connections', 'transport timers']);
  }
}

/** Reads what was seen on the wire. */
export function messageOf(seen: WireMessage | undefined): SipMessage {
  if (seen === undefined) throw new Error('nothing was sent');
  return readMessage(seen.octets);
}

export function readMessage(octets: Buffer): SipMessage {
  const parsed = parseMessage(octets);
  if (!parsed.ok) throw new Error(`not SIP: ${parsed.error.code}`);
  return parsed.value;
}

export interface RequestParts {
  readonly method: string;
  readonly uri?: string;
  /** Whole value of Via; made of `branch` when left out. */
  readonly via?: string;
  readonly branch?: string;
  readonly callId?: string;
  readonly seq?: number;
  readonly fromTag?: string;
  readonly toTag?: string | undefined;
  readonly headers?: readonly string[];
}

/** A request as the peer writes it. */
export function requestText(parts: RequestParts, transport: TransportName = 'udp'): string {
  const { method, uri = 'sip:bob@example.com', callId = 'call-1', seq = 1, fromTag = 'alice', toTag } = parts;
  const sentBy = `SIP/2.0/${transport.toUpperCase()} ${THEIRS.address}:${THEIRS.port}`;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: ${parts.via ?? `${sentBy};branch=${parts.branch ?? 'z9hG4bKone'};rport`}`,
    'Max-Forwards: 70',
    `From: <sip:alice@example.com>;tag=${fromTag}`,
    `To: <sip:bob@example.com>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${seq} ${method}`,
    ...(parts.headers ?? []),
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
