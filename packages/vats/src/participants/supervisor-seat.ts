import type { Party } from '@vats/calls';

/** In place of the name of a leg, which a supervisor has none of in the call. */
export function seatOf({ extension }: Party): string {
  return `supervisor-${extension}`;
}
