export type { SendFailed, TransportFailure, TransportFailureCode } from './failure.ts';
export { type Flow, KEEP_ALIVE, KEEP_ALIVE_ANSWER, type TransportName } from './flow.ts';
export type {
  DatagramSocket,
  DatagramUser,
  Network,
  StreamListener,
  StreamListenerUser,
  StreamSocket,
  StreamUser,
} from './network.ts';
export { SystemNetwork } from './system-network.ts';
