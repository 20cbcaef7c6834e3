import type { Party } from '@vats/calls';
import type { DialogView } from '@vats/sip';
import type { Participant, ParticipantsUser } from '../participants/participant.ts';
import { resourceKey } from './resource.ts';

/** A dialog of somebody who can be watched, with the other party as the switch knows it. */
export interface Lamp {
  readonly id: string;
  readonly direction: DialogView['direction'];
  readonly state: Exclude<DialogView['state'], 'terminated'>;
  readonly remote: Party | undefined;
}

/** What lamps show: who is in which call, by employee and by trunk. */
export class Lamps implements ParticipantsUser {
  readonly #lamps = new Map<string, Map<string, Lamp>>();
  readonly #onChange: (resource: string) => void;

  /** @param onChange told of each resource (`resourceKey`) whose lamps are other ones now */
  constructor(onChange: (resource: string) => void) {
    this.#onChange = onChange;
  }

  /** Resources with lamps that are lit: for the ledger. */
  get size(): number {
    return this.#lamps.size;
  }

  /** The dialogs of a resource, the oldest first. */
  of(resource: string): readonly Lamp[] {
    return [...(this.#lamps.get(resource)?.values() ?? [])];
  }

  participantChanged(before: Participant | undefined, after: Participant | undefined): void {
    const [whose, whoseNow] = [before && resourceOf(before), after && resourceOf(after)];
    if (before !== undefined && whose !== undefined && whose !== whoseNow) this.#putOut(whose, idOf(before));
    if (after !== undefined && whoseNow !== undefined) this.#light(whoseNow, after);
  }

  #light(whose: string, participant: Participant): void {
    const lamps = this.#lamps.get(whose) ?? new Map<string, Lamp>();
    this.#lamps.set(whose, lamps);
    const { trunk, dialled, state, party } = participant;
    const id = idOf(participant);
    // A trunk's lamp shows the switch's side of its dialogs: whom it has called there, or what was called through it.
    const began = dialled === (trunk === undefined);
    const remote = trunk !== undefined && began ? party : participant.remote;
    lamps.set(id, { id, direction: began ? 'initiator' : 'recipient', state, remote: remote && shown(remote) });
    this.#onChange(whose);
  }

  #putOut(whose: string, id: string): void {
    const lamps = this.#lamps.get(whose);
    if (lamps?.delete(id) !== true) return;
    if (lamps.size === 0) this.#lamps.delete(whose);
    this.#onChange(whose);
  }
}

function idOf({ call, place }: Participant): string {
  return `${call}.${place}`;
}

function resourceOf({ domain, party, trunk }: Participant): string | undefined {
  if (trunk !== undefined) return resourceKey({ domain, kind: 'trunk', name: trunk });
  const { extension } = party;
  return extension === undefined ? undefined : resourceKey({ domain, kind: 'employee', name: extension });
}

/** A colleague by the extension alone: at which number outside they are reached is theirs. */
function shown(party: Party): Party {
  const { extension, name } = party;
  return extension === undefined ? party : { number: extension, extension, ...(name !== undefined && { name }) };
}
