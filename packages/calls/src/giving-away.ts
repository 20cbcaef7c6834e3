import { isSecure } from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { LegName } from './call-event.ts';
import type { CallState } from './call-state.ts';
import { type Consultation, type Given, type Heir, isNegotiating } from './consultation.ts';
import type { FailureCode } from './failures.ts';
import type { Forks } from './forks.ts';
import type { Leg } from './leg.ts';

/** What giving away needs of its call. */
export interface GivingParts {
  readonly call: CallContext;
  readonly forks: Forks;
  readonly state: () => CallState;
  /** The two who talk now, and whether a negotiation between them is under way. */
  readonly talking: () => { readonly caller: Leg; readonly peer: Leg; readonly exchanging: boolean } | undefined;
}

/** What a call that was made to consult somebody gives to the call that they are transferred to: who talks in it, or who will answer. */
export class GivingAway {
  readonly #parts: GivingParts;
  /** The call that gets whoever answers in this one. */
  #heir: Heir | undefined;

  constructor(parts: GivingParts) {
    this.#parts = parts;
  }

  /** What the peer of this leg has here; undefined: nothing that can be given. */
  consultation(leg: Leg): Consultation | undefined {
    const { call } = this.#parts;
    const state = this.#parts.state();
    const talking = this.#parts.talking();
    const other = call.otherOf(leg);
    const others = call.legs.all().filter((each) => each !== leg);
    const security = {
      secure: call.origin.secure === true,
      isOverTls: others.every(({ flow }) => isSecure(flow.transport)),
    };
    const about = { ...security, id: call.id, abandon: (failure: FailureCode) => this.#abandoned(failure) };
    if (talking !== undefined && other !== undefined) {
      const negotiating = talking.exchanging || isNegotiating(leg) || isNegotiating(other);
      const give = (into: string) => this.#give(leg, other, into);
      return { ...about, to: other.party.number, stage: 'talks', isNegotiating: negotiating, give, leaveTo: () => {} };
    }
    if (leg !== call.legs.caller || !('told' in state)) return undefined;
    // Who waits to be put through themselves, or has left it to another call already, consults nobody here.
    if (state.transfer !== undefined || state.orphan === true) return undefined;
    const { dialled } = call.origin;
    const waiting = { ...about, to: dialled, isNegotiating: isNegotiating(leg), give: () => undefined };
    if (call.isServed) return { ...waiting, stage: 'served', leaveTo: () => {} };
    return { ...waiting, stage: 'rings', leaveTo: (heir) => this.#leaveTo(heir) };
  }

  /** A phone rings. */
  progressed(status: number): void {
    this.#heir?.progressed(status);
  }

  /** Who has answered goes over. */
  handOver(name: LegName): void {
    const { call } = this.#parts;
    const heir = this.#heir;
    const leg = call.legs.get(name);
    if (heir === undefined || leg === undefined) return;
    this.#heir = undefined;
    call.emit({ type: 'leg.answered', leg: name });
    const given = this.#takeOut(leg, heir.id);
    if (given !== undefined) heir.takes(given);
  }

  /** The call is over: who waits for somebody of it waits in vain. */
  left(): void {
    const heir = this.#heir;
    this.#heir = undefined;
    const state = this.#parts.state();
    heir?.failed(state.name === 'closing' ? state.failure : 'internal-error');
  }

  #give(by: Leg, other: Leg, into: string): Given | undefined {
    const { call } = this.#parts;
    if (call.otherOf(by) !== other) return undefined;
    const given = this.#takeOut(other, into);
    call.feed({ type: 'absorbed', by: by.name });
    return given;
  }

  #takeOut(leg: Leg, into: string): Given | undefined {
    const { call, forks } = this.#parts;
    call.speaker.hush(leg);
    const portion = forks.portions.takeOut(leg.name);
    const moved = call.legs.takeOut(leg.name);
    call.emit({ type: 'transfer.joined', leg: leg.name, into });
    call.emit({ type: 'leg.ended', leg: leg.name, failure: 'transferred' });
    return moved && { ...moved, portion };
  }

  #leaveTo(heir: Heir): void {
    this.#heir = heir;
    this.#parts.call.feed({ type: 'orphaned' });
  }

  /** The heir does not want them any more, or the transferor has no use of the call. */
  #abandoned(failure: FailureCode): void {
    const had = this.#heir !== undefined;
    this.#heir = undefined;
    if (had || this.#parts.call.isServed) this.#parts.call.feed({ type: 'hang-up', failure });
  }
}
