import type { Cancel } from '@vats/kernel';
import { type OutsideCall, refusedLimit, type SpendingRefusal } from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import type { LegName } from './call-event.ts';

/** What a leg outside has been granted. */
export interface Portion {
  readonly call: OutsideCall;
  readonly id: string;
  /** Milliseconds from the answer on; more when more is granted. */
  maxDurationMs: number | undefined;
  answeredAt: number;
  timer: Cancel | undefined;
}

/** What a leg outside may use is set aside for it. */
export interface Reservation {
  /** Until it resolves a kill would forget the reservation, so nothing may leave; it rejects when the store fails. Undefined: nothing bounds the leg. */
  readonly saved?: Promise<void>;
}

/**
 * What a call's legs outside may use up. Talk is granted in portions: when one is talked away the next is asked for, and a call that
 * gets none is ended.
 */
export class TalkPortions {
  readonly #call: CallContext;
  readonly #portions = new Map<LegName, Portion>();

  constructor(call: CallContext) {
    this.#call = call;
  }

  /** Timers that run. */
  get timerCount(): number {
    let count = 0;
    for (const { timer } of this.#portions.values()) if (timer !== undefined) count++;
    return count;
  }

  /**
   * Reserves what a leg by a trunk may use.
   *
   * @param number as it was dialled
   * @param sent what the trunk is sent for it
   * @returns a `Reservation` when it may go out; else whose limit is in the way
   */
  begin(
    leg: LegName,
    trunk: string,
    number: string,
    sent: string,
    user: string | undefined,
  ): 'the trunk' | 'the caller' | Reservation {
    const { parts, origin, holdings } = this.#call;
    const { spending } = parts;
    if (spending === undefined) return {};
    const id = `${this.#call.id}/${leg}/${trunk}`;
    const call = { id, domain: origin.domain.id, trunk, number, sent, ...(user !== undefined && { user }) };
    const decision = spending.begin(call);
    if (!decision.allowed) {
      const { refusal } = decision;
      this.#tell(leg, call, refusal, false);
      return refusal.subject.kind === 'trunk' ? 'the trunk' : 'the caller';
    }
    this.#portions.set(leg, { call, id, maxDurationMs: decision.maxDurationMs, answeredAt: 0, timer: undefined });
    holdings.hold(leg, () => this.#end(leg));
    return decision.saved === undefined ? {} : { saved: decision.saved };
  }

  /** The far end of a leg has answered. Nothing happens for one that is not counted. */
  answered(leg: LegName): void {
    const portion = this.#portions.get(leg);
    if (portion === undefined) return;
    const { parts } = this.#call;
    parts.spending?.answered(portion.id);
    portion.answeredAt = parts.clock.monotonic();
    if (portion.maxDurationMs !== undefined) this.#lasts(leg, portion, portion.maxDurationMs);
  }

  /** The leg goes to another call, which goes on counting. Undefined for one that is not counted. */
  takeOut(leg: LegName): Portion | undefined {
    const portion = this.#portions.get(leg);
    if (portion === undefined) return undefined;
    this.#portions.delete(leg);
    portion.timer?.();
    portion.timer = undefined;
    return portion;
  }

  /** A leg has come from another call, and has answered there. */
  adopt(leg: LegName, portion: Portion): void {
    const { holdings } = this.#call;
    this.#portions.set(leg, portion);
    holdings.hold(leg, () => this.#end(leg));
    if (portion.maxDurationMs !== undefined) this.#lasts(leg, portion, portion.maxDurationMs);
  }

  /**
   * What to do when the far end of a leg answers although nobody wants it any more, which may be after the leg is gone. Undefined for
   * one that is not counted.
   */
  inVain(leg: LegName): (() => void) | undefined {
    const call = this.#portions.get(leg)?.call;
    return call && chargeOf(call, this.#call);
  }

  /** @param granted ms from the answer on */
  #lasts(leg: LegName, portion: Portion, granted: number): void {
    const { clock, spending } = this.#call.parts;
    const left = portion.answeredAt + granted - clock.monotonic();
    portion.timer = clock.after(Math.max(0, left), () => {
      portion.timer = undefined;
      const more = spending?.extend(portion.id);
      if (more === undefined) return;
      if (more.maxDurationMs > granted) {
        portion.maxDurationMs = more.maxDurationMs;
        this.#lasts(leg, portion, more.maxDurationMs);
        return;
      }
      if (more.refusal !== undefined) this.#tell(leg, portion.call, more.refusal, true);
      this.#call.feed({ type: 'hang-up', failure: 'limit-reached' });
    });
  }

  /** @param cutOff whether the leg was talking */
  #tell(leg: LegName, { trunk, number, sent }: OutsideCall, refusal: SpendingRefusal, cutOff: boolean): void {
    const limit = { ...refusedLimit(refusal), ...(cutOff && { cutOff }) };
    this.#call.log.warn('call.limit-reached', { trunk, number, sent, why: refusal.why, ...limit });
    this.#call.emit({ type: 'limit.reached', leg, trunk, number, ...limit });
  }

  #end(leg: LegName): void {
    const portion = this.#portions.get(leg);
    if (portion === undefined) return;
    this.#portions.delete(leg);
    portion.timer?.();
    this.#call.parts.spending?.end(portion.id);
  }
}

/** Holds on to nothing of the call: it is kept for half a minute after it. */
function chargeOf(call: OutsideCall, { parts: { spending }, log }: CallContext): () => void {
  return () => {
    log.info('call.answered-in-vain', { trunk: call.trunk, number: call.number });
    spending?.answeredInVain(call);
  };
}
