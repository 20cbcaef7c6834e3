/** What the timers of transactions are made of, in milliseconds (RFC 3261 §17.1.1.1, appendix A). */
export interface TransactionTimers {
  /** Estimate of the round-trip time. */
  readonly t1: number;
  /** Longest interval between two sendings of a request other than INVITE, and of a response to INVITE. */
  readonly t2: number;
  /** Longest time that a message stays in the network. */
  readonly t4: number;
  /** An INVITE that its user has not responded to gets 100 after this (RFC 3261 §17.2.1). */
  readonly trying: number;
}

/** RFC 3261's default values (appendix A). */
export const TRANSACTION_TIMERS: TransactionTimers = { t1: 500, t2: 4_000, t4: 5_000, trying: 200 };

/** Timer D is at least this long over UDP: how long the peer's Timer H runs is the peer's to say (RFC 3261 §17.1.1.2). */
const TIMER_D_LEAST = 32_000;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Letters are RFC 3261's and RFC 6026's. The others are named by what they wait for:
 * - `cancelled`: the final response to a cancelled INVITE (RFC 3261 §9.1)
 * - `trying`: the first response to an INVITE, before we send 100 ourselves (RFC 3261 §17.2.1)
 * - `late`: the first response to another request, before we send 100 ourselves (RFC 4320 §4.1)
 * - `abandoned`: the final response to another request, after which no client waits any more (RFC 4320 §4.2)
 */
export type TimerName = keyof typeof DURATIONS;

type Duration = (timers: TransactionTimers, reliable: boolean) => number;

const transactionTime: Duration = ({ t1 }) => 64 * t1;
const firstInterval: Duration = ({ t1 }, reliable) => (reliable ? NEVER : t1);
const networkTime: Duration = ({ t4 }, reliable) => (reliable ? 0 : t4);

const DURATIONS = {
  A: firstInterval,
  B: transactionTime,
  D: ({ t1 }, reliable) => (reliable ? 0 : Math.max(TIMER_D_LEAST, 64 * t1)),
  E: firstInterval,
  F: transactionTime,
  G: firstInterval,
  H: transactionTime,
  I: networkTime,
  J: ({ t1 }, reliable) => (reliable ? 0 : 64 * t1),
  K: networkTime,
  L: transactionTime,
  M: transactionTime,
  cancelled: transactionTime,
  trying: ({ trying }) => trying,
  late: untilIntervalIsT2,
  abandoned: transactionTime,
} as const satisfies Record<string, Duration>;

/** How long a timer runs when its state begins: 0 fires at once, Infinity never. */
export function timerDuration(name: TimerName, timers: TransactionTimers, reliable: boolean): number {
  return DURATIONS[name](timers, reliable);
}

/** When the client's Timer E reaches T2: the sum of its intervals before (RFC 4320 §4.1). 3.5 s by default. */
function untilIntervalIsT2({ t1, t2 }: TransactionTimers): number {
  let sum = 0;
  for (let interval = t1; interval < t2; interval *= 2) sum += interval;
  return sum;
}
