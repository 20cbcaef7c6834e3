import type { RegistrarLimits } from './limits.ts';

/**
 * The seconds that a binding is granted, 0 for its removal, or undefined when the phone asks for less than the minimum
 * (423, RFC 3261 §10.3 item 7).
 *
 * @param asked the Contact's `expires`, else the Expires header; undefined when there is neither, or only nonsense
 * @param shortLived the phone is behind a NAT and on UDP
 */
export function grantedExpires(
  asked: number | undefined,
  shortLived: boolean,
  limits: RegistrarLimits,
): number | undefined {
  if (asked === 0) return 0;
  if (asked !== undefined && asked < limits.minExpires) return undefined;
  const most = shortLived ? Math.min(limits.maxExpires, limits.maxExpiresBehindNat) : limits.maxExpires;
  return Math.min(asked ?? limits.defaultExpires, most);
}
