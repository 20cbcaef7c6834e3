import { expect } from 'vitest';
import type { LegMedia } from '../../sdp/leg-media.ts';
import type { UdpPhone } from '../../testing/udp-phone.ts';
import type { MediaCall, MediaLeg, MediaPlane } from '../media-plane.ts';

// For tests of a whole media plane, with its thread and its sockets.

/** What a phone's description comes to: PCMA both ways. */
export function mediaOf(phone: UdpPhone, rtcp?: UdpPhone): LegMedia {
  const ways = { receives: true, held: false, laws: [[8, 'PCMA']], clockRates: [] } as const;
  return { claimed: phone.at, claimedRtcp: rtcp?.at, ...ways };
}

/** A call, and a promise of its end. */
export function openCall(
  plane: MediaPlane,
  id: string,
): { readonly call: MediaCall; readonly closed: Promise<unknown> } {
  let tell = (_: unknown): void => {};
  const closed = new Promise((resolve) => {
    tell = resolve;
  });
  return { call: plane.openCall(id, (event) => event.kind === 'closed' && tell(event))!, closed };
}

/** A packet of one phone's, sent to its leg, comes to the other phone from that one's leg as it was. */
export async function says(from: UdpPhone, leg: MediaLeg, to: UdpPhone, at: MediaLeg, packet: Buffer): Promise<void> {
  from.send(packet, leg.local);
  expect(await to.next()).toEqual({ packet, from: { address: at.local.address, port: at.local.port } });
}
