import { CALLER, type CallEvent, type LegName, type Party } from '@vats/calls';
import type { Participant, ParticipantsUser } from './participant.ts';
import { seatOf } from './supervisor-seat.ts';

interface OpenCall {
  readonly domain: string;
  /** Who is in the caller's place, as last known: a transfer may have left somebody else there. */
  caller: Participant;
  readonly places: Map<string, Participant>;
  /** As whose members legs are rung, where that is a group. */
  readonly groups: Map<LegName, string>;
  /** Who talks with whoever is in the caller's place. */
  talk: { readonly leg: LegName; readonly by: Party; readonly startedAt: number } | undefined;
  /** Who is on the way here from another call. */
  coming: Participant | undefined;
}

/**
 * Who is in which call with whom, and in what state, told by the events of calls and by nothing else. Lamps, employees' activity and
 * whatever else asks this is fed from here, so that they agree. All of a call is over with its last event, which comes for every call.
 */
export class Participants {
  readonly #calls = new Map<string, OpenCall>();
  readonly #users: ParticipantsUser[] = [];

  /** Calls that are up: for the ledger. */
  get size(): number {
    return this.#calls.size;
  }

  /** Tells this one as well, from now on. */
  tell(user: ParticipantsUser): void {
    this.#users.push(user);
  }

  note(event: CallEvent): void {
    if (event.type === 'call.started') {
      this.#begin(event);
      return;
    }
    const call = this.#calls.get(event.call);
    if (call !== undefined) this.#follow(event, call);
  }

  #begin(event: CallEvent & { readonly type: 'call.started' }): void {
    const { call: id, from, trunk, domainId: domain = event.domain } = event;
    const caller: Participant = {
      ...{ call: id, domain, place: CALLER, party: from, dialled: true },
      ...{ state: 'trying', remote: { number: event.dialled } },
      ...(trunk !== undefined && { trunk }),
    };
    const call = { domain, caller, places: new Map(), groups: new Map(), talk: undefined, coming: undefined };
    this.#calls.set(id, call);
    this.#put(call, caller);
  }

  #follow(event: CallEvent, call: OpenCall): void {
    switch (event.type) {
      case 'leg.started':
        this.#legStarted(event, call);
        return;
      case 'leg.ringing':
        this.#become(call, event.leg, 'early');
        this.#become(call, call.caller.place, 'early');
        return;
      case 'call.opened':
        this.#become(call, call.caller.place, event.how === 'answered' ? 'confirmed' : 'early');
        return;
      case 'call.answered':
        this.#answered(event, call);
        return;
      // Who has sent the other one on talks with nobody, and is on the phone until their leg is gone.
      case 'transfer.started':
        this.#endTalk(call, event.at);
        call.caller = call.places.get(event.remains) ?? { ...call.caller, place: event.remains, party: event.party };
        this.#meets(call, event.remains, { number: event.to });
        return;
      case 'transfer.failed':
        if (event.returned) this.#returned(event, call);
        return;
      case 'transfer.joined': {
        const into = this.#calls.get(event.into);
        if (into !== undefined) into.coming = call.places.get(event.leg);
        this.#leave(call, event.leg);
        return;
      }
      // On the phone, though at no leg of the call and in no conversation of their own.
      case 'supervisor.joined':
        this.#put(call, {
          ...{ call: event.call, domain: call.domain, place: seatOf(event.by), party: event.by },
          ...{ dialled: false, state: 'confirmed', remote: undefined },
        });
        return;
      case 'supervisor.left':
        this.#leave(call, seatOf(event.by));
        return;
      case 'leg.ended':
        this.#legEnded(event, call);
        return;
      case 'call.ended':
        this.#endTalk(call, event.at);
        for (const place of [...call.places.keys()]) this.#leave(call, place);
        this.#calls.delete(event.call);
        return;
    }
  }

  #legStarted(event: CallEvent & { readonly type: 'leg.started' }, call: OpenCall): void {
    const { call: id, leg, party, trunk, group, joined } = event;
    if (group !== undefined) call.groups.set(leg, group);
    const { dialled = false } = (joined === undefined ? undefined : call.coming) ?? {};
    call.coming = undefined;
    this.#put(call, {
      ...{ call: id, domain: call.domain, place: leg, party, dialled, remote: shownOf(call.caller) },
      state: joined === undefined ? 'trying' : 'confirmed',
      ...(trunk !== undefined && { trunk }),
    });
  }

  #answered({ leg, party, hides, at }: CallEvent & { readonly type: 'call.answered' }, call: OpenCall): void {
    const former = call.talk?.leg;
    this.#endTalk(call, at);
    if (former !== undefined && former !== leg) this.#leave(call, former);
    // Whom the switch itself answers has no conversation.
    if (leg !== CALLER) {
      call.talk = { leg, by: party, startedAt: at };
      this.#become(call, leg, 'confirmed');
      if (hides) this.#hide(call, leg);
    }
    // Also somebody who had left with an earlier conversation.
    this.#put(call, { ...call.caller, state: 'confirmed', remote: hides ? undefined : party });
  }

  #returned({ by, at }: { readonly by: LegName; readonly at: number }, call: OpenCall): void {
    const back = call.places.get(by);
    if (back === undefined) return;
    call.talk = { leg: by, by: back.party, startedAt: at };
    this.#meets(call, call.caller.place, shownOf(back));
  }

  #legEnded({ leg, at }: { readonly leg: LegName; readonly at: number }, call: OpenCall): void {
    const talking = call.talk?.leg;
    if (leg === call.caller.place || leg === talking) {
      this.#endTalk(call, at);
      // The other side is let go with it, and its leg has no end of its own in the story.
      if (talking !== undefined) this.#leave(call, talking);
      this.#leave(call, call.caller.place);
    }
    this.#leave(call, leg);
  }

  #endTalk(call: OpenCall, endedAt: number): void {
    const { talk, domain, caller, groups } = call;
    if (talk === undefined) return;
    call.talk = undefined;
    const { leg, by, startedAt } = talk;
    const group = groups.get(leg);
    const conversation = { domain, from: caller.party, by, startedAt, endedAt, ...(group !== undefined && { group }) };
    for (const user of this.#users) user.conversationEnded?.(conversation);
  }

  #become(call: OpenCall, place: string, state: Participant['state']): void {
    const known = call.places.get(place);
    // Ringing that is told late takes back no answer.
    if (known === undefined || known.state === state || known.state === 'confirmed') return;
    this.#put(call, { ...known, state });
  }

  #hide(call: OpenCall, place: string): void {
    const known = call.places.get(place);
    if (known !== undefined) this.#put(call, { ...known, hides: true });
  }

  #meets(call: OpenCall, place: string, remote: Party | undefined): void {
    const known = call.places.get(place);
    if (known !== undefined) this.#put(call, { ...known, remote });
  }

  #put(call: OpenCall, after: Participant): void {
    const before = call.places.get(after.place);
    call.places.set(after.place, after);
    if (after.place === call.caller.place) call.caller = after;
    for (const user of this.#users) user.participantChanged?.(before, after);
  }

  #leave(call: OpenCall, place: string): void {
    const before = call.places.get(place);
    if (!call.places.delete(place)) return;
    for (const user of this.#users) user.participantChanged?.(before, undefined);
  }
}

/** As whom others see somebody. */
function shownOf({ party, hides }: Participant): Party | undefined {
  return hides ? undefined : party;
}
