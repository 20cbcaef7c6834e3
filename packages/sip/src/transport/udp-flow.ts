import { type Cancel, type Endpoint, formatEndpoint } from '@vats/kernel';
import type { TransportCounters } from './counters.ts';
import type { SendFailed, TransportFailure } from './failure.ts';
import type { Flow } from './flow.ts';
import { FlowWatchers } from './flow-watchers.ts';
import type { DatagramSocket } from './network.ts';

/** A UDP socket that we listen on; all flows over it share what is here. */
export class UdpPort {
  readonly socket: DatagramSocket;
  readonly counters: TransportCounters;
  readonly #watchers = new FlowWatchers();
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

/** Our UDP socket and one peer's observed end. It holds no state, so one is made for each packet and none is kept. */
export class UdpFlow implements Flow {
  readonly transport = 'udp';
  readonly reliable = false;
  readonly observed: Endpoint;
  readonly #port: UdpPort;

  constructor(port: UdpPort, observed: Endpoint) {
    this.#port = port;
    this.observed = observed;
  }

  get id(): string {
    return `udp/${formatEndpoint(this.bound)}/${formatEndpoint(this.observed)}`;
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
