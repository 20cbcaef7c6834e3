import { EMERGENCY_NUMBERS } from '../schema/number.ts';
import { calledBy } from '../spending/called-number.ts';
import { permissionOf } from '../spending/permission.ts';
import type { OutboundMatch } from './outbound.ts';

/**
 * Why a rule does not let a call out that it would send as these digits; undefined where it does. What the digits mean needs the
 * rule's permission, and no denial above the rule may name it: else whoever dials another writing of a number goes past both.
 */
export function refusalAs(match: OutboundMatch, dialled: string, sent: string): string | undefined {
  if (EMERGENCY_NUMBERS.includes(dialled)) return undefined;
  const { rule } = match;
  const permission = permissionOf(rule, dialled, sent);
  if (!permission.permitted) return permission.because;
  const called = calledBy(dialled, sent);
  if (called === dialled || EMERGENCY_NUMBERS.includes(called)) return undefined;
  const denial = match.deniedAs(called);
  return denial && `it is sent as ${sent}, which the rule ${denial.match} above denies`;
}
