import type { Endpoint } from '@vats/kernel';

/** What the processes of the players' bench tell each other over their IPC channel: plain data. */

export const CODECS = {
  pcma: { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 },
  pcmu: { payloadType: 0, encoding: 'pcmu/8000/1', ptime: 20 },
  g722: { payloadType: 9, encoding: 'g722/8000/1', ptime: 20 },
  opus: { payloadType: 96, encoding: 'opus/48000/2', ptime: 20 },
} as const;

export type CodecName = keyof typeof CODECS;

/** Who hears: ports of one address. */
export interface Ears {
  readonly address: string;
  readonly ports: readonly number[];
}

/** To a contestant: play to so many listeners. It answers `Playing`, and ends with its channel. */
export interface PlayersOrder {
  readonly players: number;
  readonly ears: Ears;
  readonly codec: CodecName;
  /** All hear the same music at the same place of it; else each a prompt of its own. */
  readonly music: boolean;
  /** Of the raw loop: one socket for all, one for each, or one for each that is connected to its listener. */
  readonly sockets: 'one' | 'each' | 'connected';
}

/** All are played to. */
export interface Playing {
  /** Where each listener would send to; none of the raw loop. */
  readonly legs: readonly Endpoint[];
}

/** To the sink, instead: say something now and then to these, as a phone does that suppresses silence. */
export interface SpeakOrder {
  readonly legs: readonly Endpoint[];
}

/** To the sink: begin to count, or tell what came since and forget it. */
export type SinkOrder = 'count' | 'tell';

/** What the sink heard. */
export interface Heard {
  readonly players: number;
  readonly packets: number;
  /** Missing by the sequence numbers between a player's first packet and its last. */
  readonly lost: number;
  /** The fewest and the most packets of a player. */
  readonly fewest: number;
  readonly most: number;
  /** Of how far the time between two packets of a player was off 20 ms: half of them, 99 % of them, and the worst. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  /** The most by which a player's timestamps and the clock went apart meanwhile, in ms. */
  readonly drift: number;
}
