import { isOnThePhone, type Participant, type ParticipantsUser } from '../participants/participant.ts';

/** What an employee has to do with calls that are up. */
export interface Engagement {
  /** Calls that the employee made or answered. */
  readonly talking: number;
  /** Calls that ring at any of their phones. */
  readonly ringing: number;
}

const FREE: Engagement = { talking: 0, ringing: 0 };

/** How many calls each employee has to do with. A call counts once for them, however many of their phones ring. */
export class Engagements implements ParticipantsUser {
  /** By employee, and by the place that they have in a call. */
  readonly #employees = new Map<string, Map<string, Participant>>();

  /** Employees who are on the phone, or rung: for the ledger. */
  get size(): number {
    return this.#employees.size;
  }

  /** @param domain `Domain.id` */
  of(domain: string, extension: string): Engagement {
    const places = this.#employees.get(keyOf(domain, extension));
    if (places === undefined) return FREE;
    const talking = new Set<string>();
    const ringing = new Set<string>();
    for (const each of places.values()) (isOnThePhone(each) ? talking : ringing).add(each.call);
    return { talking: talking.size, ringing: ringing.size };
  }

  participantChanged(before: Participant | undefined, after: Participant | undefined): void {
    const [key, keyNow] = [before && keyOfParty(before), after && keyOfParty(after)];
    if (before !== undefined && key !== undefined && key !== keyNow) this.#leave(key, before);
    if (after === undefined || keyNow === undefined) return;
    const places = this.#employees.get(keyNow) ?? new Map<string, Participant>();
    this.#employees.set(keyNow, places.set(placeOf(after), after));
  }

  #leave(key: string, participant: Participant): void {
    const places = this.#employees.get(key);
    places?.delete(placeOf(participant));
    if (places?.size === 0) this.#employees.delete(key);
  }
}

function keyOfParty({ domain, party: { extension } }: Participant): string | undefined {
  return extension === undefined ? undefined : keyOf(domain, extension);
}

function keyOf(domain: string, extension: string): string {
  return `${domain}\n${extension}`;
}

function placeOf({ call, place }: Participant): string {
  return `${call}\n${place}`;
}
