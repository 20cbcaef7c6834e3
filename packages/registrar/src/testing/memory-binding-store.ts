import type { Binding } from '../binding.ts';
import type { BindingChange, BindingStore } from '../binding-store.ts';

/** Keeps bindings in memory; a test may hold writes back or let them fail. */
export class MemoryBindingStore implements BindingStore {
  readonly bindings = new Map<string, Binding>();
  /** Every change that was asked for, failed ones included. */
  readonly writes: BindingChange[] = [];
  /** Set to let the next writes fail with it. */
  failure: Error | undefined;
  #held: (() => void)[] | undefined;

  async load(): Promise<readonly Binding[]> {
    return [...this.bindings.values()];
  }

  async write(change: BindingChange): Promise<void> {
    this.writes.push(change);
    const held = this.#held;
    if (held !== undefined) await new Promise<void>((release) => held.push(release));
    if (this.failure !== undefined) throw this.failure;
    for (const id of change.remove) this.bindings.delete(id);
    for (const binding of change.save) this.bindings.set(binding.id, binding);
  }

  /** Lets no write end until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const release of held) release();
  }
}
