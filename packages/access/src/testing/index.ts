export { MemoryBanStore } from './memory-ban-store.ts';
export { MemoryPlaceStore } from './memory-place-store.ts';
export { type MmdbOptions, type MmdbValue, writeMmdb } from './mmdb.ts';
