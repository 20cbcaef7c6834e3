import type { Endpoint } from '@vats/kernel';
import type { Session } from '@vats/sip';
import type { LegName, Party } from './call-event.ts';
import type { CallState } from './call-state.ts';

/** A call as `vats calls` shows it. Times are milliseconds since the epoch. */
export interface CallSnapshot {
  readonly id: string;
  readonly domain: string;
  /** Who is in the caller's place: a transfer may have left somebody else there. */
  readonly from: Party;
  /** By whoever called, or by who sent the other side on last. */
  readonly dialled: string;
  readonly state: CallState['name'];
  readonly startedAt: number;
  /** The first answer, whoever came later. */
  readonly answeredAt?: number;
  readonly answeredBy?: Party;
  /** With whom they talk now; the switch itself among them. */
  readonly talksWith?: Party;
  /** There is a recording of it, or of some of it. */
  readonly recorded: boolean;
  readonly recording: 'off' | 'on' | 'paused';
  readonly legs: readonly {
    readonly leg: LegName;
    readonly party: Party;
    readonly flow: string;
    /** Where its messages come from. */
    readonly observed: Endpoint;
    /** The peer's own address, where that is a proxy's. */
    readonly client?: string;
    /** This leg's peer holds the call. */
    readonly holds: boolean;
    /** The session's timer: seconds, and who refreshes. `peerSupports`: false where the switch refreshes for itself alone. */
    readonly sessionTimer?: {
      readonly expires: number;
      readonly refresher: 'switch' | 'peer';
      readonly peerSupports: boolean;
    };
    /** The suite that its sound is encrypted with. */
    readonly srtp?: string;
    /** What comes from it is converted for the other side; names of codecs. */
    readonly converted?: { readonly from: string; readonly to: string };
  }[];
}

/** The session's timer as a snapshot of its leg shows it. */
export function timerSeen(session: Session | undefined): Pick<CallSnapshot['legs'][number], 'sessionTimer'> {
  const timer = session?.sessionTimer;
  if (timer === undefined) return {};
  return { sessionTimer: { ...timer, refresher: timer.refresher === 'us' ? 'switch' : 'peer' } };
}
