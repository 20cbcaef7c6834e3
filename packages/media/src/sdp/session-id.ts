import type { Random } from '@vats/kernel';

/** A session id for `o=`: 61 random bits, so that no two dialogs of ours share one, as digits of a 62-bit number. */
export function sessionIdFrom(random: Random): string {
  return `${random.below(2 ** 32)}${String(random.below(2 ** 29)).padStart(9, '0')}`;
}
