import type { Clock } from '@vats/kernel';
import type { Ban } from './ban.ts';
import type { BanNetwork } from './ban-network.ts';
import { Neighbours } from './neighbours.ts';
import { Offences } from './offences.ts';

/**
 * What bans of the switch make of later ones, also when they are over: a further one of the same subject is longer, and of enough
 * networks side by side the wider one is banned. Neighbours are forgotten after 24 hours and offences after 7 days, so whoever keeps
 * the bans that `needs` tells of has all that this must know after a restart.
 */
export class PastBans {
  readonly #offences: Offences;
  readonly #neighbours: Neighbours;

  constructor(clock: Clock) {
    this.#offences = new Offences(clock);
    this.#neighbours = new Neighbours(clock);
  }

  /** How many bans the subject has had lately. */
  offencesOf(where: BanNetwork, user: string | undefined): number {
    return this.#offences.of(subjectOf(where, user));
  }

  /** Whether this ban is to be kept for what it makes of later ones. */
  needs(where: BanNetwork, { id, user }: Ban): boolean {
    return this.#offences.isIn(subjectOf(where, user), id);
  }

  /** A ban of an earlier process. Answers the ids of bans that need not be kept any more. */
  noteBan(where: BanNetwork, ban: Ban): string[] {
    const wider = where.around[1];
    if (ban.user === undefined && where.isSource && wider !== undefined) this.noteNeighbour(where, wider, ban.since);
    return this.noteOffence(where, ban);
  }

  /** A ban, or when one ended. Answers the ids of bans that need not be kept any more. */
  noteOffence(where: BanNetwork, ban: Ban): string[] {
    return this.#offences.note(subjectOf(where, ban.user), ban, ban.until ?? ban.since);
  }

  /** True when with this network enough of those within the wider one were banned. */
  noteNeighbour(where: BanNetwork, wider: string, since: number): boolean {
    return this.#neighbours.note(where.text, wider, since);
  }

  /** What the subject did counts no more. Answers the ids of bans that need not be kept any more. */
  forget(where: BanNetwork, user: string | undefined): string[] {
    const wider = where.around[1];
    if (where.isSource && wider !== undefined) this.#neighbours.forget(where.text, wider);
    return this.#offences.forget(subjectOf(where, user));
  }

  /** Answers the ids of bans that need not be kept any more. */
  sweep(): string[] {
    this.#neighbours.sweep();
    return this.#offences.sweep();
  }
}

function subjectOf({ identity }: BanNetwork, user: string | undefined): string {
  return user === undefined ? identity : `${identity}\n${user}`;
}
