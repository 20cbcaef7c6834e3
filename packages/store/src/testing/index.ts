export { fillHistory } from './fill-history.ts';
export { MemoryStore } from './memory-store.ts';
