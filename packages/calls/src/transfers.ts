import type { Caller } from '@vats/pbx';
import { type IncomingRefer, isSecure, isSips, type ReferOutcome, type Replaces, warning } from '@vats/sip';
import type { CallContext, CallOrigin } from './call-context.ts';
import type { LegName, Party } from './call-event.ts';
import type { CallPlan } from './call-plan.ts';
import { CALLER } from './call-state.ts';
import type { CallerSide } from './caller-side.ts';
import { type Consultation, type Given, isNegotiating } from './consultation.ts';
import { FAILURES, type FailureCode, reasonHeader } from './failures.ts';
import type { Forks } from './forks.ts';
import type { Leg } from './leg.ts';
import { calleeOffer } from './negotiation.ts';
import type { Renegotiation } from './renegotiation.ts';
import { mayGoOver, WOULD_LEAVE_TLS } from './secure-call.ts';
import { type Dialled, dialledIn, type OrderRefusal, transferorOf } from './transfer-order.ts';

/** What the transfers of a call need of it. */
export interface TransferParts {
  readonly call: CallContext;
  readonly forks: Forks;
  readonly callerSide: CallerSide;
  readonly plan: CallPlan;
  readonly renegotiation: Renegotiation;
  /** The two who talk now, and whether a negotiation between them is under way. */
  readonly talking: () => { readonly caller: Leg; readonly peer: Leg; readonly exchanging: boolean } | undefined;
  /** What the transferor has in another call of the domain, by the name of its dialog there. */
  readonly consultationOf: (replaces: Replaces, transferor: Leg) => Consultation | 'unknown' | 'not-theirs' | undefined;
  /** For whom the call's plan is made from now on. */
  readonly asks: (origin: CallOrigin) => void;
  /** The two who talk are others than before. */
  readonly changed: () => void;
}

/** What a REFER orders. */
interface Order {
  readonly by: Leg;
  readonly caller: Caller;
  readonly to: Dialled;
  readonly consultation: Consultation | undefined;
  /** The call may not leave TLS from now on. */
  readonly secure: boolean;
}

interface Running extends Order {
  readonly outcome: ReferOutcome;
  /** For whom the plan was made before. */
  readonly before: CallOrigin;
  /** Whom the consultation has given, while they are told where their sound is now. */
  coming?: LegName;
}

/**
 * The transfers of one call (RFC 3515, RFC 5589). A REFER is obeyed here and goes to nobody: the transferor hears nobody
 * from then on, and the other side is called on as if the transferor had dialled (blind), or gets whom the transferor has in
 * another call (attended), who then comes into this one. The transferor has the call back if nothing comes of it and its leg
 * is there still.
 */
export class Transfers {
  readonly #parts: TransferParts;
  #running: Running | undefined;

  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  /** A REFER of one side came. */
  received(leg: Leg | undefined, refer: IncomingRefer): void {
    const { call } = this.#parts;
    const order = this.#orderOf(leg, refer);
    if ('status' in order) {
      const { status, why } = order;
      call.log.info('transfer.refused', { leg: leg?.name, status, why });
      refer.reject(status, { headers: [warning(why)] });
      return;
    }
    this.#running = { ...order, outcome: refer.accept(), before: call.origin };
    call.feed({ type: 'transfer', by: order.by.name });
  }

  #orderOf(leg: Leg | undefined, refer: IncomingRefer): Order | OrderRefusal {
    const { call } = this.#parts;
    const talking = this.#parts.talking();
    if (leg === undefined || talking === undefined || (leg !== talking.caller && leg !== talking.peer)) {
      // Who waits to be put through, or is with the switch itself, has nobody to send on.
      return refused(this.#running === undefined ? 403 : 491, 'nobody talks with you who could be transferred');
    }
    if (talking.exchanging || isNegotiating(talking.caller) || isNegotiating(talking.peer)) return NEGOTIATING;
    const { domain } = call.origin;
    const { directory } = call.parts.world();
    const caller = transferorOf(leg.party, domain, directory);
    if ('status' in caller) return caller;
    const consultation = refer.replaces && this.#parts.consultationOf(refer.replaces, leg);
    if (consultation === 'not-theirs') return refused(403, 'the dialog to be replaced is not of your account');
    if (consultation === 'unknown' || (refer.replaces !== undefined && consultation === undefined)) {
      return refused(481, 'there is no such dialog to be replaced');
    }
    if (consultation?.isNegotiating === true) return NEGOTIATING;
    // Whom a phone consults it names by our Contact, which nobody could dial.
    const to = consultation === undefined ? dialledIn(refer, domain, directory) : { dialled: consultation.to };
    if ('status' in to) return to;
    const secure = call.origin.secure === true || isSips(refer.target) || consultation?.secure === true;
    const stays = leg === talking.caller ? talking.peer : talking.caller;
    const isOverTls = isSecure(stays.flow.transport) && consultation?.isOverTls !== false;
    return secure && !isOverTls ? refused(403, WOULD_LEAVE_TLS) : { by: leg, caller, to, consultation, secure };
  }

  /** The other side waits from now on. */
  begin(by: LegName, remains: LegName): void {
    const running = this.#running;
    const { call } = this.#parts;
    call.legs.takesCallersPlace(remains);
    const [transferor, waits] = [call.legs.get(by), call.legs.get(remains)];
    if (running === undefined || transferor === undefined || waits === undefined) return;
    const { consultation, to, secure } = running;
    if (transferor.holds) waits.unheld = true;
    call.speaker.hush(transferor);
    call.legs.part(transferor);
    call.recorder.without(transferor);
    const how = consultation === undefined || consultation.stage === 'served' ? 'blind' : 'attended';
    call.emit({
      ...{ type: 'transfer.started', how, by, byParty: transferor.party, remains, party: waits.party, to: to.dialled },
      ...(how === 'attended' && consultation !== undefined && { with: consultation.id }),
    });
    const { domain } = running.before;
    const { dialled, host } = to;
    const { hides, callerId } = running.before;
    // Who hid in the call hides in what it sends on as well.
    const isTheirs = transferor.name === CALLER;
    const asked = {
      dialled,
      ...(host !== undefined && { host }),
      ...(secure && { secure }),
      ...(isTheirs && hides !== undefined && { hides }),
      ...(isTheirs && callerId !== undefined && { callerId }),
    };
    this.#parts.asks({ domain, caller: running.caller, party: waits.party, referredBy: transferor.party, ...asked });
    if (consultation === undefined) this.#parts.plan.begin();
    else if (consultation.stage === 'talks') this.#take(running, consultation.give(call.id));
    else if (consultation.stage === 'rings') {
      this.#parts.callerSide.ringback();
      consultation.leaveTo({
        id: call.id,
        progressed: (status) => this.progressed(status),
        takes: (given) => this.#take(running, given),
        failed: (failure) => this.#refuse(running, failure),
      });
    } else {
      consultation.abandon('transferred');
      this.#parts.plan.begin();
    }
  }

  /** Somebody is being rung. */
  progressed(status: number): void {
    this.#running?.outcome.progress(status);
  }

  /** Somebody is there in the transferor's place. */
  end(to: LegName): void {
    const running = this.#running;
    const { call, renegotiation } = this.#parts;
    const [waits, comes] = [call.legs.caller, call.legs.get(to)];
    if (running === undefined || waits === undefined || comes === undefined) return;
    const party: Party = waits === comes ? { number: running.to.dialled } : comes.party;
    call.emit({ type: 'transfer.succeeded', by: running.by.name, leg: to, party });
    this.#finish(running, 200);
    const isHeld = waits.unheld === true && waits.sdp.media().held && !waits.holds;
    // Where the switch itself is there, it offers what it can say.
    if (waits !== comes) waits.unheld = false;
    if (isHeld && waits !== comes) renegotiation.renew(waits, comes);
    this.#parts.changed();
  }

  /** Nothing came of it. @param returned who ordered it, where they have the call back */
  fail(failure: FailureCode, returned: LegName | undefined): void {
    const running = this.#running;
    const { call } = this.#parts;
    if (running === undefined) return;
    const { consultation, by, before, coming } = running;
    this.#drop(coming, failure);
    consultation?.abandon(failure);
    this.#parts.asks(before);
    this.#finish(running, FAILURES[failure].status || 480);
    call.emit({ type: 'transfer.failed', by: by.name, failure, returned: returned !== undefined });
    const [waits, again] = [call.legs.caller, returned === undefined ? undefined : call.legs.get(returned)];
    if (waits === undefined || again === undefined) return;
    waits.unheld = false;
    call.speaker.hush(waits);
    call.legs.join(waits, again);
    call.recorder.again(again);
    call.holdMusic.review(waits, again);
    this.#parts.changed();
  }

  /** The call is over: whoever waits to hear how it went hears it. */
  close(): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#drop(running.coming, 'caller-cancelled');
    running.consultation?.abandon('caller-cancelled');
    this.#finish(running, 487);
  }

  /** Tells whom the consultation had where their sound is now. */
  #take(running: Running, given: Given | undefined): void {
    const { call, forks } = this.#parts;
    const waits = call.legs.caller;
    if (given === undefined || waits === undefined || this.#running !== running) {
      if (given !== undefined) this.#turnAway(given, 'caller-cancelled');
      this.#refuse(running, 'unreachable');
      return;
    }
    if (!mayGoOver(call.origin, given.leg.flow.transport)) {
      this.#turnAway(given, 'tls-only');
      this.#refuse(running, 'tls-only');
      return;
    }
    const name = forks.nextLeg();
    const leg = call.legs.adopt(name, given);
    const session = given.leg.session;
    if (given.portion !== undefined) forks.portions.adopt(name, given.portion);
    if (leg === undefined || session === undefined) {
      session?.bye([['Reason', reasonHeader('no-media-ports')]]);
      call.legs.drop(name);
      this.#refuse(running, 'no-media-ports');
      return;
    }
    running.coming = name;
    const { flow, party, trunk } = leg;
    const joined = running.consultation?.id;
    call.emit({
      ...{ type: 'leg.started', leg: name, party, flow: flow.id },
      ...(trunk !== undefined && { trunk }),
      ...(joined !== undefined && { joined, why: `from call ${joined}` }),
    });
    session.handOver({
      ...call.sessionUser(leg),
      onEnd: () => {
        if (running.coming === name) this.#lost(running, 'callee-hung-up');
        else call.feed({ type: 'leg-ended', leg: name, failure: 'callee-hung-up' });
      },
    });
    const offer = calleeOffer(waits, leg, call.terms);
    if (!offer.ok) {
      this.#lost(running, 'no-common-codec');
      return;
    }
    leg.ourReinvite = session.reinvite(
      { sdp: offer.value },
      {
        onAnswer: () => {
          leg.ourReinvite = undefined;
          if (!leg.sdp.receiveAnswer(session.remoteSdp ?? '').ok) {
            this.#lost(running, 'no-common-codec');
            return;
          }
          delete running.coming;
          leg.holds = !waits.holds && leg.sdp.media().held;
          session.handOver(call.sessionUser(leg));
          call.feed({ type: 'brought', leg: name });
        },
        onFailure: (status) => this.#lost(running, status === 488 ? 'no-common-codec' : 'leg-lost'),
      },
    );
  }

  /** Whoever comes too late is let go, and all that is held for them with them. */
  #turnAway({ leg, giveBack, portion }: Given, failure: FailureCode): void {
    const { call, forks } = this.#parts;
    const name = forks.nextLeg();
    call.holdings.hold(name, giveBack);
    if (portion !== undefined) forks.portions.adopt(name, portion);
    leg.session?.bye([['Reason', reasonHeader(failure)]]);
    call.holdings.giveBack(name);
  }

  /** Whom the consultation had is gone before they could be joined. */
  #lost(running: Running, failure: FailureCode): void {
    const { coming } = running;
    if (coming === undefined) return;
    this.#drop(coming, failure);
    delete running.coming;
    this.#refuse(running, failure);
  }

  #drop(coming: LegName | undefined, failure: FailureCode): void {
    const { legs } = this.#parts.call;
    if (coming === undefined) return;
    legs.get(coming)?.session?.bye([['Reason', reasonHeader(failure)]]);
    legs.drop(coming);
    this.#parts.call.emit({ type: 'leg.ended', leg: coming, failure });
  }

  #refuse(running: Running, failure: FailureCode): void {
    if (this.#running === running) this.#parts.call.feed({ type: 'refuse', failure });
  }

  #finish(running: Running, status: number): void {
    if (this.#running === running) this.#running = undefined;
    running.outcome.finish(status);
  }
}

const NEGOTIATING = refused(491, 'a negotiation is under way');

function refused(status: number, why: string): OrderRefusal {
  return { status, why };
}
