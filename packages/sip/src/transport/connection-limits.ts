/** Times of a connection in milliseconds, and how much it may hold. */
export interface ConnectionLimits {
  /** From asking for a connection until it is up; of one that was accepted until TLS and WebSocket handshakes are done. */
  readonly connect: number;
  /** From the acceptance of a connection until its first message that can be read. */
  readonly firstMessage: number;
  /** From the acceptance of a connection until its peer has shown who it is, whatever it says meanwhile. */
  readonly stranger: number;
  /** From the first octet of a message until its last. */
  readonly halfMessage: number;
  /** With nothing sent and nothing received. */
  readonly idle: number;
  /** With octets to send, and none taken by the peer. */
  readonly stalled: number;
  /** From our end of a connection until we tear it down. */
  readonly linger: number;
  /** Octets that may wait to be sent. */
  readonly queueOctets: number;
  /** Pings, or empty lines between messages, that may come at once, … */
  readonly pingsAtOnce: number;
  /** … and the time in which the peer gets one more. */
  readonly pingEvery: number;
}

/** RFC 3261 names no times of its own; `idle` must exceed a transaction (§18) and a phone's keep-alive. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  connect: 8_000,
  firstMessage: 20_000,
  stranger: 60_000,
  halfMessage: 10_000,
  idle: 900_000,
  stalled: 30_000,
  linger: 3_000,
  queueOctets: 1_048_576,
  pingsAtOnce: 64,
  pingEvery: 500,
};
