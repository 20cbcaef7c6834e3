import type { Endpoint } from '@vats/kernel';

/** What bench processes tell each other over their IPC channel: plain data. */

/** One call's two phones. */
export interface PhonePair {
  readonly a: Endpoint;
  readonly b: Endpoint;
}

/** To a relay: who talks, and where to record it if at all. It answers `RelayReady`. */
export interface RelayOrder {
  readonly phones: readonly PhonePair[];
  readonly recordInto?: string;
}

/** From a relay: where the phones of each call send to. */
export interface RelayReady {
  readonly calls: readonly PhonePair[];
}

/** To the phones: open so many pairs. They answer `PhonesReady`. */
export interface PhonesOrder {
  readonly open: number;
}

export interface PhonesReady {
  readonly phones: readonly PhonePair[];
}

/** To the phones: talk through these ports, `warmUp` seconds that don't count, then `seconds` that do. */
export interface TalkOrder {
  readonly calls: readonly PhonePair[];
  readonly warmUp: number;
  readonly seconds: number;
}

/** From the phones, when the time that counts begins and when it ends: so that CPU is read at the same moments. */
export type TalkNews = 'begin' | 'end' | TalkResult;

export interface TalkResult {
  readonly sent: number;
  readonly received: number;
  /** Milliseconds from a packet's sending to its arrival at the other phone. */
  readonly p50: number;
  readonly p99: number;
}
