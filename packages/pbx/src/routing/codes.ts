import { type Domain, setting } from '../model/model.ts';
import type { Codes } from '../schema/voicemail.ts';

/** What is dialled where the domain's file says nothing. */
export const USUAL_CODES: Required<Codes> = { voicemail: '*98' };

/** What employees of the domain dial for something that the switch itself does. */
export function codeOf(domain: Domain, what: keyof Codes): string {
  return setting(domain, 'codes')[what] ?? USUAL_CODES[what];
}
