import type { Cancel } from '@vats/kernel';
import type { TransportFailure } from './failure.ts';

/** Who wants to hear of a flow's end. Each is told once, and one that throws keeps nobody else from hearing. */
export class FlowWatchers {
  readonly #told = new Set<{ readonly told: (why: TransportFailure) => void }>();

  add(told: (why: TransportFailure) => void): Cancel {
    const entry = { told };
    this.#told.add(entry);
    return () => void this.#told.delete(entry);
  }

  tell(why: TransportFailure, onBug: (error: unknown) => void): void {
    const entries = [...this.#told];
    this.#told.clear();
    for (const { told } of entries) {
      try {
        told(why);
      } catch (error) {
        onBug(error);
      }
    }
  }
}
