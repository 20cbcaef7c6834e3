import { CALLER, type CallEvent, type LegName, type Party } from '@vats/calls';
import type { DialogView } from '@vats/sip';
import { seatOf } from '../supervisor-seat.ts';
import { resourceKey } from './resource.ts';

/** A dialog of somebody who can be watched, with the other party as the switch knows it. */
export interface Lamp {
  readonly id: string;
  readonly direction: DialogView['direction'];
  readonly state: Exclude<DialogView['state'], 'terminated'>;
  readonly remote: Party | undefined;
}

interface OpenCall {
  readonly domain: string;
  /** Who is in the caller's place, and at which leg: a transfer may have left somebody else there. */
  from: Party;
  caller: LegName;
  readonly trunk: string | undefined;
  /** By leg, or by a supervisor's extension: whose lamps it lights. */
  readonly lit: Map<string, string>;
  /** The leg that talks with whoever is in the caller's place. */
  talking: LegName | undefined;
}

/**
 * Who is in which call, told by the events of calls and by nothing else: what a lamp shows. A call's lamps go out with its last
 * event at the latest, which comes for every call.
 */
export class CallLamps {
  readonly #calls = new Map<string, OpenCall>();
  readonly #lamps = new Map<string, Map<string, Lamp>>();
  readonly #onChange: (resource: string) => void;

  /** @param onChange told of each resource (`resourceKey`) whose lamps are other ones now */
  constructor(onChange: (resource: string) => void) {
    this.#onChange = onChange;
  }

  /** What is remembered: for the ledger. */
  get size(): number {
    return this.#calls.size + this.#lamps.size;
  }

  /** The dialogs of a resource, the oldest first. */
  of(resource: string): readonly Lamp[] {
    return [...(this.#lamps.get(resource)?.values() ?? [])];
  }

  note(event: CallEvent): void {
    if (event.type === 'call.started') {
      const { from, trunk, domainId: domain = event.domain } = event;
      const call: OpenCall = { domain, from, caller: CALLER, trunk, lit: new Map(), talking: undefined };
      this.#calls.set(event.call, call);
      this.#lightCaller(event.call, call, 'trying', { number: event.dialled });
      return;
    }
    const call = this.#calls.get(event.call);
    if (call !== undefined) this.#follow(event, call);
  }

  #follow(event: CallEvent, call: OpenCall): void {
    const id = event.call;
    switch (event.type) {
      case 'leg.started': {
        const { leg, party, trunk } = event;
        const whose = trunk === undefined ? this.#employee(call, party) : this.#trunk(call, trunk);
        const direction = trunk === undefined ? 'recipient' : 'initiator';
        const remote = shown(trunk === undefined ? call.from : party);
        this.#light(id, call, leg, whose, { direction, state: 'trying', remote });
        return;
      }
      case 'leg.ringing':
        this.#become(id, call, event.leg, 'early');
        this.#become(id, call, call.caller, 'early');
        return;
      case 'call.opened':
        this.#become(id, call, call.caller, event.how === 'answered' ? 'confirmed' : 'early');
        return;
      case 'call.answered': {
        const { leg, party } = event;
        if (call.talking !== undefined && call.talking !== leg) this.#putOut(id, call, call.talking);
        // The switch itself answers whoever is in the caller's place.
        call.talking = leg === CALLER ? undefined : leg;
        if (call.talking !== undefined) this.#become(id, call, leg, 'confirmed');
        // Also of a caller whose lamp went out with an earlier conversation.
        this.#lightCaller(id, call, 'confirmed', shown(party));
        return;
      }
      // Who has sent the other one on is on the phone until its leg is gone.
      case 'transfer.started':
        call.talking = undefined;
        call.caller = event.remains;
        call.from = event.party;
        return;
      case 'transfer.failed':
        if (event.returned) call.talking = event.by;
        return;
      case 'transfer.joined':
        this.#putOut(id, call, event.leg);
        return;
      // On the phone, though at no leg of the call.
      case 'supervisor.joined':
        this.#light(id, call, seatOf(event.by), this.#employee(call, event.by), {
          direction: 'recipient',
          state: 'confirmed',
          remote: undefined,
        });
        return;
      case 'supervisor.left':
        this.#putOut(id, call, seatOf(event.by));
        return;
      case 'leg.ended':
        this.#putOut(id, call, event.leg);
        // The other side is let go with it, and its leg has no end of its own in the story.
        if (event.leg === call.caller || event.leg === call.talking) {
          if (call.talking !== undefined) this.#putOut(id, call, call.talking);
          this.#putOut(id, call, call.caller);
          call.talking = undefined;
        }
        return;
      case 'call.ended':
        for (const place of [...call.lit.keys()]) this.#putOut(id, call, place);
        this.#calls.delete(id);
    }
  }

  #employee({ domain }: OpenCall, { extension }: Party): string | undefined {
    return extension === undefined ? undefined : resourceKey({ domain, kind: 'employee', name: extension });
  }

  #trunk({ domain }: OpenCall, name: string): string {
    return resourceKey({ domain, kind: 'trunk', name });
  }

  #lightCaller(id: string, call: OpenCall, state: Lamp['state'], remote: Party): void {
    const { trunk, from, caller } = call;
    if (caller !== CALLER) {
      // Whom a transfer left there is lit as what it came as.
      const whose = call.lit.get(caller) ?? this.#employee(call, from);
      const direction = this.#lampAt(id, call, caller)?.direction ?? 'recipient';
      this.#light(id, call, caller, whose, { direction, state, remote });
      return;
    }
    const whose = trunk === undefined ? this.#employee(call, from) : this.#trunk(call, trunk);
    const direction = trunk === undefined ? 'initiator' : 'recipient';
    this.#light(id, call, CALLER, whose, { direction, state, remote });
  }

  #light(id: string, call: OpenCall, place: string, whose: string | undefined, lamp: Omit<Lamp, 'id'>): void {
    // Somebody else is at this leg now.
    if (call.lit.get(place) !== whose) this.#putOut(id, call, place);
    if (whose === undefined) return;
    call.lit.set(place, whose);
    const lamps = this.#lamps.get(whose) ?? new Map<string, Lamp>();
    this.#lamps.set(whose, lamps);
    const key = `${id}.${place}`;
    lamps.set(key, { id: key, ...lamp });
    this.#onChange(whose);
  }

  #lampAt(id: string, call: OpenCall, place: string): Lamp | undefined {
    const whose = call.lit.get(place);
    return whose === undefined ? undefined : this.#lamps.get(whose)?.get(`${id}.${place}`);
  }

  #become(id: string, call: OpenCall, place: string, state: Lamp['state']): void {
    const key = `${id}.${place}`;
    const whose = call.lit.get(place);
    const lamps = whose === undefined ? undefined : this.#lamps.get(whose);
    const lamp = lamps?.get(key);
    if (whose === undefined || lamps === undefined || lamp === undefined) return;
    // Ringing that is told late takes back no answer.
    if (lamp.state === state || lamp.state === 'confirmed') return;
    lamps.set(key, { ...lamp, state });
    this.#onChange(whose);
  }

  #putOut(id: string, call: OpenCall, place: string): void {
    const key = `${id}.${place}`;
    const whose = call.lit.get(place);
    if (whose === undefined) return;
    call.lit.delete(place);
    const lamps = this.#lamps.get(whose);
    if (lamps?.delete(key) !== true) return;
    if (lamps.size === 0) this.#lamps.delete(whose);
    this.#onChange(whose);
  }
}

/** A colleague by the extension alone: at which number outside they are reached is theirs. */
function shown(party: Party): Party {
  const { extension, name } = party;
  return extension === undefined ? party : { number: extension, extension, ...(name !== undefined && { name }) };
}
