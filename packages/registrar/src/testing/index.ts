export { MemoryBindingStore } from './memory-binding-store.ts';
