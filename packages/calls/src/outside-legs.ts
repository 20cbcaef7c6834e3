import { sameEndpoint } from '@vats/kernel';
import type { RingOutcome, Way } from '@vats/pbx';
import type { FlowTarget, InviteFailure, OutgoingInviteOptions, SipResponse } from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { LegName } from './call-event.ts';
import { crowded, entryOf, mostAtOneTarget } from './crowd.ts';
import { isCircle } from './diverting.ts';
import { outsideAddresses, shownBy } from './outside-invite.ts';
import type { OutwardLeg } from './outward-legs.ts';
import type { TrunkLine } from './parts.ts';
import type { OutsideRing, TriedServer } from './rings.ts';
import { mayGoOver } from './secure-call.ts';
import { timerOf } from './session-timer-policy.ts';
import { shownOutside } from './shown-outside.ts';
import { TalkPortions } from './talk-portions.ts';
import { type TrunkRefusal, trunkRefusalOf } from './trunk-refusals.ts';

/** What a leg outside becomes: an INVITE that can be sent, or why not. */
export type WayOut =
  | {
      readonly ok: true;
      readonly line: TrunkLine;
      readonly at: FlowTarget;
      readonly way: Way;
      readonly next: number;
      readonly skipped: readonly string[];
      /** The INVITE may leave when this resolves; at once without it. */
      readonly saved?: Promise<void>;
    }
  | { readonly ok: false; readonly failure: RingOutcome; readonly status: number };

/** What became of a leg outside that failed. */
export interface OutsideFailure {
  readonly outcome: RingOutcome;
  /** The Q.850 cause that the trunk gave. */
  readonly cause?: number;
  /** Another way, or another server of this one, that is to be tried. */
  readonly on?: OutsideRing;
}

/** How long a trunk may be silent at an INVITE, unless its settings say otherwise: who is there says 100 within 200 ms (RFC 3261 §17.2.1). */
const NO_RESPONSE_MS = 4_000;

/** Servers of one trunk that one call tries: each may cost the caller seconds of silence. */
const MOST_SERVERS = 3;

const NOT_ANSWERED: TrunkRefusal = { outcome: 'trunk-failed', tryNext: true, failing: true };

/** A leg that rings outside. */
interface Attempt {
  readonly ring: OutsideRing;
  readonly line: TrunkLine;
  readonly at: FlowTarget;
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
    const { outward, id, log, origin } = this.#call;
    const { target, diverting } = ring;
    if (outward.isLoop(id, target.number)) return { ok: false, failure: 'loop', status: 482 };
    if (diverting !== undefined && isCircle(origin.diverted ?? [], diverting.did, target.number)) {
      log.info('call.diverted-in-a-circle', { number: target.number, from: diverting.did });
      return { ok: false, failure: 'loop', status: 482 };
    }
    const crowd = crowded(this.#call, target.number, mostAtOneTarget(this.#call));
    if (crowd !== undefined) return { ok: false, failure: crowd, status: crowd === 'loop' ? 482 : 486 };
    const skipped: string[] = [];
    // Which are known to be down is tried when nothing else is left: they may be up again.
    const found = ring.lastly
      ? this.#passedOver(leg, ring, skipped)
      : (this.#wayOut(leg, ring, skipped, (line) => line.target()) ?? this.#lastWay(leg, ring, skipped));
    if (found.ok) return found;
    for (const why of skipped) log.info('call.way-skipped', { number: target.number, why });
    return found;
  }

  #lastWay(leg: LegName, ring: OutsideRing, skipped: string[]): WayOut {
    return (
      this.#wayOut(leg, ring, skipped, (line) => (line.target() === undefined ? line.lastResort() : undefined)) ??
      refusedAs('trunk-failed')
    );
  }

  #passedOver(leg: LegName, ring: OutsideRing, skipped: string[]): WayOut {
    const targetOf = (line: TrunkLine) => passedOverAt(line, ring.tried ?? []);
    const found = this.#wayOut(leg, ring, [], targetOf) ?? refusedAs('trunk-failed');
    if (found.ok) skipped.push(`${found.line.name} was passed over, and nothing else is left`);
    return found.ok ? { ...found, skipped } : found;
  }

  /** @returns undefined where every way was skipped because nothing is there */
  #wayOut(
    leg: LegName,
    ring: OutsideRing,
    skipped: string[],
    targetOf: (line: TrunkLine) => FlowTarget | undefined,
  ): WayOut | undefined {
    const { parts, origin, channels } = this.#call;
    const { target } = ring;
    let failure: RingOutcome | undefined;
    // Of several reasons, that a trunk is full is the least of them: it passes.
    const skip = (trunk: string, why: string, as?: RingOutcome): void => {
      const text = `${trunk} ${why}`;
      if (!skipped.includes(text)) skipped.push(text);
      if (failure === undefined || failure === 'no-channel') failure = as ?? failure;
    };
    for (let next = ring.way; next < target.ways.length; next++) {
      const way = target.ways[next] as Way;
      const { trunk } = way;
      const line = parts.line?.(origin.domain, trunk);
      const at = line === undefined || parts.flowTo === undefined ? undefined : targetOf(line);
      if (line === undefined || at === undefined) {
        skip(trunk, 'can not be reached');
        continue;
      }
      if (!mayGoOver(origin, at.transport)) {
        skip(trunk, 'does not speak TLS, and the call is to a sips URI');
        continue;
      }
      const { channels: limit } = parts.world().directory.findTrunk(origin.domain, trunk) ?? {};
      if (!channels.takeTrunk(leg, trunk, limit)) {
        skip(trunk, 'has no free channel', 'no-channel');
        continue;
      }
      const limited = this.portions.begin(leg, trunk, target.number, way.send, target.orderedBy?.extension);
      if (typeof limited === 'object') return { ok: true, line, at, way, next: next + 1, skipped, ...limited };
      this.#call.holdings.giveBack(leg);
      if (limited === 'the caller') return { ok: false, failure: 'limit-reached', status: 403 };
      skip(trunk, 'has used up a limit', 'limit-reached');
    }
    return failure === undefined ? undefined : refusedAs(failure);
  }

  /** The INVITE of a leg by this way, but for its SDP. Remembers the leg as one that rings there. */
  invite(
    leg: LegName,
    ring: OutsideRing,
    { line, at, way, next }: WayOut & { readonly ok: true },
  ): Omit<OutgoingInviteOptions, 'target' | 'sdp' | 'maxForwards'> {
    const { origin, outward, holdings, id, parts } = this.#call;
    const shows = shownOutside(origin, ring, line, way);
    const shown = shownBy(line, shows);
    const by = entryOf(this.#call);
    const ringing = {
      call: id,
      domain: origin.domain.id,
      shown,
      target: ring.target.number,
      ...(by !== undefined && { by }),
    };
    outward.add(ringing);
    this.#attempts.set(leg, { ring, line, at, next, ringing, rang: false });
    holdings.hold(leg, () => {
      outward.delete(ringing);
      this.#attempts.delete(leg);
    });
    const sessionTimer = timerOf(this.#call.parts, line.sessionTimer);
    return {
      ...outsideAddresses(line, way, shows),
      ...(sessionTimer !== undefined && { sessionTimer }),
      ...(line.contactUser !== undefined && { contactUser: line.contactUser }),
      ...(line.credentials !== undefined && { credentials: line.credentials }),
      ...(line.routes !== undefined && line.routes.length > 0 && { routes: line.routes }),
      // A connection to the server that is gone in the middle of a call is made anew: what is to be said then is said there.
      resolve: (_hop, current) => (current.open ? undefined : parts.flowTo?.(at)),
      silence: line.noResponse ?? NO_RESPONSE_MS,
    };
  }

  /** Whether the leg rings outside. */
  isOut(leg: LegName): boolean {
    return this.#attempts.has(leg);
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
  failed(leg: LegName, { cause, response }: InviteFailure): OutsideFailure | undefined {
    const attempt = this.#attempts.get(leg);
    if (attempt === undefined) return undefined;
    const { ring, line, next, at, rang } = attempt;
    const isRefused = cause === 'response' && response !== undefined;
    const refusal = isRefused ? trunkRefusalOf(response, rang) : NOT_ANSWERED;
    if (refusal.failing) line.failed();
    else line.worked();
    const { outcome, tryNext, cause: told } = refusal;
    const now = { outcome, ...(told !== undefined && { cause: told }) };
    // That what was passed over is still not there says less than what the others said.
    const said = refusal.failing && ring.lastly !== undefined ? ring.lastly : now;
    if (!tryNext) return said;
    const tried = [...(ring.tried ?? []), { trunk: line.name, ...(refusal.failing && { endpoint: at.endpoint }) }];
    if (ring.lastly === undefined) {
      // A trunk with several servers is given up when they are (RFC 3263 §4.3).
      const { servers = 1 } = ring;
      const other = refusal.failing && servers < MOST_SERVERS ? line.target() : undefined;
      if (other !== undefined && !sameEndpoint(other.endpoint, at.endpoint))
        return { ...said, on: { ...ring, way: next - 1, servers: servers + 1, tried } };
      if (next < ring.target.ways.length) return { ...said, on: { ...withoutServers(ring), way: next, tried } };
    }
    const on: OutsideRing = { ...withoutServers(ring), way: 0, tried, lastly: said };
    return this.#hasPassedOver(on) ? { ...said, on } : said;
  }

  #hasPassedOver({ target, tried = [] }: OutsideRing): boolean {
    const { parts, origin } = this.#call;
    return target.ways.some(({ trunk }) => {
      const line = parts.line?.(origin.domain, trunk);
      return line !== undefined && passedOverAt(line, tried) !== undefined;
    });
  }
}

/** A server that calls pass over just now, and where this one was not yet; a trunk takes no more of a caller's time than ever. */
function passedOverAt(line: TrunkLine, tried: readonly TriedServer[]): FlowTarget | undefined {
  const there = tried.filter(({ trunk }) => trunk === line.name);
  const servers = there.flatMap(({ endpoint }) => endpoint ?? []);
  if (servers.length < there.length || there.length >= MOST_SERVERS) return undefined;
  // What is not passed over was no way for another reason: its limits are reached.
  const usual = line.target()?.endpoint;
  return line.lastResort(usual === undefined ? servers : [...servers, usual]);
}

function withoutServers({ servers: _, ...ring }: OutsideRing): OutsideRing {
  return ring;
}

function refusedAs(failure: RingOutcome): WayOut {
  return { ok: false, failure, status: failure === 'no-channel' ? 486 : 503 };
}
