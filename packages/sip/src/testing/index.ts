export { FakeDns } from '../locate/testing/fake-dns.ts';
export type { Frame } from '../transport/framing.ts';
export { StreamFramer } from '../transport/stream-framer.ts';
export { answerStun } from '../transport/stun.ts';
export { WebSocketFramer } from '../transport/web-socket-framer.ts';
export { MemoryNetwork } from './memory-network.ts';
export { MemoryTls } from './memory-tls.ts';
export { clientFrame, upgradeRequest, WebSocketClient } from './web-socket-client.ts';
export { describeOctets, type What, type WireMessage } from './wire.ts';
