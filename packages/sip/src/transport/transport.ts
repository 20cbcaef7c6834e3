import type { Endpoint, LogFields } from '@vats/kernel';
import type { TransportFailure } from './failure.ts';
import type { Flow, TransportName } from './flow.ts';
import type { FramingFault } from './framing.ts';
import type { ReceiveBuffer } from './network.ts';
import type { TlsPeer } from './tls.ts';

/** A socket that we listen on. */
export interface Listener {
  readonly transport: TransportName;
  /** Where it is bound, the port filled in. */
  readonly endpoint: Endpoint;
  /** Of a socket for datagrams. */
  readonly receiveBuffer?: ReceiveBuffer | undefined;
  /** Of a socket for datagrams: as `DatagramSocket.backlog`. */
  readonly backlog?: number | undefined;
  /** Takes nothing more and frees the port; connections that it accepted stay. */
  close(): Promise<void>;
}

/** One transport protocol, as the layer sees it. */
export interface Transport {
  readonly listeners: readonly Listener[];
  /** @throws (rejects) with the system's error when the address can't be bound. */
  listen(at: Endpoint): Promise<Listener>;
  /**
   * A way to this peer: an open one, or one that is opened behind the flow. Always answers; it may be a dead one.
   * @param peer who must be there, over TLS
   */
  flowTo(to: Endpoint, listener?: Listener, peer?: TlsPeer): Flow;
  flowById(id: string): Flow | undefined;
  /** Tears down connections with these far ends; where there are none to tear down it does nothing. Answers how many. */
  dropFlows(isUnwelcome: (observed: Endpoint) => boolean): number;
  /** The port at which the peer of this flow reaches us with a request of its own. */
  reachablePort(flow: Flow): number;
  close(): Promise<void>;
}

/** What the transports hand up to the layer. */
export interface Intake {
  /** Asked before anything of what a source sends is read; `octets` are absent when it only connects; `behind` as `DatagramUser` says. */
  admits(observed: Endpoint, transport: TransportName, octets?: Buffer, behind?: boolean): boolean;
  /** One whole message, or what claims to be one. Answers whether it could be read. */
  onOctets(octets: Buffer, flow: Flow): boolean;
  /** A keep-alive of the peer's, or its answer to one of ours (RFC 5626 §3.5): it is there. */
  onKeepAlive(flow: Flow): void;
  /** A stream that can't be cut any more; it ends after this call. */
  onUnframed(fault: FramingFault, head: Buffer, flow: Flow): void;
  /** Somebody who wanted to hear of the flow's end threw. */
  onBug(error: unknown, flow: Flow): void;
  /** A socket that we listen on failed, or could not accept: a log line, one a second at most. */
  onSocketFailure(transport: TransportName, bound: Endpoint, failure: TransportFailure): void;
  /** Something about a source that is worth a log line, one a second at most. */
  report(event: string, transport: TransportName, observed: Endpoint, fields?: LogFields): void;
}

/**
 * The listener from which a peer is best reached: same family, and loopback only from loopback.
 * @example pickListener(listeners, { address: '192.0.2.1', port: 5060 })
 */
export function pickListener<L extends { readonly endpoint: Endpoint }>(
  listeners: readonly L[],
  to: Endpoint,
): L | undefined {
  const family = listeners.filter(({ endpoint }) => endpoint.address.includes(':') === to.address.includes(':'));
  const near = isLoopback(to.address);
  const fit = ({ endpoint }: L): boolean => isWildcard(endpoint.address) || isLoopback(endpoint.address) === near;
  return family.find(fit) ?? family[0];
}

/** Whether an address stands for all of this machine's: 0.0.0.0 or ::. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
