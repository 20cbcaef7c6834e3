import type { Endpoint } from '@vats/kernel';

/** A way between a party and the switch. */
export type Way =
  | { readonly transport: 'udp'; readonly phone: Endpoint }
  /** `id` names the connection: the recorded one's number, or a new name when the switch connected. */
  | { readonly transport: 'tcp'; readonly phone: Endpoint; readonly id: string };

/** What a replay plays against: a switch behind sockets, in memory or of the machine. */
export interface ReplayTarget {
  /** Sends what a party says. A TCP connection is opened when its name is first used. */
  send(way: Way, to: Endpoint, octets: Buffer): void;
  /** Told of each whole message of the switch's. Set by the replay. */
  onHear: (way: Way, octets: Buffer) => void;
}
