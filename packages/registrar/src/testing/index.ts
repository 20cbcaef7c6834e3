export { MemoryBindingStore } from './memory-binding-store.ts';
export { sampleBinding } from './sample-binding.ts';
