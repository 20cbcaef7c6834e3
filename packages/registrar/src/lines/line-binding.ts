import { type Cancel, type Clock, formatEndpoint, type Random, sameEndpoint } from '@vats/kernel';
import type { Flow, Server, SipResponse, TransportLayer } from '@vats/sip';
import { FlowHold, holdOf } from './flow-hold.ts';
import { serviceRouteOf } from './service-route.ts';

export interface BindingParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Pick<TransportLayer, 'sentBy' | 'dropFlows'>;
  /** The granted time is over. */
  readonly onExpired: () => void;
  /** The connection that the binding was made over is gone, so many milliseconds after it was made. */
  readonly onFlowClosed: (age: number) => void;
}

interface Place {
  readonly endpoint: Server;
  readonly flow: Flow;
  /** Of the clock's `monotonic()`. */
  readonly at: number;
}

/** What a peer granted us: where, over what flow, until when. Keeps the flow open and notices its end. */
export class LineBinding {
  /** Undefined: there is no binding. */
  place: Place | undefined;
  /** Wall time. */
  until: number | undefined;
  /** Our address as the peer saw it, when it said so. */
  seenAs: string | undefined;
  /** Route header values for our requests there (RFC 3608); none unless the peer named some. */
  serviceRoute: readonly string[] = [];
  /** Its connection is gone: no call comes over it any more. */
  isCutOff = false;
  readonly #parts: BindingParts;
  readonly #hold: FlowHold;
  #stopExpiry: Cancel = () => {};
  #stopWatching: Cancel = () => {};

  constructor(parts: BindingParts) {
    this.#parts = parts;
    this.#hold = new FlowHold(parts.clock, parts.random, (flow) => this.#flowFailed(flow));
  }

  /** A 2xx granted it for `milliseconds`, in the place of what was before. */
  make(endpoint: Server, flow: Flow, response: SipResponse, milliseconds: number): void {
    const { clock } = this.#parts;
    this.#stopTimers();
    this.place = { endpoint, flow, at: clock.monotonic() };
    this.until = clock.now() + milliseconds;
    this.serviceRoute = serviceRouteOf(response);
    this.isCutOff = !flow.open;
    const isBehindNat = this.#look(flow, response);
    if (flow.reliable) this.#stopWatching = flow.onClose(() => this.#flowClosed(flow));
    this.#stopExpiry = clock.after(milliseconds, () => this.#parts.onExpired());
    this.#hold.keep(flow.reliable || isBehindNat ? flow : undefined, holdOf(response));
  }

  /** Nothing is kept open or told any more; the place is still known, for taking the binding away. */
  rest(): void {
    this.#stopTimers();
    this.#hold.keep(undefined);
  }

  forget(): void {
    this.rest();
    this.place = undefined;
    this.until = undefined;
    this.serviceRoute = [];
  }

  /** Pings of ours are answered no more: the connection is as good as closed, and is, so that the next REGISTER makes another (RFC 5626 §4.4.1). */
  #flowFailed({ observed }: Flow): void {
    this.#parts.transport.dropFlows((each, transport) => transport !== 'udp' && sameEndpoint(each, observed));
  }

  #stopTimers(): void {
    this.#stopExpiry();
    this.#stopWatching();
  }

  /** Reads how the peer saw us (RFC 3581 §4). Answers whether that is elsewhere than we say. */
  #look(flow: Flow, { topVia }: SipResponse): boolean {
    const own = this.#parts.transport.sentBy(flow);
    const { received = undefined, rport = undefined } = topVia.ok ? topVia.value : {};
    const address = received ?? own.host;
    const port = typeof rport === 'number' ? rport : own.port;
    this.seenAs = received === undefined && typeof rport !== 'number' ? undefined : formatEndpoint({ address, port });
    // Over a connection the port is never the listener's.
    return address !== own.host || (!flow.reliable && port !== own.port);
  }

  #flowClosed(flow: Flow): void {
    const { place } = this;
    if (place?.flow !== flow) return;
    this.isCutOff = true;
    this.#hold.keep(undefined);
    this.#parts.onFlowClosed(this.#parts.clock.monotonic() - place.at);
  }
}
