import { hasNumber, numberOf } from './keyed-codecs.ts';
import type { LegDescription } from './leg-description.ts';
import { DROPPED, type PayloadTypeMap, TOLD } from './leg-media.ts';

/** For `MediaCall.bridge`: how payload types change on the way from one leg to the other. */
export function payloadTypeMap(from: LegDescription, to: LegDescription): PayloadTypeMap {
  const { arriving } = from;
  const { leaving } = to;
  const map: [number, number, number?][] = [];
  for (const { key, codec } of arriving) {
    if (codec.isTelephoneEvent && to.keys !== 'events' && from.keys === 'events') {
      map.push([codec.payloadType, TOLD, codec.clockRate]);
      continue;
    }
    const leaves = numberOf(key, leaving) ?? DROPPED;
    if (leaves !== codec.payloadType) map.push([codec.payloadType, leaves]);
  }
  // A dynamic number that only the other side knows would be taken for that side's codec.
  for (const { codec } of leaving) {
    const number = codec.payloadType;
    if (number >= FIRST_DYNAMIC && !hasNumber(arriving, number)) map.push([number, DROPPED]);
  }
  return map;
}

const FIRST_DYNAMIC = 96;
