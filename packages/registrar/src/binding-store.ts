import type { Binding } from './binding.ts';

/** What one REGISTER, or an expiry, changes: everything of it is written, or nothing. */
export interface BindingChange {
  /** Written in place of any binding with the same `id`. */
  readonly save: readonly Binding[];
  /** Ids of bindings to forget; an unknown id is no error. */
  readonly remove: readonly string[];
}

/**
 * Where bindings outlive the process. The registrar holds all of them in memory and asks the store only at start;
 * `write` is what a REGISTER's 200 waits for.
 */
export interface BindingStore {
  /** Every binding, of all domains, expired ones included (the registrar drops those). */
  load(): Promise<readonly Binding[]>;

  /**
   * Resolves when the change is on disk, rejects when nothing of it is. The registrar has one write under way at a time
   * and gathers what comes meanwhile, so a change may carry the bindings of many phones.
   */
  write(change: BindingChange): Promise<void>;
}
