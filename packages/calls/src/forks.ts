import type { RingTarget } from '@vats/pbx';
import {
  type InviteFailure,
  NameAddr,
  type OutgoingInvite,
  type Session,
  type SessionUser,
  type SipRequest,
  type SipResponse,
  SipUri,
} from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { LegName, Party } from './call-event.ts';
import { COMPLETED_ELSEWHERE, failureOfStatus, reasonHeader } from './failures.ts';
import type { Leg } from './leg.ts';
import { calleeOffer, callerAnswer } from './negotiation.ts';
import type { ReachablePhone } from './parts.ts';
import { passedHeaders } from './passed-headers.ts';

/** Hops that a request without Max-Forwards has left (RFC 3261 §8.1.1.6). */
const DEFAULT_MAX_FORWARDS = 70;

/** A phone that a step of the plan chose. */
export interface Ring {
  readonly leg: LegName;
  readonly target: RingTarget;
  readonly phone: ReachablePhone;
}

/** The called side of a call until somebody answers: an INVITE for each phone, and what each says to it. */
export class Forks {
  readonly #call: CallContext;
  readonly #onOutgoing: (callId: string, live: boolean) => void;
  readonly #chosen = new Map<LegName, Ring>();
  readonly #invites = new Map<LegName, OutgoingInvite>();
  #count = 0;

  constructor(call: CallContext, onOutgoing: (callId: string, live: boolean) => void) {
    this.#call = call;
    this.#onOutgoing = onOutgoing;
  }

  /** Every binding of every device, each with the name of its leg to be; never the phone that is calling. */
  phonesOf(targets: readonly RingTarget[]): Ring[] {
    const { origin, invite, parts } = this.#call;
    const own = origin.caller.kind === 'device' ? origin.caller.device.login : undefined;
    const rings: Ring[] = [];
    for (const target of targets) {
      const { login } = target.device;
      for (const phone of parts.locate(origin.domain, login)) {
        if (login === own && phone.flow.id === invite.flow.id) continue;
        rings.push({ target, phone, leg: `b${++this.#count}` });
      }
    }
    return rings;
  }

  /** Keeps phones for `invite`, which names them by leg. */
  choose(rings: readonly Ring[]): void {
    for (const ring of rings) this.#chosen.set(ring.leg, ring);
  }

  /** Rings one chosen phone. */
  invite(name: LegName): void {
    const { origin, parts, legs, places, policy, invite, log } = this.#call;
    const ring = this.#chosen.get(name);
    const caller = legs.caller;
    if (ring === undefined || caller === undefined) return;
    this.#chosen.delete(name);
    const { target, phone } = ring;
    const party = partyOf(target);
    if (!places.take(name, target.device)) {
      log.info('call.account-limit', { login: target.device.login });
      this.#call.feed({ type: 'refused', leg: name, failure: 'callee-busy', status: 486 });
      return;
    }
    const leg = legs.open(name, party, phone);
    if (leg === undefined) {
      legs.drop(name);
      this.#call.feed({ type: 'refused', leg: name, failure: 'no-media-ports', status: 503 });
      return;
    }
    const offer = calleeOffer(caller, leg, invite.offer !== undefined, policy);
    if (!offer.ok) {
      legs.drop(name);
      this.#call.feed({ type: 'refused', leg: name, failure: 'no-common-codec', status: 488 });
      return;
    }
    this.#call.emit({ type: 'leg.started', leg: name, party, flow: phone.flow.id });
    const here = parts.hostOf(phone.flow, origin.domain);
    const outgoing = parts.dialogs.outgoingInvite(
      {
        requestUri: phone.requestUri,
        from: NameAddr.of({ displayName: origin.party.name, uri: SipUri.of({ user: origin.party.number, ...here }) }),
        to: NameAddr.of({ uri: SipUri.of({ user: party.number, ...here }) }),
        target: phone.flow,
        sdp: offer.value,
        maxForwards: maxForwardsOf(invite.request) - 1,
        headers: passedHeaders(invite.request),
        ...(phone.routes.length === 0 ? {} : { routes: phone.routes }),
      },
      {
        onProgress: (response, early) => this.#onProgress(leg, response, early?.remoteSdp),
        onAnswer: (_response, session) => this.#onAnswer(leg, session),
        onFailure: (failure) => this.#onFailure(leg, failure),
      },
    );
    this.#invites.set(name, outgoing);
    this.#onOutgoing(outgoing.callId, true);
  }

  /** Stops ringing one phone; one that was only chosen is forgotten. */
  cancel(name: LegName, elsewhere: boolean): void {
    this.#chosen.delete(name);
    const outgoing = this.#invites.get(name);
    if (outgoing === undefined) return;
    this.#release(name);
    outgoing.cancel(elsewhere ? [['Reason', COMPLETED_ELSEWHERE]] : []);
    this.#call.legs.drop(name);
    this.#call.emit({ type: 'leg.ended', leg: name, ...(elsewhere ? { elsewhere } : {}) });
  }

  /** Stops ringing all of them, whatever state the call is in. */
  cancelAll(): void {
    for (const name of [...this.#invites.keys()]) this.cancel(name, false);
  }

  #onProgress(leg: Leg, response: SipResponse, sdp: string | undefined): void {
    const earlyMedia = sdp !== undefined && leg.sdp.receiveAnswer(sdp).ok;
    this.#call.feed({ type: 'progress', leg: leg.name, status: response.status, earlyMedia });
  }

  #onAnswer(leg: Leg, session: Session): SessionUser {
    const { legs, policy, invite, log } = this.#call;
    this.#release(leg.name);
    leg.session = session;
    const { remoteSdp } = session;
    const usable = legs.caller !== undefined && remoteSdp !== undefined && leg.sdp.receiveAnswer(remoteSdp).ok;
    const forCaller = usable ? callerAnswer(legs.caller, leg, invite.offer !== undefined, policy) : undefined;
    if (forCaller?.ok) {
      leg.forCaller = forCaller.value;
      this.#call.feed({ type: 'answered', leg: leg.name });
    } else {
      log.info('call.answer-unusable', { leg: leg.name });
      session.bye([['Reason', reasonHeader('no-common-codec')]]);
      legs.drop(leg.name);
      this.#call.feed({ type: 'refused', leg: leg.name, failure: 'no-common-codec', status: 488 });
    }
    return this.#call.sessionUser(leg);
  }

  #onFailure(leg: Leg, failure: InviteFailure): void {
    // A cancelled fork was taken off the call when it was cancelled.
    if (failure.cause === 'cancelled') return;
    this.#release(leg.name);
    this.#call.legs.drop(leg.name);
    const outcome = failure.cause === 'response' ? failureOfStatus(failure.status) : 'unreachable';
    this.#call.feed({ type: 'refused', leg: leg.name, failure: outcome, status: failure.status });
  }

  #release(name: LegName): void {
    const outgoing = this.#invites.get(name);
    if (outgoing === undefined) return;
    this.#invites.delete(name);
    this.#onOutgoing(outgoing.callId, false);
  }
}

function partyOf(target: RingTarget): Party {
  const { extension, name } = target.user;
  return { number: extension, extension, login: target.device.login, ...(name === undefined ? {} : { name }) };
}

function maxForwardsOf(request: SipRequest): number {
  return request.maxForwards?.ok ? request.maxForwards.value : DEFAULT_MAX_FORWARDS;
}
