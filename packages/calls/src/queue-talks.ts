import type { Domain } from '@vats/pbx';
import type { QueueDesk } from './agent-desk.ts';
import type { CallEvent, LegName } from './call-event.ts';

/** Whom a queue brought together. */
interface Talk {
  /** The queue's key. */
  readonly line: string;
  readonly domain: Domain;
  /** A number outside, which is engaged for as long as its leg is there. */
  readonly outside?: string;
  /** Wall time, ms. */
  readonly since: number;
  /** It has been counted: the agent is with somebody else, or waits. */
  counted?: boolean;
}

/** The agent's leg; undefined where it comes into the call, and has no name there yet. */
type At = LegName | undefined;

/** Who talks with whom a queue brought, by the agent's leg, which may go on in another call. */
export class QueueTalks {
  readonly #desk: QueueDesk;
  readonly #counts: (line: string, milliseconds: number) => void;
  readonly #byCall = new Map<string, Map<At, Talk>>();

  /** @param counts is told of each conversation that is over, once */
  constructor(desk: QueueDesk, counts: (line: string, milliseconds: number) => void) {
    this.#desk = desk;
    this.#counts = counts;
  }

  get size(): number {
    let size = 0;
    for (const talks of this.#byCall.values()) size += talks.size;
    return size;
  }

  /** An agent has taken a caller, who talks with no former one any more. */
  begin(call: string, leg: LegName, talk: Omit<Talk, 'counted'>): void {
    for (const [at, former] of [...(this.#byCall.get(call) ?? [])]) {
      this.#count(former, talk.since);
      if (at === leg || former.outside === undefined) this.#end(call, at, talk.since);
    }
    // Of employees the world knows it, of numbers outside nobody does.
    if (talk.outside !== undefined) this.#desk.engage(talk.domain, talk.outside);
    this.#put(call, leg, { ...talk });
  }

  note(event: CallEvent): void {
    const talks = this.#byCall.get(event.call);
    if (talks === undefined) return;
    switch (event.type) {
      case 'leg.ended':
        this.#end(event.call, event.leg, event.at);
        return;
      case 'call.ended':
        for (const at of [...talks.keys()]) this.#end(event.call, at, event.at);
        return;
      case 'transfer.joined': {
        const talk = talks.get(event.leg);
        if (talk === undefined) return;
        this.#count(talk, event.at);
        this.#take(event.call, event.leg);
        if (talk.outside !== undefined) this.#put(event.into, undefined, talk);
        return;
      }
      case 'transfer.succeeded': {
        const coming = talks.get(undefined);
        if (coming === undefined) return;
        this.#take(event.call, undefined);
        this.#put(event.call, event.leg, coming);
        return;
      }
      case 'transfer.failed':
        this.#end(event.call, undefined, event.at);
        return;
    }
  }

  #put(call: string, at: At, talk: Talk): void {
    const talks = this.#byCall.get(call) ?? new Map<At, Talk>();
    this.#byCall.set(call, talks.set(at, talk));
  }

  #take(call: string, at: At): Talk | undefined {
    const talks = this.#byCall.get(call);
    const talk = talks?.get(at);
    if (talks?.delete(at) === true && talks.size === 0) this.#byCall.delete(call);
    return talk;
  }

  #end(call: string, at: At, now: number): void {
    const talk = this.#take(call, at);
    if (talk === undefined) return;
    this.#count(talk, now);
    if (talk.outside !== undefined) this.#desk.release(talk.domain, talk.outside);
  }

  #count(talk: Talk, now: number): void {
    if (talk.counted === true) return;
    talk.counted = true;
    this.#counts(talk.line, now - talk.since);
  }
}
