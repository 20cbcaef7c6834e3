export { MOST_WAITING as MOST_PENDING_WRITES } from './group-commit.ts';
export { makeDirectory } from './make-directory.ts';
export { PutThread } from './object-storage/put-thread.ts';
export { type S3Options, S3Storage, type StoredObject } from './object-storage/s3-storage.ts';
export { type FaultKind, StorageFault } from './object-storage/storage-fault.ts';
export { openStore } from './open-store.ts';
export type { RecordingKeys } from './recording-keys.ts';
export type { AppliedFile, ModelStore, Store, StoreHealth, StoreOptions } from './store.ts';
export { StoreError, type StoreFault } from './store-error.ts';
