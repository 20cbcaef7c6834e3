import { CALLER, type Party } from '@vats/calls';

/** Somebody in a call that is up: at one of its legs, or in a supervisor's seat. */
export interface Participant {
  readonly call: string;
  /** `Domain.id`. */
  readonly domain: string;
  /** Unique in the call: the leg's name, or what stands for a seat. */
  readonly place: string;
  readonly party: Party;
  /** They asked not to be named to others. */
  readonly hides?: true;
  /** The trunk that the call came or went by here. */
  readonly trunk?: string;
  /** They dialled, in this call or in the one that a transfer has brought them from. */
  readonly dialled: boolean;
  /** `trying`: nobody has been told to ring yet. `early`: somebody rings. `confirmed`: they are on the phone. */
  readonly state: 'trying' | 'early' | 'confirmed';
  /** With whom, or at whose number; undefined where that is several, or somebody who does not want to be named. */
  readonly remote: Party | undefined;
}

/** A conversation that is over. Times are milliseconds since the epoch. */
export interface Conversation {
  /** `Domain.id`. */
  readonly domain: string;
  readonly from: Party;
  /** Who spoke with the caller. */
  readonly by: Party;
  /** The group as whose member they were rung. */
  readonly group?: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Who wants to know of participants. */
export interface ParticipantsUser {
  /** Somebody came (`before` is undefined), is in another state or with somebody else, or has left (`after` is undefined). */
  participantChanged?(before: Participant | undefined, after: Participant | undefined): void;
  conversationEnded?(conversation: Conversation): void;
}

/** Whether somebody is on the phone: whoever dials is so already. */
export function isOnThePhone({ place, state }: Participant): boolean {
  return state === 'confirmed' || place === CALLER;
}
