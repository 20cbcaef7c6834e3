import type { Log } from '@vats/kernel';
import type { SipRequest } from '../message/message.ts';
import type { Flow, TransportLayer } from '../transport/index.ts';
import type { ClientTransactionMachine } from './client-transaction.ts';
import type { TransactionCounters } from './counters.ts';
import type { ServerTransactionMachine } from './server-transaction.ts';
import type { TimerQueues } from './timer-queues.ts';
import type { TransactionTimers } from './timers.ts';

/** What a transaction needs of the layer that it lives in. */
export interface TransactionCore {
  readonly transport: TransportLayer;
  readonly timers: TransactionTimers;
  readonly queues: TimerQueues;
  readonly counters: TransactionCounters;
  readonly log: Log;
  /** An unpredictable To tag. */
  tag(): string;
  /** Runs this in a later turn. */
  later(run: () => void): void;
  /** Told what a user threw, which costs this call and nothing else. */
  bug(error: unknown): void;
  sendCancel(invite: ClientTransactionMachine): void;
  passAckUp(ack: SipRequest, flow: Flow): void;
  clientEnded(transaction: ClientTransactionMachine): void;
  serverEnded(transaction: ServerTransactionMachine): void;
}
