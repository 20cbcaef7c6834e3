import type { Endpoint } from '@vats/kernel';
import type { TransportFailure } from './failure.ts';
import type { StreamListener, StreamListenerUser, StreamSocket, StreamUser } from './network.ts';

/** As whom the far end of a TLS connection of ours must show itself. */
export interface TlsPeer {
  /** What was to be reached, before the DNS was asked (RFC 5922 §7.3): a domain, or an IP literal. */
  readonly name: string;
  /**
   * - `strict`: by the rules of RFC 5922, under which a wildcard stands for nothing
   * - `wildcard`: `*.example.com` stands for one label, as on the web (RFC 6125 §6.4.3)
   * - `off`: anybody may answer; what is said is still encrypted, for whoever that is
   */
  readonly verify: 'strict' | 'wildcard' | 'off';
  /** A PEM file of the authorities that are believed in place of the system's. */
  readonly authorities?: string | undefined;
}

/** A text that is the same for the same demand: a connection that was made under one serves no other. */
export function keyOfPeer({ name, verify, authorities = '' }: TlsPeer): string {
  return `${name.toLowerCase()} ${verify} ${authorities}`;
}

/** Who hears of connections to a TLS listener, also of those whose handshake came to nothing. */
export interface SecureListenerUser extends StreamListenerUser {
  /** The first octets of a handshake have come from there. False refuses it, before it costs anything, and its connection ends. */
  mayHandshake(observed: Endpoint): boolean;
  /** A handshake failed; of whoever left in the middle of one nothing is told. `observed` is absent when the system has forgotten it. */
  onHandshakeFailed(failure: TransportFailure, observed: Endpoint | undefined): void;
}

/**
 * The rim to TLS, beside `Network`: `SystemTls` over `node:tls`, `MemoryTls` (in `@vats/sip/testing`) without any encryption.
 */
export interface TlsRim {
  /**
   * `onConnection` is called when somebody connects, and `mayHandshake` when something has come from them, before the handshake, so that
   * refusing costs none. `onConnected` of what `onConnection` returns tells that the handshake is done. @throws (rejects) with the system's error when the address can't be bound.
   */
  listen(at: Endpoint, user: SecureListenerUser): Promise<StreamListener>;
  /** As `Network.connectTcp`; `onConnected` tells that the handshake is done and the peer is who it should be. */
  connect(from: string | undefined, to: Endpoint, peer: TlsPeer, user: StreamUser): StreamSocket;
}
