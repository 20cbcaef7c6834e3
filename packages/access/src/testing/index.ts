export { type MmdbOptions, writeMmdb } from './mmdb.ts';
