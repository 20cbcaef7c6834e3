/** Whole parts that a unit of currency is counted in: 1 is a hundredth of a kopeck. Sums of them are exact. */
export const MONEY_PARTS = 10_000;

const DECIMALS = 4;
/** Units: with the parts still far inside the whole numbers that a number holds exactly. */
const LARGEST_UNITS = 100_000_000;

/**
 * Reads an amount such as '1500', '0.5' or '2,35' into parts of a unit; undefined for anything else: signs, exponents,
 * more than four decimals that say something, more than a hundred million. A decimal point and a decimal comma mean the same; spaces
 * between thousands may be there.
 *
 * @example parseMoney('2,35') === 23500
 */
export function parseMoney(text: string): number | undefined {
  const match = /^(\d{1,9}|\d{1,3}(?:[ \u00a0\u202f]\d{3})+)(?:[.,](\d{1,12}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const units = Number(match[1]!.replace(/\D/g, ''));
  const decimals = (match[2] ?? '').replace(/0+$/, '');
  if (units > LARGEST_UNITS || decimals.length > DECIMALS) return undefined;
  return units * MONEY_PARTS + Number(decimals.padEnd(DECIMALS, '0'));
}

/** The shortest text that `parseMoney` reads back. @example formatMoney(23500) === '2.35' */
export function formatMoney(parts: number): string {
  const units = Math.trunc(parts / MONEY_PARTS);
  const decimals = String(parts % MONEY_PARTS)
    .padStart(DECIMALS, '0')
    .replace(/0+$/, '');
  return decimals === '' ? String(units) : `${units}.${decimals}`;
}
