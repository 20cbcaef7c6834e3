import type { HeaderField, SipRequest, SipResponse } from '@vats/sip';
import type { Actor } from '../actor.ts';
import { SWITCH } from '../cast.ts';

export const REQUIRES: HeaderField = ['Require', '100rel'];
export const SUPPORTS: HeaderField = ['Supported', '100rel'];
export const ALLOWS: HeaderField = ['Allow', 'INVITE, ACK, CANCEL, BYE, PRACK, UPDATE'];
const SDP: HeaderField = ['Content-Type', 'application/sdp'];

/** The PRACK to a reliable response that the actor heard. */
export function prack(actor: Actor, response: SipResponse, sdp?: string): void {
  const cseq = response.cseq.ok ? response.cseq.value.number : 0;
  const rack: HeaderField = ['RAck', `${response.value('RSeq')} ${cseq} INVITE`];
  actor.sends('PRACK', { headers: sdp === undefined ? [rack] : [rack, SDP], ...(sdp !== undefined && { body: sdp }) });
}

/** A reliable provisional response with the phone's SDP, which the switch acknowledges at once. */
export function ringsReliably(
  actor: Actor,
  rseq: number,
  options: { sdp?: string | null; fork?: string; status?: number } = {},
) {
  const { sdp = actor.phone.sdp({}), status = 183, ...rest } = options;
  actor.manners.replies.PRACK = 200;
  actor.rings({ status, sdp, headers: [['Require', '100rel'], ['RSeq', `${rseq}`], ALLOWS], ...rest });
  return actor.expects('PRACK');
}

/** An UPDATE with an offer. */
export function update(actor: Actor, sdp: string | undefined, ...headers: HeaderField[]): void {
  const contact: HeaderField = ['Contact', `<${actor.phone.contactUri}>`];
  const all = [contact, ALLOWS, ...headers];
  actor.sends('UPDATE', sdp === undefined ? { headers: all } : { headers: [...all, SDP], body: sdp });
}

/** The 200 to an UPDATE that the actor was told to leave alone. */
export function answersUpdate(actor: Actor, request: SipRequest, sdp?: string, ...headers: HeaderField[]): void {
  const contact: HeaderField = ['Contact', `<${actor.phone.contactUri}>`];
  const all = [contact, ALLOWS, ...headers];
  actor.phone.wire.reply(request, SWITCH, 200, {
    toTag: actor.call.localTag,
    headers: sdp === undefined ? all : [...all, SDP],
    body: sdp,
  });
}
