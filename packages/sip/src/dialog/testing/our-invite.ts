import type { OutgoingInviteOptions } from '../user.ts';
import type { RawPeer } from './raw-peer.ts';
import { Recorder } from './recorder.ts';
import { type World, world } from './world.ts';

/** An INVITE of ours that has reached the phone. */
export async function calling(options: Partial<OutgoingInviteOptions> = { sdp: 'offer' }) {
  const at = await world();
  const user = new Recorder();
  const invite = at.call(user, options);
  at.clock.advance(50);
  return { ...parts(at), user, invite, received: at.phone.request('INVITE') };
}

function parts(at: World) {
  const { clock, net, phone, dialogs } = at;
  return { at, clock, net, phone, dialogs };
}

/** The same, answered. */
export async function answered(options: Partial<OutgoingInviteOptions> = { sdp: 'offer' }) {
  const scene = await calling(options);
  const { phone, clock, received, user } = scene;
  phone.joinAsCallee(received, 'b1');
  phone.respond(received, 200, { tag: 'b1', sdp: 'answer' });
  clock.advance(50);
  if (user.heard().join() !== 'answer') throw new Error('the call was not answered');
  return { ...scene, session: user.session! };
}

/** The phone ends the call. */
export async function hangUp(phone: RawPeer, at: World) {
  phone.send('BYE');
  at.clock.advance(50);
}
