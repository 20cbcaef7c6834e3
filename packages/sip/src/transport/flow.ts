import type { Cancel, Endpoint } from '@vats/kernel';
import type { SendFailed, TransportFailure } from './failure.ts';

/** `ws` and `wss` are WebSocket connections without and with TLS (RFC 7118). Nothing above asks more than what `Flow` says. */
export type TransportName = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** Every transport that can be spoken, the plain ones first. */
export const TRANSPORT_NAMES: readonly TransportName[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];

/** Whether nobody on the way can read along: what a `sips:` URI asks of every hop (RFC 3261 §26.2.2). */
export function isSecure(transport: TransportName): boolean {
  return transport === 'tls' || transport === 'wss';
}

/**
 * What a URI of ours says of the transport: nothing for UDP, which is meant where nothing is said (RFC 3263 §4.1). A WebSocket
 * is `ws` with and without TLS (RFC 7118 §5.2.1).
 * @example transportParameter('wss') === ';transport=ws'
 */
export function transportParameter(transport: TransportName): string {
  if (transport === 'udp') return '';
  return `;transport=${transport === 'wss' ? 'ws' : transport}`;
}

/**
 * A way to and from one peer (RFC 5626 §2): our socket and their observed end, or one connection. Requests and
 * responses that belong to a flow are sent over it whatever their size.
 */
export interface Flow {
  /**
   * Names the flow, for a binding's record: two UDP flows between the same ends have one id, also after a restart;
   * each connection has an id of its own that never returns.
   */
  readonly id: string;
  readonly transport: TransportName;
  /** True when the transport itself repeats what was lost. */
  readonly reliable: boolean;
  /** Our end. */
  readonly bound: Endpoint;
  /** Their end, as packets come from there: never what a header claims. */
  readonly observed: Endpoint;
  /** Of a connection: pings of ours (`KEEP_ALIVE`) that its peer has not answered yet (RFC 5626 §4.4.1). */
  readonly pongsDue?: number;
  /** False once nothing can be sent any more. */
  readonly open: boolean;
  /**
   * Sends one whole message, or `KEEP_ALIVE`. Never throws. `failed` is called in this turn or a later one, at most
   * once, and only when it is known that the octets did not leave.
   */
  send(octets: Buffer, failed?: SendFailed): void;
  /** Tells once when the flow is gone. One that is gone already tells nothing: look at `open` first. */
  onClose(told: (why: TransportFailure) => void): Cancel;
}

/** The double CRLF that keeps a flow's NAT binding alive; on a stream it is the ping of RFC 5626 §3.5.1. */
export const KEEP_ALIVE: Buffer = Buffer.from('\r\n\r\n', 'latin1');

/** The single CRLF that answers a ping on a stream (RFC 5626 §3.5.1). */
export const KEEP_ALIVE_ANSWER: Buffer = Buffer.from('\r\n', 'latin1');
