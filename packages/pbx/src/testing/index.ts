export { arbitraryPbx } from './arbitrary-pbx.ts';
export { MemorySpendingStore } from './memory-spending-store.ts';
export { appliedTo, modelOf, onlyDomain, worldOf } from './model-of.ts';
