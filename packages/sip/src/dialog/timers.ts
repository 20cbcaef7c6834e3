/** Times of the dialog layer in milliseconds. T1 and T2 are those of the transactions below (RFC 3261 §17.1.1.1). */
export interface DialogTimers {
  /** Estimate of the round-trip time: first interval of repetition, and 1/64 of every deadline. */
  readonly t1: number;
  /** Longest interval of repetition. */
  readonly t2: number;
  /** A provisional response of ours is repeated so often, lest a proxy's Timer C end the call (RFC 3261 §13.3.1.1). */
  readonly provisional: number;
  /** A re-INVITE of ours that got a 1xx and no final response is cancelled after this: the peer asks nobody for so long. */
  readonly reinvite: number;
}

/** RFC 3261's values, and how often a provisional response is repeated (§13.3.1.1). */
export const DIALOG_TIMERS: DialogTimers = { t1: 500, t2: 4_000, provisional: 60_000, reinvite: 60_000 };
