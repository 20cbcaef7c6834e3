import { isIPv6 } from 'node:net';

/**
 * Whom an address belongs to, for bounds and log lines: an IPv4 address is one source, of IPv6 the whole /64 is, because
 * whoever has one address there has all.
 *
 * @example sourceOf('2001:db8::7:8') === '2001:db8:0:0::/64'
 */
export function sourceOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [left = '', right] = address.replace(/%.*$/, '').split('::');
  const before = left === '' ? [] : left.split(':');
  const groups = [...before];
  if (right !== undefined) {
    const after = right === '' ? [] : right.split(':');
    const afterGroups = after.at(-1)?.includes('.') ? after.length + 1 : after.length;
    while (groups.length + afterGroups < 8) groups.push('0');
    groups.push(...after);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
