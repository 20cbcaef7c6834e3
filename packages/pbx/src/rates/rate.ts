/** What calls to numbers of one prefix cost. Money is in parts of a unit (`MONEY_PARTS`). */
export interface Rate {
  /** Digits after the plus of E.164. */
  readonly prefix: string;
  readonly perMinute: number;
  /** Once for each call that was answered. */
  readonly connection: number;
  /** Seconds that every answered call pays for. */
  readonly first: number;
  /** Seconds that talk beyond them is paid by. */
  readonly next: number;
  readonly name: string;
}

/**
 * The price of a call of that many whole seconds; 0 seconds is a call that nobody answered, and costs nothing. Of
 * increments '60/60' a call of 61 seconds pays for 120. What is no whole part of a unit goes up.
 */
export function priceOf(rate: Rate, seconds: number): number {
  if (seconds <= 0) return 0;
  return rate.connection + Math.ceil((rate.perMinute * paidSeconds(rate, seconds)) / 60);
}

function paidSeconds({ first, next }: Rate, seconds: number): number {
  return seconds <= first ? first : first + Math.ceil((seconds - first) / next) * next;
}

/** The longest call, in whole seconds, that costs no more than that much; 0 when not even the shortest one is paid by it. */
export function longestFor(rate: Rate, money: number): number {
  const { connection, perMinute, first, next } = rate;
  if (money < priceOf(rate, 1)) return 0;
  if (perMinute === 0) return Number.POSITIVE_INFINITY;
  const paid = Math.floor(((money - connection) * 60) / perMinute);
  return first + Math.floor((paid - first) / next) * next;
}
