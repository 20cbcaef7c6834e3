import { type Clock, ExpiringMap } from '@vats/kernel';
import { detached } from '../message/wire-text.ts';

/** Counters up to this far below the highest one seen may still arrive: UDP reorders, and a phone may send several requests at once. */
export const NC_WINDOW = 64;

const NC_PATTERN = /^[0-9a-fA-F]{8}$/;

interface Window {
  highest: number;
  /** Bit n: `highest - n` was used. */
  used: bigint;
}

/**
 * Remembers which `nc` of which nonce was used (RFC 7616 §3.4), a bitmap a nonce. Only requests with a right digest are
 * recorded, so no stranger fills it; when full, the nonce used longest ago is forgotten.
 */
export class NonceCounters {
  readonly #windows: ExpiringMap<string, Window>;

  /** `lifetime` in milliseconds: at least that of a nonce. */
  constructor(options: { clock: Clock; limit: number; lifetime: number }) {
    this.#windows = new ExpiringMap(options);
  }

  /** Nonces remembered. */
  get size(): number {
    return this.#windows.size;
  }

  /** True when `count` was not used yet and is not too far behind. */
  isNew(nonce: string, count: number): boolean {
    const window = this.#windows.get(nonce);
    if (window === undefined || count > window.highest) return true;
    const behind = window.highest - count;
    return behind < NC_WINDOW && (window.used & (1n << BigInt(behind))) === 0n;
  }

  record(nonce: string, count: number): void {
    const window = this.#windows.get(nonce);
    if (window === undefined) {
      this.#windows.set(detached(nonce), { highest: count, used: 1n });
      return;
    }
    if (count > window.highest) {
      const ahead = count - window.highest;
      window.used = ahead < NC_WINDOW ? BigInt.asUintN(NC_WINDOW, window.used << BigInt(ahead)) : 0n;
      window.highest = count;
    }
    const behind = window.highest - count;
    if (behind < NC_WINDOW) window.used |= 1n << BigInt(behind);
    this.#windows.set(detached(nonce), window);
  }
}

/** Reads `nc`: exactly eight hex digits (RFC 7616 §3.4), zero not among them. */
export function parseNonceCount(text: string): number | undefined {
  if (!NC_PATTERN.test(text)) return undefined;
  const count = Number.parseInt(text, 16);
  return count === 0 ? undefined : count;
}
