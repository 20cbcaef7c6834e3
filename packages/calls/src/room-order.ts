import type { RoomOrder } from '@vats/media';
import type { Leg } from './leg.ts';
import { formatFor } from './speaker.ts';

/** How a leg takes part in a room by what is agreed with it now; undefined where it has no codec that can be mixed. */
export function roomOrderOf(leg: Leg, seat: Pick<RoomOrder, 'room' | 'as' | 'presence'>): RoomOrder | undefined {
  const format = formatFor(leg);
  if (format === undefined) return undefined;
  const { sound, events } = leg.sdp.heardIn;
  const { number, name } = leg.party;
  const party = { number, ...(name !== undefined && { name }) };
  return { ...seat, format, sources: sound, events, party };
}
