export {
  type AuthenticatedRequest,
  type AuthenticatedRequestUser,
  type AuthenticationReport,
  type DraftOnFlow,
  isChallenge,
  type RequestToAuthenticate,
  sendAuthenticated,
} from './authenticated-request.ts';
export type { TransactionCounters } from './counters.ts';
export type { ClientState } from './invite-client.ts';
export type { ServerState } from './invite-server.ts';
export { type RunningTimer, type TimerOwner, TimerQueues } from './timer-queues.ts';
export { TRANSACTION_TIMERS, type TransactionTimers } from './timers.ts';
export { TransactionLayer, type TransactionLayerOptions } from './transaction-layer.ts';
export type {
  ClientTransaction,
  ClientTransactionUser,
  ServerTransaction,
  ServerTransactionUser,
  TransactionUser,
} from './user.ts';
