import type { Endpoint } from '@vats/kernel';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { RelayLeg } from './relay-leg.ts';

/** What a leg tells the call that it belongs to. */
export interface LegUser {
  onLearned(leg: RelayLeg, observed: Endpoint): void;
  /** A key of an event that goes no further. */
  onKey(leg: RelayLeg, key: DtmfKey, milliseconds: number): void;
  fail(error: unknown): void;
}

/** Counts every packet that a worker received, for its wake-ups. */
export interface PacketTally {
  packets: number;
}
