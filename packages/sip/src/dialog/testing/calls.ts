import type { DialogLayerOptions } from '../layer.ts';
import type { Session } from '../user.ts';
import { Recorder } from './recorder.ts';
import { type World, world } from './world.ts';

/** A call that stands between the world's stack and its phone, in which nothing is under way. */
export interface StandingCall {
  readonly at: World;
  readonly user: Recorder;
  readonly session: Session;
}

/** The phone has called. */
export async function phoneCalled(options: Partial<DialogLayerOptions> = {}): Promise<StandingCall> {
  const at = await world(options);
  const user = new Recorder();
  at.answerBy(user);
  at.phone.invite({ sdp: 'offer' });
  at.clock.advance(50);
  const session = user.incoming!.accept({ sdp: 'ours' });
  at.clock.advance(50);
  at.phone.join(at.phone.response(200));
  at.phone.send('ACK');
  at.clock.advance(50);
  user.heard();
  at.phone.received.length = 0;
  return { at, user, session };
}

/** We have called. */
export async function weCalled(options: Partial<DialogLayerOptions> = {}): Promise<StandingCall> {
  const at = await world(options);
  const user = new Recorder();
  at.call(user, { sdp: 'offer' });
  at.clock.advance(50);
  const invite = at.phone.request('INVITE');
  at.phone.joinAsCallee(invite, 'b1');
  at.phone.respond(invite, 200, { tag: 'b1', sdp: 'answer' });
  at.clock.advance(50);
  user.heard();
  at.phone.received.length = 0;
  return { at, user, session: user.session! };
}

/** The phone hangs up; then nothing may be left. */
export function endOf(call: StandingCall): string[] {
  const { at, user } = call;
  at.phone.send('BYE');
  at.clock.advance(50);
  const last = user.heard().at(-1);
  return [...(last === 'end remote-bye' ? [] : [`last event: ${last}`]), ...at.leftovers()];
}
