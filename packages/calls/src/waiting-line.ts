import type { Domain, Offer, Plan } from '@vats/pbx';
import type { QueueDesk } from './agent-desk.ts';
import type { Party } from './call-event.ts';

/** Why somebody who waits goes on to elsewhere. */
export type WaitOver = 'queue-waited' | 'queue-nobody';

/** A caller in a queue. */
export interface Waiter {
  /** The id of the call. */
  readonly call: string;
  readonly party: Party;
  readonly plan: Plan;
  /** 1 comes before 2. */
  readonly priority: number;
  /** Wall time, ms. */
  readonly since: number;
  /** `waits`: may ring agents. `rings`: does. `enters`: has no sound yet. */
  readonly stage: 'enters' | 'waits' | 'rings';
  /** Whom this caller can't be put through to, and until when that is not tried again: nobody else's calls pass them over for it. */
  readonly apart: QueueDesk;
  ring(offer: Offer): void;
  /** Waits no longer; one who rings goes when that is over. */
  leave(how: WaitOver): void;
}

/** The callers who wait for one group: by priority, and within one first come, first served. */
export class WaitingLine {
  readonly domain: Domain;
  /** The group's extension. */
  readonly group: string;
  /** Wall time at which agents may be free of whom nothing tells. */
  nextLook = Number.POSITIVE_INFINITY;
  readonly #waiters: Waiter[] = [];

  constructor(domain: Domain, group: string) {
    this.domain = domain;
    this.group = group;
  }

  get size(): number {
    return this.#waiters.length;
  }

  all(): readonly Waiter[] {
    return this.#waiters;
  }

  add(waiter: Waiter): void {
    const behind = this.#waiters.findLastIndex(({ priority }) => priority <= waiter.priority);
    this.#waiters.splice(behind + 1, 0, waiter);
  }

  /** False where the caller is not in it. */
  remove(waiter: Waiter): boolean {
    const at = this.#waiters.indexOf(waiter);
    if (at >= 0) this.#waiters.splice(at, 1);
    return at >= 0;
  }

  /** From 1 on. */
  positionOf(waiter: Waiter): number {
    return this.#waiters.indexOf(waiter) + 1;
  }
}
