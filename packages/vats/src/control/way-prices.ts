import {
  COMPARED_SECONDS,
  calledBy,
  type Domain,
  formatMoney,
  type OutsideTarget,
  priceOf,
  type Rate,
  type Way,
} from '@vats/pbx';
import { isInTrouble } from '@vats/registrar';
import type { Switch } from '../create-switch.ts';
import { troubleOf } from './trunk-routes.ts';

/** A way outside with what a call by it costs, as far as anyone knows, and what is the matter with its trunk. */
export interface PricedWay extends Way {
  readonly rate?: Rate;
  readonly down?: string;
}

/** The ways of a target in their order. */
export function pricedWays(
  { number, ways }: OutsideTarget,
  { id }: Domain,
  { rates, trunks }: Pick<Switch, 'rates' | 'trunks'>,
): PricedWay[] {
  return ways.map((way): PricedWay => {
    const rate = rates.rateOf(id, way.trunk, calledBy(number, way.send));
    const status = trunks.of(id, way.trunk)?.status();
    return {
      ...way,
      ...(rate !== undefined && { rate }),
      ...(status !== undefined && isInTrouble(status) && { down: troubleOf(status) }),
    };
  });
}

/** @example '7495 Moscow: 1.2 a minute + 0.5 a call, 60/60' */
export function rateText({ prefix, name, perMinute, connection, first, next }: Rate): string {
  const fee = connection === 0 ? '' : ` + ${formatMoney(connection)} a call`;
  return `${`${prefix} ${name}`.trim()}: ${formatMoney(perMinute)} a minute${fee}, ${first}/${next}`;
}

/** What a minute costs, and the call by which trunks are compared. */
export function pricesOf(rate: Rate): { readonly minute: string; readonly compared: string } {
  return { minute: formatMoney(priceOf(rate, 60)), compared: comparedPrice(rate) };
}

/** Why the first of ways in the order of their prices is the first. */
export function whyFirst([first, ...others]: readonly PricedWay[]): string {
  if (first === undefined) return 'there is no way';
  const { trunk, rate, down } = first;
  const length = `a call of ${COMPARED_SECONDS / 60} minutes`;
  if (down !== undefined) return `all its trunks are down: ${trunk} is tried first, in the order of prices`;
  const cheaper = others.filter((other) => other.down !== undefined && isCheaper(other.rate, rate));
  const but =
    cheaper.length === 0 ? '' : `; ${cheaper.map((each) => each.trunk).join(', ')} would be before it, but is down`;
  if (rate === undefined) return `${trunk} goes first: no trunk that is up has a known price${but}`;
  const compared = others.map(
    (other) => `${other.trunk} ${other.rate === undefined ? 'unknown' : comparedPrice(other.rate)}`,
  );
  const against = compared.length === 0 ? '' : ` (${compared.join(', ')})`;
  return `${trunk} goes first: ${length} costs ${comparedPrice(rate)} by it${against}${but}`;
}

function isCheaper(rate: Rate | undefined, than: Rate | undefined): boolean {
  if (rate === undefined) return false;
  return than === undefined || priceOf(rate, COMPARED_SECONDS) <= priceOf(than, COMPARED_SECONDS);
}

function comparedPrice(rate: Rate): string {
  return formatMoney(priceOf(rate, COMPARED_SECONDS));
}
