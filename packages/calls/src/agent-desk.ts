import type { AgentDesk, Domain } from '@vats/pbx';

/**
 * What the queues know of agents beside what calls tell of everybody: whose phones ring for a caller of some queue, and who is left in
 * peace because they took none. Keys are members of groups; a rest that is over is forgotten at the next look.
 */
export class QueueDesk implements AgentDesk {
  readonly #engaged = new Map<string, number>();
  /** Wall time at which each ends. */
  readonly #rests = new Map<string, number>();

  /** Agents whose phones ring: for the ledger. A rest ends by itself, and is forgotten at the next look. */
  get engaged(): number {
    return this.#engaged.size;
  }

  isEngaged(domain: Domain, to: string): boolean {
    return this.#engaged.has(keyOf(domain, to));
  }

  restsUntil(domain: Domain, to: string): number {
    return this.#rests.get(keyOf(domain, to)) ?? 0;
  }

  engage(domain: Domain, to: string): void {
    const key = keyOf(domain, to);
    this.#engaged.set(key, (this.#engaged.get(key) ?? 0) + 1);
  }

  release(domain: Domain, to: string): void {
    const key = keyOf(domain, to);
    const left = (this.#engaged.get(key) ?? 0) - 1;
    if (left > 0) this.#engaged.set(key, left);
    else this.#engaged.delete(key);
  }

  /** @param until wall time, ms */
  rest(domain: Domain, to: string, until: number): void {
    this.#rests.set(keyOf(domain, to), Math.max(until, this.restsUntil(domain, to)));
  }

  /** As this desk has it, and with those who are left out for one caller resting as well. @param apart of that caller */
  with(apart: QueueDesk): AgentDesk {
    return {
      isEngaged: (domain, to) => this.isEngaged(domain, to),
      restsUntil: (domain, to) => Math.max(this.restsUntil(domain, to), apart.restsUntil(domain, to)),
    };
  }

  /** Forgets the rests that are over, and says when the next one will be; undefined where nobody rests. @param now wall time, ms */
  sweep(now: number): number | undefined {
    let next: number | undefined;
    for (const [key, until] of this.#rests) {
      if (until <= now) this.#rests.delete(key);
      else next = Math.min(next ?? until, until);
    }
    return next;
  }
}

function keyOf({ id }: Domain, to: string): string {
  return `${id}\n${to}`;
}
