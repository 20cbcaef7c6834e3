/** Which way a stream flows, as the one who says it sees it (RFC 3264 §5.1). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export function sends(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

export function receives(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

export function directionOf(sending: boolean, receiving: boolean): Direction {
  if (sending) return receiving ? 'sendrecv' : 'sendonly';
  return receiving ? 'recvonly' : 'inactive';
}

/** The nearest direction to `wanted` that may answer `offered` (RFC 3264 §6.1). */
export function answering(offered: Direction, wanted: Direction): Direction {
  return directionOf(sends(wanted) && receives(offered), receives(wanted) && sends(offered));
}
