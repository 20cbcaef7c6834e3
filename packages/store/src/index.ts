export {
  type AppliedFile,
  type ModelStore,
  type Store,
  StoreError,
  type StoreFault,
  type StoreHealth,
  type StoreOptions,
} from './store.ts';
