import type { SipRequest, SipResponse } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { ReplyDraft } from '../message/write-response-to.ts';
import type { Flow, TransportFailure } from '../transport/index.ts';
import type { ClientState } from './invite-client.ts';
import type { ServerState } from './invite-server.ts';

/** The owner of the transaction layer: what belongs to no transaction yet. Everything is told in the turn of its event. */
export interface TransactionUser {
  /**
   * A new request that RFC 3261 finds in order (`checkRequest`): no retransmission, no ACK, no CANCEL, not merged. The
   * user makes a transaction of it by `accept`, or answers by `replyStatelessly` and forgets it.
   */
  onRequest(request: SipRequest, flow: Flow): void;
  /**
   * Whether a request that `onRequest` is not told of and that belongs to nothing of ours (a CANCEL of nothing, one that is
   * wrong or merged) gets the answer that it is due. Without it always.
   */
  mayAnswer?(request: SipRequest, flow: Flow): boolean;
  /** An ACK that belongs to no response other than 2xx of a transaction here. */
  onAck(request: SipRequest, flow: Flow): void;
  /** A response that no request of ours waits for: a 2xx that comes again, say. */
  onStrayResponse?(response: SipResponse, flow: Flow): void;
}

/** A peer's request that we owe a final response, or have given one (RFC 3261 §17.2). */
export interface ServerTransaction {
  readonly request: SipRequest;
  /** The flow that the request came on. */
  readonly flow: Flow;
  readonly state: ServerState;
  /**
   * Sends a response. Without `toTag` the transaction has a tag of its own. After 2xx to an INVITE another 2xx passes
   * through; any other response after a final one, a provisional one (or 408) to what is no INVITE, and anything after the
   * end are ignored (RFC 4320).
   * @throws UnsafeValue when a value of the draft can't be written; nothing has happened then
   */
  respond(draft: ReplyDraft): void;
  /**
   * After a final response: the user has no more to say and wants to hear no more. The transaction lives on, but keeps
   * neither the request nor the user from being forgotten.
   */
  release(): void;
}

/** Told what happens to a request that was accepted (RFC 3261 §17.2). */
export interface ServerTransactionUser {
  /**
   * The client gave up before our final response; the layer has answered the CANCEL, 487 to the INVITE is owed. Without
   * this function the layer sends it.
   */
  onCancel?(cancel: SipRequest): void;
  /** A response could not be sent. The transaction goes on (RFC 6026 §8.8): the client may ask again. */
  onTransportError?(failure: TransportFailure): void;
  onTerminated?(): void;
}

/** A request of ours that is under way (RFC 3261 §17.1). */
export interface ClientTransaction {
  readonly flow: Flow;
  /** Of the top Via: names the transaction (RFC 3261 §17.1.3). */
  readonly branch: string;
  readonly state: ClientState;
  /** The request went out more than once: nobody can tell which sending an answer is to, so it says nothing of the round trip (Karn's rule). */
  readonly isRepeated: boolean;
  /**
   * Takes an INVITE back (RFC 3261 §9.1): CANCEL goes out when a provisional response came; none after a final one. If
   * then no final response comes in 64*T1, `onTimeout` is told. Ignored for other requests, and the second time.
   * @param headers for the CANCEL, Reason say
   */
  cancel(headers?: readonly HeaderField[]): void;
}

/** None of these is called before `send` has returned. */
export interface ClientTransactionUser {
  /** Every response that is no retransmission of a final one; of 2xx to an INVITE every one, after a failure too. */
  onResponse(response: SipResponse, flow: Flow): void;
  /** No (final) response came in time: as if 408 had (RFC 3261 §8.1.3.1). */
  onTimeout(): void;
  /** The request could not be sent, or its connection is gone without a response: as if 503 had come. */
  onTransportError(failure: TransportFailure): void;
  onTerminated?(): void;
}
