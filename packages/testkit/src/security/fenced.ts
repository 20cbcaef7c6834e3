import type { Endpoint } from '@vats/kernel';
import type { SipMessage } from '@vats/sip';
import { labelOf } from '../phone/inbox.ts';
import type { World } from '../world.ts';
import { BarePhone } from './accounts.ts';
import { withCountries } from './geography.ts';
import { Stranger } from './stranger.ts';

export const METHODS = ['REGISTER', 'INVITE', 'OPTIONS', 'MESSAGE', 'SUBSCRIBE', 'BYE', 'CANCEL', 'NOTIFY', 'FOO'];
export const ONLY_RUSSIA = { pbx: 'access: russia', settings: withCountries() };

/** What a stranger over UDP is told to each of these. */
export async function hears(world: World, at: Endpoint, ...requests: readonly string[]): Promise<string[]> {
  const stranger = await Stranger.overUdp(world, at);
  stranger.says(...requests);
  const heard = stranger.hears();
  await stranger.leaves();
  return heard;
}

/** What comes of a REGISTER with good credentials from there; its challenge is answered. */
export async function registers(world: World, at: Endpoint, login = 'alice'): Promise<string> {
  const stranger = await Stranger.overUdp(world, at);
  const phone = new BarePhone(world, stranger, login);
  const label = labelOf(await phone.registers({ nonce: await phone.nonce() }));
  await stranger.leaves();
  return label;
}

/** Octets without what is random in them: the nonce, our tag, and what the phone itself made up. */
export function shown(answer: SipMessage): string {
  return answer.bytes
    .toString('latin1')
    .replace(/nonce="[^"]*"/g, (nonce) => '*'.repeat(nonce.length))
    .replace(/^(To: .*;tag=)(\S+)/m, (_, before, tag) => before + '*'.repeat(tag.length))
    .replace(/(bare-|z9hG4bKraw)\d+/g, '$1*');
}
