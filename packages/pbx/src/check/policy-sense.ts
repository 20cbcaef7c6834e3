import { type Network, networkOf } from '@vats/kernel';
import type { Frozen } from '../model/model.ts';
import type { AccessPolicy } from '../schema/access.ts';
import { NetworkCover } from './network-cover.ts';

/** What a policy says and can hardly mean. */
export interface PolicyRemark {
  /** The key of the policy that says it. */
  readonly key: 'allow' | 'deny';
  /** Which of that key's networks. */
  readonly index: number;
  readonly message: string;
  readonly remedy: string;
}

const TOLD = 10;

/** Finds networks by which a policy shuts everybody out, and such as it names in vain. */
export function remarksOnPolicy({ allow = [], deny = [] }: Frozen<AccessPolicy>): PolicyRemark[] {
  const remarks: PolicyRemark[] = [];
  for (const [index, text] of deny.entries()) {
    if (!isEverybody(networkOf(text))) continue;
    const message = `${text} in deny lets nobody with an IPv${networkOf(text).family} address in`;
    remarks.push({ key: 'deny', index, message, remedy: 'remove it; mode list lets in allow alone' });
  }
  const denied = new NetworkCover(deny);
  for (const [index, text] of allow.entries()) {
    if (remarks.length >= TOLD) break;
    if (!denied.holds(networkOf(text))) continue;
    const message = `${text} is not let in: deny holds it too, and goes first`;
    remarks.push({ key: 'allow', index, message, remedy: 'remove it here or there' });
  }
  return remarks;
}

/** Whether every address of a family lies in it. */
export function isEverybody({ family, first, last }: Network): boolean {
  return family === 4 ? first === 0 && last === 2 ** 32 - 1 : first === 0n && last === (1n << 128n) - 1n;
}
