import { type Endpoint, Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { MemoryNetwork } from '../../testing/memory-network.ts';
import { MemoryTls } from '../../testing/memory-tls.ts';
import { CONNECTION_LIMITS } from '../connection-limits.ts';
import type { TransportFailure } from '../failure.ts';
import type { Flow, TransportName } from '../flow.ts';
import type { StreamSocket } from '../network.ts';
import { TransportLayer, type TransportLayerOptions } from '../transport-layer.ts';

export const OURS: Endpoint = { address: '192.0.2.1', port: 5060 };
export const THEIRS: Endpoint = { address: '198.51.100.9', port: 5070 };
export const MESSAGE = 'OPTIONS sip:a SIP/2.0\r\nCall-ID: c\r\nContent-Length: 0\r\n\r\n';

export interface Peer {
  readonly stream: StreamSocket;
  readonly text: string;
  readonly closed: TransportFailure | undefined;
  says(text: string): void;
  /** Told what comes, beside `text`. */
  hears?: (octets: Buffer) => void;
}

const ignore = (): void => {};

/** A layer that listens on TCP, or another stream, in memory, and whoever connects to it. Each `open` begins anew. */
export class TcpStage {
  readonly transport: TransportName;
  clock!: FakeClock;
  tls!: MemoryTls;
  network!: MemoryNetwork;
  ledger!: Ledger;
  log!: MemoryLog;
  layer!: TransportLayer;
  /** Call-IDs of what the layer was sent, and the flows that it came on. */
  heard: (string | undefined)[] = [];
  flows: Flow[] = [];

  constructor(transport: TransportName = 'tcp') {
    this.transport = transport;
  }

  async open(options: Partial<TransportLayerOptions> = {}): Promise<void> {
    const clock = new FakeClock();
    const network = new MemoryNetwork(clock);
    const ledger = new Ledger();
    const log = new MemoryLog();
    const random = new SeededRandom(5);
    const host = network.host(OURS.address);
    const tls = new MemoryTls(host, 'DNS:pbx.example');
    const layer = new TransportLayer({ network: host, tls, clock, random, log, ledger, ...options });
    Object.assign(this, { clock, network, tls, ledger, log, layer, heard: [], flows: [] });
    layer.user = {
      onMessage: (message, flow) => {
        this.heard.push(message.value('Call-ID'));
        this.flows.push(flow);
      },
    };
    await layer.listen({ transport: this.transport, endpoint: OURS });
  }

  /** Answers what the ledger counts and should not. */
  async close(): Promise<readonly unknown[]> {
    const closed = this.layer.close();
    this.clock.advance(CONNECTION_LIMITS.linger);
    await closed;
    return this.ledger.leftovers();
  }

  /** Somebody who connects to us. */
  peer(address = THEIRS.address): Peer {
    const made: Partial<Peer> & { text: string; closed: TransportFailure | undefined } = {
      text: '',
      closed: undefined,
    };
    const stream = this.network.host(address).connectTcp(undefined, OURS, {
      onOctets: (octets) => {
        made.text += octets.toString('latin1');
        made.hears?.(octets);
      },
      onEnded: () => stream.end(),
      onClosed: (why) => {
        made.closed = why;
      },
    });
    this.clock.advance(0);
    const says = (text: string): void => {
      stream.write(Buffer.from(text, 'latin1'));
      this.clock.advance(0);
    };
    return Object.assign(made, { stream, says });
  }

  /** Somebody whom we may connect to, who says nothing. */
  async listener(): Promise<void> {
    const user = { onOctets: ignore, onEnded: ignore, onClosed: ignore };
    await this.network.host(THEIRS.address).listenTcp(THEIRS, { onConnection: () => user, onFailure: ignore });
  }

  flowToPeer(): { readonly flow: Flow; readonly told: readonly TransportFailure[] } {
    const flow = this.layer.flowTo({ transport: 'tcp', endpoint: THEIRS });
    const told: TransportFailure[] = [];
    flow.onClose((why) => told.push(why));
    return { flow, told };
  }
}
