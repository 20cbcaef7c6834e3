/**
 * Why octets did not go out, or why a flow is gone.
 *
 * - `refused`: nobody listens there (also an ICMP answer, where the system tells)
 * - `unreachable`: no route, no listener of that family, or the network refused to carry it
 * - `reset`: the peer tore the connection down
 * - `closed`: the flow was closed, by the peer in good order or by us
 * - `timeout`: no connection, no progress or no traffic for too long
 * - `too-large`: more octets than a datagram takes
 * - `overflow`: the flow's queue is full, or as many connections as allowed are open
 * - `untrusted`: a TLS handshake failed: the peer's certificate is not one that we take, or it did not take ours
 * - `framing`: what came on the stream can't be cut into messages
 * - `failed`: anything else; `detail` has the system's word for it
 */
export type TransportFailureCode =
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'closed'
  | 'timeout'
  | 'too-large'
  | 'overflow'
  | 'untrusted'
  | 'framing'
  | 'failed';

/** Why something could not be sent, or a connection is gone (RFC 3261 §18.4). */
export interface TransportFailure {
  readonly code: TransportFailureCode;
  /** For a person: the system's error code, or what was wrong. */
  readonly detail?: string;
}

/** Called at most once, when octets given to a flow could not be sent. */
export type SendFailed = (failure: TransportFailure) => void;

const BY_SYSTEM_CODE: Readonly<Record<string, TransportFailureCode>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EAFNOSUPPORT: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  EINVAL: 'unreachable',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ERR_STREAM_DESTROYED: 'closed',
  ERR_STREAM_WRITE_AFTER_END: 'closed',
  ERR_SOCKET_DGRAM_NOT_RUNNING: 'closed',
  ERR_SOCKET_CLOSED: 'closed',
  ERR_SOCKET_CLOSED_BEFORE_CONNECTION: 'closed',
  ECANCELED: 'closed',
  ETIMEDOUT: 'timeout',
  EMSGSIZE: 'too-large',
  ENOBUFS: 'overflow',
};

/** Reads an error that a socket gave. */
export function failureFromError(error: unknown): TransportFailure {
  const named = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof named !== 'string') return { code: 'failed', detail: String(error) };
  return { code: BY_SYSTEM_CODE[named] ?? 'failed', detail: named };
}
