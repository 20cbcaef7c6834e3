import type { RingOutcome, Way } from '@vats/pbx';
import type { InviteFailure, OutgoingInviteOptions, SipResponse } from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { LegName } from './call-event.ts';
import { isTrunksOwn, outsideAddresses, shownBy } from './outside-invite.ts';
import type { OutwardLeg } from './outward-legs.ts';
import type { TrunkLine } from './parts.ts';
import { failureOfStatus } from './refusals.ts';
import type { OutsideRing } from './rings.ts';
import { TalkPortions } from './talk-portions.ts';

/** What a leg outside becomes: an INVITE that can be sent, or why not. */
export type WayOut =
  | {
      readonly ok: true;
      readonly line: TrunkLine;
      readonly way: Way;
      readonly next: number;
      readonly skipped: readonly string[];
    }
  | { readonly ok: false; readonly failure: RingOutcome; readonly status: number };

/** A leg that rings outside. */
interface Attempt {
  readonly ring: OutsideRing;
  readonly line: TrunkLine;
  /** Of the target's ways, the one after it. */
  readonly next: number;
  readonly ringing: OutwardLeg;
  /** Somebody rang there. */
  rang: boolean;
}

/**
 * The legs of one call that go out by trunks: which way each takes, what it holds of limits and channels, and whether another way is
 * tried when it fails.
 */
export class OutsideLegs {
  readonly #call: CallContext;
  readonly #attempts = new Map<LegName, Attempt>();
  readonly portions: TalkPortions;

  constructor(call: CallContext) {
    this.#call = call;
    this.portions = new TalkPortions(call);
  }

  /** Finds the first way from `ring.way` on that can be tried now, and takes what it needs for the leg. */
  wayOut(leg: LegName, ring: OutsideRing): WayOut {
    const { parts, origin, channels, outward, id } = this.#call;
    const { target } = ring;
    if (outward.isLoop(id, target.number)) return { ok: false, failure: 'loop', status: 482 };
    const skipped: string[] = [];
    let failure: RingOutcome | undefined;
    // Of several reasons, that a trunk is full is the least of them: it passes.
    const skip = (trunk: string, why: string, as: RingOutcome): void => {
      skipped.push(`${trunk} ${why}`);
      if (failure === undefined || failure === 'no-channel') failure = as;
    };
    for (let next = ring.way; next < target.ways.length; next++) {
      const way = target.ways[next] as Way;
      const { trunk } = way;
      const line = parts.line?.(origin.domain, trunk);
      if (line === undefined || parts.flowTo === undefined || line.target() === undefined) {
        skip(trunk, 'can not be reached', 'trunk-failed');
        continue;
      }
      const { channels: limit } = parts.world().directory.findTrunk(origin.domain, trunk) ?? {};
      if (!channels.takeTrunk(leg, trunk, limit)) {
        skip(trunk, 'has no free channel', 'no-channel');
        continue;
      }
      const limited = this.portions.begin(leg, trunk, target.number, target.orderedBy?.extension);
      if (limited === undefined) return { ok: true, line, way, next: next + 1, skipped };
      this.#call.holdings.giveBack(leg);
      if (limited === 'the caller') return { ok: false, failure: 'limit-reached', status: 403 };
      skip(trunk, 'has used up a limit', 'limit-reached');
    }
    for (const why of skipped) this.#call.log.info('call.way-skipped', { number: target.number, why });
    return { ok: false, failure: failure ?? 'trunk-failed', status: failure === 'no-channel' ? 486 : 503 };
  }

  /** The INVITE of a leg by this way, but for its SDP. Remembers the leg as one that rings there. */
  invite(
    leg: LegName,
    ring: OutsideRing,
    { line, way, next }: WayOut & { readonly ok: true },
  ): Omit<OutgoingInviteOptions, 'target' | 'sdp' | 'maxForwards'> {
    const { origin, outward, holdings, id } = this.#call;
    const callerId = origin.callerId ?? way.callerId;
    const shown = shownBy(line, way, callerId);
    const ringing = { call: id, domain: origin.domain.id, shown, target: ring.target.number };
    outward.add(ringing);
    this.#attempts.set(leg, { ring, line, next, ringing, rang: false });
    holdings.hold(leg, () => {
      outward.delete(ringing);
      this.#attempts.delete(leg);
    });
    return {
      ...outsideAddresses(line, way, callerId),
      ...(line.contactUser !== undefined && { contactUser: line.contactUser }),
      ...(line.credentials !== undefined && { credentials: line.credentials }),
    };
  }

  progressed(leg: LegName, { status }: SipResponse): void {
    const attempt = this.#attempts.get(leg);
    if (attempt === undefined) return;
    attempt.line.worked();
    // 181 and 182 speak of somebody who is being looked for as well; 100 never gets here.
    attempt.rang ||= status >= 180;
  }

  answered(leg: LegName): void {
    const attempt = this.#attempts.get(leg);
    if (attempt === undefined) return;
    attempt.line.worked();
    this.#call.outward.delete(attempt.ringing);
    this.portions.answered(leg);
  }

  /**
   * The INVITE of a leg failed.
   *
   * @returns what that means, and the ring with the ways that are left where another is to be tried; undefined for a leg to a phone
   */
  failed(
    leg: LegName,
    failure: InviteFailure,
  ): { readonly outcome: RingOutcome; readonly on?: OutsideRing } | undefined {
    const attempt = this.#attempts.get(leg);
    if (attempt === undefined) return undefined;
    const { ring, line, next, rang } = attempt;
    const answered = failure.cause === 'response';
    if (answered && !isTrunksOwn(failure.status, rang)) {
      line.worked();
      return { outcome: failure.status === 480 ? 'no-answer' : failureOfStatus(failure.status) };
    }
    // 480 and 408 are about the number, however little they say; everything else is about the trunk.
    if (!answered || (failure.status !== 480 && failure.status !== 408)) line.failed();
    else line.worked();
    const outcome: RingOutcome =
      answered && (failure.status === 480 || failure.status === 408) ? 'unreachable' : 'trunk-failed';
    return next < ring.target.ways.length ? { outcome, on: { ...ring, way: next } } : { outcome };
  }
}
