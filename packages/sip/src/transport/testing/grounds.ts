import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, type Endpoint, Ledger, SILENT, SystemClock, SystemRandom } from '@vats/kernel';
import { FakeClock } from '@vats/kernel/testing';
import type { SipMessage } from '../../message/message.ts';
import { writeRequest } from '../../message/write-message.ts';
import { writeResponseTo } from '../../message/write-response-to.ts';
import { MemoryNetwork } from '../../testing/memory-network.ts';
import type { TransportFailure } from '../failure.ts';
import type { Flow, TransportName } from '../flow.ts';
import type { DatagramSocket, Network, StreamSocket } from '../network.ts';
import { SystemNetwork } from '../system-network.ts';
import type { Listener } from '../transport.ts';
import { TransportLayer, type TransportLayerOptions } from '../transport-layer.ts';

/** What differs between the networks that must all behave alike. */
export interface Ground {
  readonly network: Network;
  readonly clock: Clock;
  readonly address: string;
  readonly transport: TransportName;
  /** Lets everything that is on its way arrive, until `done` says yes. */
  until(done: () => boolean): Promise<void>;
}

function onMemory(transport: TransportName, address: string): Ground {
  const clock = new FakeClock();
  const network = new MemoryNetwork(clock);
  const until = async (done: () => boolean): Promise<void> => {
    for (let i = 0; i < 1_000 && !done(); i++) {
      clock.advance(1);
      await Promise.resolve();
    }
    if (!done()) throw new Error('it did not come to pass');
  };
  return { network, clock, address, transport, until };
}

function onSystem(transport: TransportName, address: string): Ground {
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await nextTurn(); // the test's own time-out is the limit
  };
  return { network: new SystemNetwork(), clock: new SystemClock(), address, transport, until };
}

export const GROUNDS: [string, () => Ground][] = [
  ['UDP in memory', () => onMemory('udp', '192.0.2.1')],
  ['TCP in memory', () => onMemory('tcp', '192.0.2.1')],
  ['UDP in memory, IPv6', () => onMemory('udp', '2001:db8::1')],
  ['UDP over IPv4', () => onSystem('udp', '127.0.0.1')],
  ['UDP over IPv6', () => onSystem('udp', '::1')],
  ['TCP over IPv4', () => onSystem('tcp', '127.0.0.1')],
  ['TCP over IPv6', () => onSystem('tcp', '::1')],
];

/** One end: a layer with one listener, and what it heard. */
export class End {
  readonly ledger = new Ledger();
  readonly layer: TransportLayer;
  readonly heard: { message: SipMessage; flow: Flow }[] = [];
  listener!: Listener;
  readonly #ground: Ground;

  constructor(ground: Ground, options: Partial<TransportLayerOptions> = {}) {
    const { network, clock } = ground;
    this.#ground = ground;
    this.layer = new TransportLayer({
      network,
      clock,
      random: new SystemRandom(),
      log: SILENT,
      ledger: this.ledger,
      ...options,
    });
    this.layer.user = { onMessage: (message, flow) => void this.heard.push({ message, flow }) };
  }

  async listen(): Promise<this> {
    const { transport, address } = this.#ground;
    this.listener = await this.layer.listen({ transport, endpoint: { address, port: 0 } });
    return this;
  }

  get endpoint(): Endpoint {
    return this.listener.endpoint;
  }

  flowTo(endpoint: Endpoint): Flow {
    return this.layer.flowTo({ transport: this.#ground.transport, endpoint });
  }

  /** A request as this end would send it on the flow. */
  request(flow: Flow, callId: string, body = ''): Buffer {
    const { host, port } = this.layer.sentBy(flow);
    const literal = host.includes(':') ? `[${host}]` : host;
    const sentBy = `SIP/2.0/${flow.transport.toUpperCase()} ${literal}:${port};branch=z9hG4bK${callId};rport`;
    return writeRequest({
      method: 'OPTIONS',
      uri: 'sip:example.com',
      headers: [
        ['Via', sentBy],
        ['From', '<sip:a@example.com>;tag=a'],
        ['To', '<sip:b@example.com>'],
        ['Call-ID', callId],
        ['CSeq', '1 OPTIONS'],
      ],
      body: Buffer.from(body),
    });
  }

  /** Answers the request heard as number `index` with 200. */
  answer(index: number, failed?: (failure: TransportFailure) => void): void {
    const { message, flow } = this.heard[index]!;
    if (message.kind !== 'request' || !message.topVia.ok) throw new Error('no request');
    const octets = writeResponseTo(message, flow.observed, { status: 200, toTag: 'b' });
    this.layer.sendResponse(octets, message.topVia.value, flow, failed);
  }

  callIds(): (string | undefined)[] {
    return this.heard.map(({ message }) => message.value('Call-ID'));
  }
}

/** A peer without a stack: it writes and keeps what comes. */
export interface RawPeer {
  send(text: string): void;
  text(): string;
  closed(): boolean;
  leave(): Promise<void>;
}

/** Two ends on the same ground, and whoever else a test has there. */
export class Pair {
  readonly ground: Ground;
  readonly here: End;
  readonly there: End;
  readonly #others: (() => Promise<void>)[] = [];

  private constructor(ground: Ground, here: End, there: End) {
    this.ground = ground;
    this.here = here;
    this.there = there;
  }

  static async on(ground: Ground): Promise<Pair> {
    return new Pair(ground, await new End(ground).listen(), await new End(ground).listen());
  }

  /** Answers what is left over and should not be. */
  async close(): Promise<readonly unknown[]> {
    const { ground, here, there } = this;
    let closed = false;
    const all = [here.layer, there.layer].map((layer) => layer.close());
    const others = this.#others.map((close) => close());
    void Promise.all([...all, ...others]).then(() => {
      closed = true;
    });
    await ground.until(() => closed);
    const onNetwork = ground.network instanceof MemoryNetwork ? ground.network.leftovers() : [];
    return [...here.ledger.leftovers(), ...there.ledger.leftovers(), ...onNetwork];
  }

  /** One more end, closed with the pair. */
  async third(options: Partial<TransportLayerOptions>): Promise<End> {
    const end = await new End(this.ground, options).listen();
    this.#others.push(() => end.layer.close());
    return end;
  }

  async rawPeer(to: Endpoint): Promise<RawPeer> {
    const { network, transport, address } = this.ground;
    let text = '';
    let closed = false;
    const hear = (octets: Buffer): void => {
      text += octets.toString('latin1');
    };
    const known = { text: () => text, closed: () => closed };
    if (transport === 'tcp') {
      const stream: StreamSocket = network.connectTcp(address, to, {
        onOctets: hear,
        onEnded: () => stream.end(),
        onClosed: () => {
          closed = true;
        },
      });
      const leave = async (): Promise<void> => stream.destroy();
      this.#others.push(leave);
      return { ...known, send: (data) => stream.write(Buffer.from(data, 'latin1')), leave };
    }
    const socket: DatagramSocket = await network.bindUdp(
      { address, port: 0 },
      { onDatagram: hear, onFailure: () => {} },
    );
    const leave = (): Promise<void> => socket.close();
    this.#others.push(leave);
    return { ...known, send: (data) => socket.send(Buffer.from(data, 'latin1'), to), leave };
  }
}
