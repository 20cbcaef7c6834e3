import type { Endpoint } from '@vats/kernel';
import type { SendFailed, TransportFailure } from './failure.ts';

/**
 * The rim between the stack and whatever carries octets: `SystemNetwork` over the machine's sockets, `MemoryNetwork`
 * (in `@vats/sip/testing`) under a fake clock. Addresses are IP literals, without brackets; port 0 asks for a free one.
 *
 * Sockets never throw from `send`, `write`, `close`, and no error of theirs goes unheard: it ends in a `SendFailed`, in
 * `onClosed`, or in `onFailure`.
 */
export interface Network {
  /** @throws (rejects) with the system's error when the address can't be bound. */
  bindUdp(at: Endpoint, user: DatagramUser): Promise<DatagramSocket>;
  /** @throws (rejects) with the system's error when the address can't be bound. */
  listenTcp(at: Endpoint, user: StreamListenerUser): Promise<StreamListener>;
  /** Connects from the local address `from`, or from one that the system picks. Returns at once; writes wait. */
  connectTcp(from: string | undefined, to: Endpoint, user: StreamUser): StreamSocket;
  /**
   * The address of this machine that a packet to `remote` most likely leaves from: what a socket bound to the wildcard
   * address should call itself. Undefined when there is none of that family.
   */
  localAddressTowards(remote: string): string | undefined;
}

/** Told what comes to a socket for datagrams. */
export interface DatagramUser {
  /** `behind` when more comes than we can take: what matters less is better left unread, or the rest is lost unseen. */
  onDatagram(octets: Buffer, from: Endpoint, behind?: boolean): void;
  /** A failure that belongs to no send. The socket goes on unless it is closed. */
  onFailure(failure: TransportFailure): void;
}

/** How much of what came in the system keeps until we read it, in octets. */
export interface ReceiveBuffer {
  readonly asked: number;
  readonly granted: number;
}

/** A socket for datagrams; its user hears what comes. */
export interface DatagramSocket {
  readonly bound: Endpoint;
  /** Absent where no system keeps anything. */
  readonly receiveBuffer?: ReceiveBuffer;
  /** For how long more has been waiting than a turn of the event loop takes, in ms; 0 when it has not. Absent as above. */
  readonly backlog?: number;
  send(octets: Buffer, to: Endpoint, failed?: SendFailed): void;
  /** Resolves when the port is free again. */
  close(): Promise<void>;
}

/** Told who connects to a socket that takes connections. */
export interface StreamListenerUser {
  /** Somebody connected. What is returned hears of the stream; undefined refuses it (it is torn down at once). */
  onConnection(stream: StreamSocket): StreamUser | undefined;
  onFailure(failure: TransportFailure): void;
}

/** A socket that takes connections. */
export interface StreamListener {
  readonly bound: Endpoint;
  /** Accepts no more; streams already open stay. Resolves when the port is free again. */
  close(): Promise<void>;
}

/** Told what happens on a connection. */
export interface StreamUser {
  /**
   * The connection that we asked for is up; from now on `bound` and `observed` are true. Of accepted ones only where TLS is
   * spoken: its handshake is done, and octets may come and go.
   */
  onConnected?(): void;
  onOctets(octets: Buffer): void;
  /** The peer will send no more; what we write still goes out. */
  onEnded(): void;
  /** The stream is gone; nothing is called after it. `failure.code` is 'closed' when both sides ended in good order. */
  onClosed(failure: TransportFailure): void;
}

/** One connection, as far as it is ours to use: it never throws. */
export interface StreamSocket {
  /** Our end. The port is 0 until the connection is up. */
  readonly bound: Endpoint;
  /** Their end as the system sees it. */
  readonly observed: Endpoint;
  /** Octets written and not yet taken by the system. */
  readonly unsent: number;
  write(octets: Buffer, failed?: SendFailed): void;
  /** Sends what is written, then tells the peer that no more comes. */
  end(): void;
  /** Tears the stream down now; what is unsent is lost. `onClosed` follows in a later turn. */
  destroy(): void;
}
