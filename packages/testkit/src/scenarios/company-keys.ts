import type { DtmfKey } from '@vats/media';
import type { FakeMediaCall } from '@vats/media/testing';
import type { Actor } from '../actor.ts';
import type { World } from '../world.ts';
import { connect } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';

export const KEYS = [...'0123456789*#ABCD'] as DtmfKey[];

/** The company whose trunk has its keys so. */
export function companyWithKeys(dtmf: 'info' | 'inband') {
  return { pbx: COMPANY.replace('codecs: [PCMA]', `codecs: [PCMA]\n    dtmf: ${dtmf}`), users: pbxUser() };
}

/** Alice calls outside by that trunk, and they talk. */
export function talkOutside(alice: Actor, itsp: Actor, world: World): FakeMediaCall {
  alice.invites('+79031234567');
  connect(alice, itsp);
  return world.media.calls.at(-1)!;
}

/** A number of the company is called by that trunk, and they talk. */
export function talkFromOutside(itsp: Actor, alice: Actor, world: World): FakeMediaCall {
  itsp.invites('84951234567');
  connect(itsp, alice);
  return world.media.calls.at(-1)!;
}
