/** What the transport layer counts from its start on; each number only rises. */
export interface TransportCounters {
  /** Messages that came, whole, from sources that may speak to us. */
  received: number;
  /** Messages given to a socket. */
  sent: number;
  /** Datagrams, or connections, from sources that `admit` turned away. */
  refused: number;
  /** Messages that are no SIP at all. */
  malformed: number;
  /** Streams closed because they could not be cut into messages. */
  unframed: number;
  keepAlives: number;
  /** STUN messages that came to a port for SIP, answered or not. */
  stun: number;
  connectionsAccepted: number;
  connectionsMade: number;
  /** TLS handshakes of others with us that came to nothing. */
  handshakesFailed: number;
  /** TLS connections turned away because too many handshakes were asked for in a short time. */
  handshakesOverLimit: number;
  /** Connections turned away because as many as allowed were open. */
  connectionsOverLimit: number;
  /** Connections without good credentials that were torn down because as many as allowed were open and somebody known came. */
  connectionsMadeRoom: number;
  /** Connections closed because the peer was silent, half done, or did not read. */
  connectionsTimedOut: number;
  /** Messages whose handling threw: bugs of ours. */
  handlerFaults: number;
}

export function newTransportCounters(): TransportCounters {
  return {
    received: 0,
    sent: 0,
    refused: 0,
    malformed: 0,
    unframed: 0,
    keepAlives: 0,
    stun: 0,
    connectionsAccepted: 0,
    connectionsMade: 0,
    handshakesFailed: 0,
    handshakesOverLimit: 0,
    connectionsOverLimit: 0,
    connectionsMadeRoom: 0,
    connectionsTimedOut: 0,
    handlerFaults: 0,
  };
}
