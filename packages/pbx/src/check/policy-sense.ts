import { type Network, networkOf } from '@vats/kernel';
import type { Frozen } from '../model/model.ts';
import { type AccessPolicy, networkFault } from '../schema/access.ts';
import { countryFault } from '../schema/country.ts';
import { NetworkCover } from './network-cover.ts';

/** What a policy says and can hardly mean; an error where it cannot mean it at all. */
export interface PolicyRemark {
  readonly severity: 'error' | 'warning';
  /** The key of the policy that says it. */
  readonly key: 'allow' | 'deny' | 'countries';
  /** Which of that key's items. */
  readonly index: number;
  readonly message: string;
  readonly remedy: string;
}

const TOLD = 10;

/**
 * Finds networks by which a policy shuts everybody out and such as it names in vain; countries that there are not, and zones. The
 * last two are not the schema's to refuse, because stored policies of before it was asked must be read.
 */
export function remarksOnPolicy({ allow = [], deny = [], countries = [] }: Frozen<AccessPolicy>): PolicyRemark[] {
  const remarks: PolicyRemark[] = [
    ...faultsIn('countries', countries, countryFault),
    ...faultsIn('allow', allow, networkFault),
    ...faultsIn('deny', deny, networkFault),
  ];
  for (const [index, text] of deny.entries()) {
    if (!isEverybody(networkOf(text))) continue;
    const message = `${text} in deny lets nobody with an IPv${networkOf(text).family} address in`;
    remarks.push({
      severity: 'warning',
      key: 'deny',
      index,
      message,
      remedy: 'remove it; mode list lets in allow alone',
    });
  }
  const denied = new NetworkCover(deny);
  for (const [index, text] of allow.entries()) {
    if (remarks.length >= TOLD) break;
    if (!denied.holds(networkOf(text))) continue;
    const message = `${text} is not let in: deny holds it too, and goes first`;
    remarks.push({ severity: 'warning', key: 'allow', index, message, remedy: 'remove it here or there' });
  }
  return remarks;
}

function faultsIn(
  key: PolicyRemark['key'],
  texts: readonly string[],
  faultOf: (text: string) => { message: string; remedy: string } | undefined,
): PolicyRemark[] {
  return texts.flatMap((text, index) => {
    const wrong = faultOf(text);
    return wrong === undefined ? [] : [{ severity: 'error' as const, key, index, ...wrong }];
  });
}

/** Whether every address of a family lies in it. */
export function isEverybody({ family, first, last }: Network): boolean {
  return family === 4 ? first === 0 && last === 2 ** 32 - 1 : first === 0n && last === (1n << 128n) - 1n;
}
