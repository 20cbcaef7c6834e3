import type { Endpoint } from '@vats/kernel';
import type { Via } from '../message/via.ts';
import type { SendFailed } from './failure.ts';
import type { Flow, TransportName } from './flow.ts';

/** Where SIP lives unless somebody says otherwise (RFC 3261 §19.1.2, RFC 7118 §5.1). */
export const DEFAULT_PORT: Readonly<Record<TransportName, number>> = {
  udp: 5060,
  tcp: 5060,
  tls: 5061,
  ws: 80,
  wss: 443,
};

/**
 * Where a response goes on an unreliable transport (RFC 3261 §18.2.2, RFC 3581 §4): to the observed address and port if
 * the request's top Via has `rport`, else to the observed address at the port of its sent-by. `maddr` is not obeyed: a
 * client writes it when it sends to a multicast group (§18.1.1), which nothing of ours listens to, and anybody else
 * would have our answers sent to a third party by it.
 *
 * @param observed where the request came from
 */
export function datagramResponseTarget(via: Via, observed: Endpoint): Endpoint {
  return via.params.has('rport') ? observed : { address: observed.address, port: via.port ?? DEFAULT_PORT.udp };
}

/**
 * Where to connect for a response whose own connection is gone (RFC 3261 §18.2.2): the observed address, at the port of
 * the sent-by, where the sender must listen (§18.1.1).
 */
export function reconnectTarget(via: Via, observed: Endpoint, transport: TransportName): Endpoint {
  return { address: observed.address, port: via.port ?? DEFAULT_PORT[transport] };
}

/** Takes the responses of one request, each of them whole. */
export type ResponseWay = Pick<Flow, 'send'>;

/** The connection that a request came on, and when that is gone another one (RFC 3261 §18.2.2). */
export class ConnectionResponseWay implements ResponseWay {
  readonly #arrivedOn: Flow;
  readonly #reconnect: () => Flow;

  constructor(arrivedOn: Flow, reconnect: () => Flow) {
    this.#arrivedOn = arrivedOn;
    this.#reconnect = reconnect;
  }

  send(octets: Buffer, failed?: SendFailed): void {
    this.#arrivedOn.send(octets, (failure) => {
      if (failure.code === 'overflow') failed?.(failure);
      else this.#reconnect().send(octets, failed);
    });
  }
}
