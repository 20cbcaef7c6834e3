import type { StoredRegister } from './number-register.ts';

/** Keeps the numbering register over restarts; there is one, for all domains. */
export interface RegisterStore {
  load(): Promise<StoredRegister | undefined>;
  /** Puts it in the place of the one that was there; all of it or nothing. Resolves when it is durable. */
  save(register: StoredRegister): Promise<void>;
}
