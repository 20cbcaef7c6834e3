import type { Cancel, Endpoint } from '@vats/kernel';
import type { SendFailed, TransportFailure } from './failure.ts';
import type { Flow, TransportName } from './flow.ts';

/** A flow that can't be: no listener of that family, or too many connections. Every send fails with its reason. */
export class DeadFlow implements Flow {
  readonly id = 'none';
  readonly transport: TransportName;
  readonly reliable: boolean;
  readonly bound: Endpoint;
  readonly observed: Endpoint;
  readonly open = false;
  readonly #why: TransportFailure;

  constructor(transport: TransportName, observed: Endpoint, why: TransportFailure) {
    this.transport = transport;
    this.reliable = transport !== 'udp';
    this.observed = observed;
    this.bound = { address: observed.address.includes(':') ? '::' : '0.0.0.0', port: 0 };
    this.#why = why;
  }

  send(_octets: Buffer, failed?: SendFailed): void {
    failed?.(this.#why);
  }

  onClose(): Cancel {
    return () => {};
  }
}
