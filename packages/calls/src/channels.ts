import type { LegName } from './call-event.ts';
import type { LegHoldings } from './leg-holdings.ts';

/** What has channels. */
export type ChannelKind = 'number' | 'trunk';

/**
 * How many calls each number and each trunk carries. A channel is taken in the turn that decides about it, so calls that come
 * at the same moment can't pass a limit together. Keys are names that the model has; those in use alone are kept.
 */
export class ChannelCounts {
  readonly #counts = new Map<string, number>();

  /** Numbers and trunks that carry something now. */
  get size(): number {
    return this.#counts.size;
  }

  /** @param domain `Domain.id` */
  inUse(domain: string, kind: ChannelKind, key: string): number {
    return this.#counts.get(keyOf(domain, kind, key)) ?? 0;
  }

  add(domain: string, kind: ChannelKind, key: string, by: 1 | -1): void {
    const full = keyOf(domain, kind, key);
    const count = (this.#counts.get(full) ?? 0) + by;
    if (count > 0) this.#counts.set(full, count);
    else this.#counts.delete(full);
  }
}

/** The channels of one call. */
export class CallChannels {
  readonly #counts: ChannelCounts;
  readonly #holdings: LegHoldings;
  readonly #domain: string;
  readonly #numbers = new Set<string>();

  constructor(counts: ChannelCounts, holdings: LegHoldings, domain: string) {
    this.#counts = counts;
    this.#holdings = holdings;
    this.#domain = domain;
  }

  /** The number of the domain that the call came to first. */
  get firstNumber(): string | undefined {
    const [first] = this.#numbers;
    return first;
  }

  /** Takes a trunk's channel for a leg; false, and nothing is taken, when all are in use. @param of any number unless given */
  takeTrunk(leg: LegName, trunk: string, of: number | undefined): boolean {
    if (of !== undefined && this.#counts.inUse(this.#domain, 'trunk', trunk) >= of) return false;
    this.#take(leg, 'trunk', trunk);
    return true;
  }

  /** The call has come to a number of the domain, and stays a call by it until it ends, once however often it comes there. */
  takeNumber(leg: LegName, number: string): void {
    if (this.#numbers.has(number)) return;
    this.#numbers.add(number);
    this.#take(leg, 'number', number);
  }

  #take(leg: LegName, kind: ChannelKind, key: string): void {
    this.#counts.add(this.#domain, kind, key, 1);
    this.#holdings.hold(leg, () => this.#counts.add(this.#domain, kind, key, -1));
  }
}

function keyOf(domain: string, kind: ChannelKind, key: string): string {
  return `${domain}\n${kind}\n${key}`;
}
