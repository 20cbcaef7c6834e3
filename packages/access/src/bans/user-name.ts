import { sourceKey } from '../rates/source-key.ts';

/** Longer than any name of an account with its domain: what follows would only fill our memory. */
const LONGEST = 256;

/** The part of a claimed `domain\nusername` that is compared and kept. */
export function comparable(user: string): string {
  return user.length > LONGEST ? user.slice(0, LONGEST) : user;
}

/** The key of a `comparable` user at the source that an address counts under. */
export function pairOf(address: string, user: string): string {
  return `${sourceKey(address)}\n${user}`;
}
