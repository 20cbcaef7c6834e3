export { CONNECTION_LIMITS, type ConnectionLimits } from './connection-limits.ts';
export { CONNECTION_BOUNDS, type ConnectionBounds } from './connection-table.ts';
export { CountedClock } from './counted-clock.ts';
export type { TransportCounters } from './counters.ts';
export type { SendFailed, TransportFailure, TransportFailureCode } from './failure.ts';
export {
  type Flow,
  isSecure,
  KEEP_ALIVE,
  KEEP_ALIVE_ANSWER,
  TRANSPORT_NAMES,
  type TransportName,
  transportParameter,
} from './flow.ts';
export { type LoadSample, type LoadSources, loopOccupancy, loopStarvation } from './load-sample.ts';
export type {
  DatagramSocket,
  DatagramUser,
  Network,
  ReceiveBuffer,
  StreamListener,
  StreamListenerUser,
  StreamSocket,
  StreamUser,
} from './network.ts';
export { looksNew } from './new-request.ts';
export {
  type LoadStatus,
  OVERLOAD_LIMITS,
  OverloadControl,
  type OverloadLimits,
  type OverloadOptions,
  type Rank,
} from './overload-control.ts';
export { DEFAULT_PORT, type ResponseWay } from './response-route.ts';
export { sourceOf } from './source.ts';
export { SystemNetwork } from './system-network.ts';
export { SystemTls } from './system-tls.ts';
export type { SecureListenerUser, TlsPeer, TlsRim } from './tls.ts';
export type { OwnCertificate, TlsMaterial } from './tls-material.ts';
export { isWildcard, type Listener } from './transport.ts';
export {
  type FlowTarget,
  type SentBy,
  TransportLayer,
  type TransportLayerOptions,
  type TransportUser,
} from './transport-layer.ts';
export type { Origins } from './web-socket-upgrade.ts';
