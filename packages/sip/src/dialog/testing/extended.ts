import type { DialogLayerOptions } from '../layer.ts';
import type { OutgoingInviteOptions, SessionTimerPolicy } from '../user.ts';
import { Recorder } from './recorder.ts';
import { world } from './world.ts';

export const T1 = 500;

/** Half an hour, refreshed by us. */
export const TIMED: SessionTimerPolicy = { expires: 1_800, min: 90, refresher: 'us', alone: false };

/** A layer that speaks RFC 3262, 3311 and 4028. */
export const EXTENDED: Partial<DialogLayerOptions> = {
  allow: ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'INFO', 'PRACK', 'UPDATE'],
  supported: ['100rel', 'timer'],
};

export const SUPPORTS: readonly [string, string] = ['Supported', '100rel'];
export const REQUIRES: readonly [string, string] = ['Require', '100rel'];
export const ALLOWS: readonly [string, string] = ['Allow', 'INVITE, ACK, BYE, CANCEL, UPDATE, PRACK'];

/** The phone's INVITE has come. */
export async function invited(
  headers: readonly (readonly [string, string])[],
  { sdp = 'offer', ...options }: Partial<DialogLayerOptions> & { readonly sdp?: string | null } = {},
) {
  const at = await world({ ...EXTENDED, ...options });
  const user = new Recorder();
  at.answerBy(user);
  at.phone.invite({ ...(sdp !== null && { sdp }), headers });
  at.clock.advance(50);
  user.heard();
  return { at, user, ...at, phone: at.phone, clock: at.clock, invite: user.incoming! };
}

/** Our INVITE has reached the phone. */
export async function inviting(
  options: Partial<OutgoingInviteOptions> = { sdp: 'offer' },
  layer: Partial<DialogLayerOptions> = {},
) {
  const at = await world({ ...EXTENDED, ...layer });
  const user = new Recorder();
  const invite = at.call(user, options);
  at.clock.advance(50);
  const received = at.phone.request('INVITE');
  at.phone.joinAsCallee(received, 'b1');
  return { at, user, invite, phone: at.phone, clock: at.clock, received };
}

type Invited = Awaited<ReturnType<typeof invited>>;

/** The phone acknowledges the last reliable response. */
export function prack({ phone, clock }: Pick<Invited, 'phone' | 'clock'>, status: number, sdp?: string): void {
  const response = phone.response(status);
  phone.join(response);
  const cseq = response.cseq.ok ? response.cseq.value.number : 0;
  phone.send('PRACK', {
    headers: [['RAck', `${response.value('RSeq')} ${cseq} INVITE`]],
    ...(sdp !== undefined && { sdp }),
  });
  clock.advance(50);
}
