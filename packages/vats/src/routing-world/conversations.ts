import { CALLER, type CallEvent, type LegName, type Party } from '@vats/calls';
import { seatOf } from '../supervisor-seat.ts';

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

/** What an employee has to do with calls that are up. */
export interface Engagement {
  /** Calls that the employee made or answered. */
  readonly talking: number;
  /** Calls that ring at any of their phones. */
  readonly ringing: number;
}

const FREE: Engagement = { talking: 0, ringing: 0 };

interface OpenCall {
  readonly domain: string;
  /** Who is in the caller's place: a transfer may have left somebody else there. */
  from: Party;
  caller: LegName;
  /** Extensions at the legs that ring, and at those that talk; the caller's is among these from the start. */
  readonly ringing: Map<LegName, string>;
  readonly talking: Map<LegName, string>;
  /** As whose members legs are rung, where that is a group. */
  readonly groups: Map<LegName, string>;
  talk: { readonly leg: LegName; readonly by: Party; readonly startedAt: number } | undefined;
  /** Who ordered the last transfer. */
  byParty: Party | undefined;
}

/**
 * Who is on the phone, told by the events of calls. Each call counts once for an employee, however many of their phones ring; whoever
 * dials is on the phone already.
 */
export class Conversations {
  readonly #calls = new Map<string, OpenCall>();
  readonly #employees = new Map<string, { talking: number; ringing: number }>();
  readonly #onEnd: (conversation: Conversation) => void;

  /** @param onEnd told of every conversation, once it is over */
  constructor(onEnd: (conversation: Conversation) => void) {
    this.#onEnd = onEnd;
  }

  /** What is remembered: for the ledger. */
  get size(): number {
    return this.#calls.size + this.#employees.size;
  }

  /** @param domain `Domain.id` */
  of(domain: string, extension: string): Engagement {
    return this.#employees.get(keyOf(domain, extension)) ?? FREE;
  }

  note(event: CallEvent): void {
    if (event.type === 'call.started') {
      const { from, domainId = event.domain } = event;
      const call = {
        domain: domainId,
        from,
        caller: CALLER,
        ringing: new Map(),
        talking: new Map(),
        groups: new Map(),
        talk: undefined,
        byParty: undefined,
      };
      this.#calls.set(event.call, call);
      if (from.extension !== undefined) this.#set(call, 'talking', CALLER, from.extension);
      return;
    }
    const call = this.#calls.get(event.call);
    if (call === undefined) return;
    switch (event.type) {
      case 'leg.started':
        if (event.party.extension !== undefined) this.#set(call, 'ringing', event.leg, event.party.extension);
        if (event.group !== undefined) call.groups.set(event.leg, event.group);
        return;
      case 'call.answered': {
        const { leg, party, at } = event;
        this.#endTalk(call, at);
        this.#unset(call, 'ringing', leg);
        // Whom the switch itself answers has no conversation.
        if (leg === CALLER) return;
        if (party.extension !== undefined) this.#set(call, 'talking', leg, party.extension);
        call.talk = { leg, by: party, startedAt: at };
        return;
      }
      // On the phone, though in no conversation of their own.
      case 'supervisor.joined':
        if (event.by.extension !== undefined) this.#set(call, 'talking', seatOf(event.by), event.by.extension);
        return;
      case 'supervisor.left':
        this.#unset(call, 'talking', seatOf(event.by));
        return;
      // Who has sent the other one on talks with nobody, and is on the phone until its leg is gone.
      case 'transfer.started':
        this.#endTalk(call, event.at, [event.by, event.remains]);
        call.caller = event.remains;
        call.from = event.party;
        call.byParty = event.byParty;
        return;
      case 'transfer.failed': {
        const { byParty } = call;
        if (!event.returned || byParty === undefined) return;
        call.talk = { leg: event.by, by: byParty, startedAt: event.at };
        return;
      }
      case 'leg.ended':
        if (event.leg === call.caller || event.leg === call.talk?.leg) this.#endTalk(call, event.at);
        this.#unset(call, 'ringing', event.leg);
        this.#unset(call, 'talking', event.leg);
        return;
      case 'call.ended':
        this.#endTalk(call, event.at);
        for (const kind of ['ringing', 'talking'] as const) {
          for (const leg of [...call[kind].keys()]) this.#unset(call, kind, leg);
        }
        this.#calls.delete(event.call);
        return;
    }
  }

  /** @param stay legs whose people are on the phone still */
  #endTalk(call: OpenCall, at: number, stay: readonly LegName[] = []): void {
    const { talk, domain, from } = call;
    if (talk === undefined) return;
    call.talk = undefined;
    // The other side is let go with it: its own leg has no end of its own in the story.
    for (const leg of [talk.leg, call.caller]) if (!stay.includes(leg)) this.#unset(call, 'talking', leg);
    const group = call.groups.get(talk.leg);
    const { by, startedAt } = talk;
    this.#onEnd({ domain, from, by, startedAt, endedAt: at, ...(group !== undefined && { group }) });
  }

  #set(call: OpenCall, kind: keyof Engagement, leg: LegName, extension: string): void {
    if (![...call[kind].values()].includes(extension)) this.#add(call.domain, extension, kind, 1);
    call[kind].set(leg, extension);
  }

  #unset(call: OpenCall, kind: keyof Engagement, leg: LegName): void {
    const extension = call[kind].get(leg);
    if (extension === undefined) return;
    call[kind].delete(leg);
    if (![...call[kind].values()].includes(extension)) this.#add(call.domain, extension, kind, -1);
  }

  #add(domain: string, extension: string, kind: keyof Engagement, by: 1 | -1): void {
    const key = keyOf(domain, extension);
    const counts = this.#employees.get(key) ?? { talking: 0, ringing: 0 };
    counts[kind] += by;
    if (counts.talking === 0 && counts.ringing === 0) this.#employees.delete(key);
    else this.#employees.set(key, counts);
  }
}

function keyOf(domain: string, extension: string): string {
  return `${domain}\n${extension}`;
}
