import type { SipRequest } from '@vats/sip';
import type { Actor } from '../actor.ts';
import { SWITCH } from '../cast.ts';
import type { PhoneCall } from '../phone/phone-call.ts';
import { readSdp } from '../phone/sdp-text.ts';
import type { World } from '../world.ts';

/** A blind transfer of whoever talks with the actor, to somebody or a number. */
export function refers(actor: Actor, to: Actor | string, more: readonly (readonly [string, string])[] = []): void {
  const number = typeof to === 'string' ? to : to.number;
  actor.sends('REFER', { headers: [['Refer-To', `<sip:${number}@${SWITCH.address}>`], ...more] });
}

/** Its dialog as it would name it to whoever is to replace it: escaped, for Refer-To. */
export function replacesOf({ callId, localTag, remoteTag }: PhoneCall): string {
  return encodeURIComponent(`${callId};to-tag=${remoteTag};from-tag=${localTag}`);
}

/** Whom the phone's first call holds is put through to whom its second one does. */
export function joins(calls: readonly PhoneCall[], number: string): void {
  const [first, second] = calls as [PhoneCall, PhoneCall];
  first.request('REFER', {
    headers: [['Refer-To', `<sip:${number}@${SWITCH.address}?Replaces=${replacesOf(second)}>`]],
  });
}

/** What a NOTIFY of a transfer says: the status line, the subscription's state, the event. */
export function fragment(notify: SipRequest): (string | undefined)[] {
  return [notify.body.toString().trim(), notify.value('Subscription-State'), notify.value('Event')];
}

/** One side holds the other, who agrees. */
export function holds(actor: Actor, other: Actor): void {
  actor.holds();
  other.answers();
  actor.hears('200 INVITE');
  other.expects('ACK');
}

/** What the actor was told last of the direction of its sound. */
export function directionAt(actor: Actor): string {
  return readSdp(actor.call.remoteSdp ?? '').direction;
}

/** The events of transfers, in order. */
export function typesOf(world: World): string[] {
  return world.events.map(({ type }) => type).filter((type) => type.startsWith('transfer.'));
}
