import type { Settings } from '@vats/vats';
import { PHONES, pbxYaml } from '../cast.ts';
import { guardedBy } from '../world.ts';

/** Where the addresses of scenarios are, as far as a switch with these overrides knows. */
const OVERRIDES = { '192.0.2.0/24': 'RU', '203.0.113.0/24': 'DE', '198.18.0.0/15': 'KZ', '2001:db8::/32': 'RU' };

/** A country has no phones of the cast but those at 192.0.2.x and on IPv6. */
export const GERMANY = { address: '203.0.113.66', port: 5066 };
export const RUSSIA = { address: '192.0.2.66', port: 5066 };
export const KAZAKHSTAN = { address: '198.18.0.66', port: 5066 };

/** Settings under which the addresses of scenarios have countries. */
export function withCountries(access: Partial<Settings['access']> = {}): Partial<Settings> {
  return guardedBy({ geo: { database: 'builtin', overrides: OVERRIDES }, ...access });
}

/** The company's PBX file in which one account has a policy of its own. */
export function pbxWithDevicePolicy(login: string, policy: string, extra = ''): string {
  const { password } = PHONES.alice;
  const device = `login: ${login}, password: ${password}`;
  const text = pbxYaml(extra).replace(`${device} `, `${device}, access: ${policy} `);
  if (!text.includes(policy)) throw new Error(`no device has the login ${login}`);
  return text;
}
