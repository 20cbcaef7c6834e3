import { type Cancel, type Endpoint, formatEndpoint } from '@vats/kernel';
import type { TransportCounters } from './counters.ts';
import type { SendFailed, TransportFailure } from './failure.ts';
import type { Flow } from './flow.ts';
import { FlowWatchers } from './flow-watchers.ts';
import type { DatagramSocket } from './network.ts';

/** A power of two. A phone whose place another one takes costs a new object with its next datagram, nothing else. */
const FLOWS_REMEMBERED = 4_096;

/** A UDP socket that we listen on; all flows over it share what is here. */
export class UdpPort {
  readonly socket: DatagramSocket;
  readonly counters: TransportCounters;
  readonly #watchers = new FlowWatchers();
  readonly #flows: (UdpFlow | undefined)[] = new Array<UdpFlow | undefined>(FLOWS_REMEMBERED).fill(undefined);
  readonly #onBug: (error: unknown) => void;
  #open = true;

  constructor(socket: DatagramSocket, counters: TransportCounters, onBug: (error: unknown) => void) {
    this.socket = socket;
    this.counters = counters;
    this.#onBug = onBug;
  }

  get open(): boolean {
    return this.#open;
  }

  /** The flow to this peer. Peers speak again and again, so theirs are remembered, each at the place its ends tell. */
  flowTo({ address, port }: Endpoint): UdpFlow {
    const place = placeOf(address, port);
    const known = this.#flows[place];
    if (known !== undefined && known.observed.port === port && known.observed.address === address) return known;
    const flow = new UdpFlow(this, { address, port });
    this.#flows[place] = flow;
    return flow;
  }

  watch(told: (why: TransportFailure) => void): Cancel {
    return this.#open ? this.#watchers.add(told) : () => {};
  }

  close(): Promise<void> {
    if (this.#open) {
      this.#open = false;
      this.#watchers.tell({ code: 'closed' }, this.#onBug);
    }
    return this.socket.close();
  }
}

/** Our UDP socket and one peer's observed end. It holds no state: one is as good as another of the same ends. */
export class UdpFlow implements Flow {
  readonly transport = 'udp';
  readonly reliable = false;
  readonly observed: Endpoint;
  readonly #port: UdpPort;
  #id: string | undefined;

  constructor(port: UdpPort, observed: Endpoint) {
    this.#port = port;
    this.observed = observed;
  }

  get id(): string {
    this.#id ??= `udp/${formatEndpoint(this.bound)}/${formatEndpoint(this.observed)}`;
    return this.#id;
  }

  get bound(): Endpoint {
    return this.#port.socket.bound;
  }

  get open(): boolean {
    return this.#port.open;
  }

  send(octets: Buffer, failed?: SendFailed): void {
    if (!this.#port.open) return void failed?.({ code: 'closed' });
    this.#port.counters.sent++;
    this.#port.socket.send(octets, this.observed, failed);
  }

  onClose(told: (why: TransportFailure) => void): Cancel {
    return this.#port.watch(told);
  }
}

function placeOf(address: string, port: number): number {
  let sum = port;
  for (let at = 0; at < address.length; at++) sum = (sum * 31 + address.charCodeAt(at)) | 0;
  return sum & (FLOWS_REMEMBERED - 1);
}
