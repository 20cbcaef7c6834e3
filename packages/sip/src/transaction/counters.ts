/** What the transaction layer counts from its start on; each number only rises. */
export interface TransactionCounters {
  /** Requests that came again and found their transaction. */
  requestsAbsorbed: number;
  /** Messages of ours that were sent again because time passed. */
  retransmissions: number;
  /** Requests answered 400, 413 or 505 because they are wrong by RFC 3261. */
  badRequests: number;
  /** Messages without a Via that could be answered to, and responses that can't be believed. */
  unusable: number;
  /** Requests answered 482: the same request came by two ways. */
  merged: number;
  /** Requests answered 503 because as many transactions as allowed lived. */
  overloaded: number;
  /** Answers to requests without a transaction that were not sent, being too much longer than the request. */
  tooLongToAnswer: number;
  /** Responses that no request waits for. */
  stray: number;
  /** Calls into a user that threw: bugs of ours. */
  userFaults: number;
}

export function newTransactionCounters(): TransactionCounters {
  return {
    requestsAbsorbed: 0,
    retransmissions: 0,
    badRequests: 0,
    unusable: 0,
    merged: 0,
    overloaded: 0,
    tooLongToAnswer: 0,
    stray: 0,
    userFaults: 0,
  };
}
