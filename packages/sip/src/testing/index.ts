export { MemoryNetwork } from './memory-network.ts';
export { describeOctets, type What, type WireMessage } from './wire.ts';
