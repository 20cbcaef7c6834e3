import type { Cancel, Endpoint } from '@vats/kernel';
import type { Flow, TransportFailure, TransportName } from '@vats/sip';

/** A flow that keeps what is sent over it and ends when a test says so. */
export class FakeFlow implements Flow {
  readonly id: string;
  readonly transport: TransportName;
  readonly reliable: boolean;
  readonly bound: Endpoint;
  readonly observed: Endpoint;
  readonly sent: Buffer[] = [];
  open = true;
  readonly #listeners = new Set<(why: TransportFailure) => void>();

  /** A datagram flow has the same id whenever its ends are the same; `id` tells connections apart. */
  constructor(transport: TransportName, bound: Endpoint, observed: Endpoint, id?: string) {
    this.transport = transport;
    this.reliable = transport !== 'udp';
    this.bound = bound;
    this.observed = observed;
    this.id = id ?? `${transport} ${bound.address}:${bound.port} ${observed.address}:${observed.port}`;
  }

  /** Who waits to hear of its end. */
  get listeners(): number {
    return this.#listeners.size;
  }

  send(octets: Buffer): void {
    this.sent.push(octets);
  }

  onClose(told: (why: TransportFailure) => void): Cancel {
    this.#listeners.add(told);
    return () => {
      this.#listeners.delete(told);
    };
  }

  close(): void {
    this.open = false;
    for (const told of [...this.#listeners]) told({ code: 'closed' });
    this.#listeners.clear();
  }
}
