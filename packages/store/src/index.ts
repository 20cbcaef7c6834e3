export { makeDirectory } from './make-directory.ts';
export { openStore } from './open-store.ts';
export type { RecordingKeys } from './recording-keys.ts';
export type { AppliedFile, ModelStore, Store, StoreHealth, StoreOptions } from './store.ts';
export { StoreError, type StoreFault } from './store-error.ts';
