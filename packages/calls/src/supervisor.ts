import type { Cancel } from '@vats/kernel';
import type { RoomOrder } from '@vats/media';
import type { Device, User } from '@vats/pbx';
import {
  type IncomingReinvite,
  type InviteFailure,
  NameAddr,
  type OutgoingInvite,
  type Session,
  type SessionUser,
  SipUri,
} from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { LegName, Party } from './call-event.ts';
import { CallLegs } from './call-legs.ts';
import { COMPLETED_ELSEWHERE, type FailureCode, reasonHeader } from './failures.ts';
import type { Leg } from './leg.ts';
import { LegHoldings } from './leg-holdings.ts';
import { nextFlow, withEncryption } from './next-try.ts';
import type { ReachablePhone } from './parts.ts';
import { phoneWay } from './phone-way.ts';
import { relayInDialogRequest } from './relay-request.ts';
import { roomOrderOf } from './room-order.ts';
import { mayGoOver } from './secure-call.ts';

/** How a supervisor takes part in a call: hears it; is heard by the employee alone; is heard by both. */
export type SupervisionKind = 'listen' | 'whisper' | 'barge';

/** How long their phones ring. */
const RING_MS = 60_000;

/** One of their phones, as it is rung. */
interface SupervisorsPhone {
  readonly device: Device;
  readonly phone: ReachablePhone;
  /** It would not take the call in clear. */
  readonly encrypted?: boolean;
}

/** What a supervisor is given. */
export interface SupervisorOptions {
  readonly call: CallContext;
  /** Unique in the call; part of the names of its media. */
  readonly number: number;
  readonly user: User;
  readonly phones: readonly SupervisorsPhone[];
  /** What the phones show of the call. */
  readonly shows: string;
  /** Who in the room hears it as it is now. */
  readonly presence: () => RoomOrder['presence'];
  /** The room of the call. */
  readonly room: string;
  /** An INVITE of ours with this Call-ID is under way, or no longer is. */
  readonly onOutgoing: (callId: string, live: boolean) => void;
  /** A phone has been answered: the call is to come into the room. */
  readonly answered: () => void;
  /** Nothing is left of it. */
  readonly gone: (why: FailureCode) => void;
}

/**
 * A supervisor of one call: all their phones ring, and the one that is answered is taken into the call's sound. It has media of its own
 * beside the call's, so that whatever becomes of it leaves the call as it is.
 */
export class Supervisor {
  readonly party: Party;
  /** Its name in the room. */
  readonly as: string;
  joined = false;
  readonly #options: SupervisorOptions;
  readonly #legs: CallLegs;
  readonly #holdings = new LegHoldings();
  readonly #invites = new Map<LegName, OutgoingInvite>();
  #count = 0;
  #talks: Leg | undefined;
  #over = false;
  #stopRinging: Cancel = () => {};

  constructor(options: SupervisorOptions) {
    const { call, number, user } = options;
    this.#options = options;
    this.as = `supervisor ${number}`;
    const { extension, name } = user;
    this.party = { number: extension, extension, ...(name !== undefined && { name }) };
    const log = call.log.child({ supervisor: extension });
    const nothing = (): void => {};
    this.#legs = new CallLegs(
      `${call.id}-${number}`,
      call.parts,
      log,
      {
        get origin() {
          return call.origin;
        },
        feed: (input) => {
          if (input.type === 'hang-up') this.end(input.failure);
        },
        emit: nothing,
        keyPressed: nothing,
        recordingEnded: nothing,
        played: nothing,
        served: (event) => {
          if (event.kind === 'room-refused') this.end('conference-full');
        },
      },
      this.#holdings,
    );
  }

  /** Rings; false where no phone could be rung. */
  ring(): boolean {
    const { call, phones } = this.#options;
    const beside = call.legs.media;
    if (beside === undefined) return false;
    this.#legs.opensBeside(beside);
    for (const at of phones) this.#invite(at);
    this.#stopRinging = call.parts.clock.after(RING_MS, () => this.end('no-answer'));
    return this.#invites.size > 0;
  }

  /** It is heard by others now, or the call's sound has come into the room. */
  takeSeat(): void {
    const leg = this.#talks;
    const { room, presence } = this.#options;
    const order = leg && roomOrderOf(leg, { room, as: this.as, presence: presence() });
    if (leg !== undefined && order !== undefined) this.#legs.media?.joinRoom(leg.media, order);
  }

  /** By whom it is heard has changed. */
  changed(): void {
    if (this.#talks === undefined) return;
    this.#legs.media?.changeInRoom(this.#talks.media, { presence: this.#options.presence() });
  }

  /** Whatever it is doing, it ends. Idempotent. */
  end(why: FailureCode): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopRinging();
    for (const name of [...this.#invites.keys()]) this.#cancel(name, []);
    this.#talks?.session?.bye([['Reason', reasonHeader(why)]]);
    this.#legs.close();
    this.#options.gone(why);
  }

  /** The call keeps to TLS from now on: what of it is in clear ends. */
  keepToTls(): void {
    const { origin } = this.#options.call;
    const isInClear = (leg: Leg | undefined) => leg !== undefined && !mayGoOver(origin, leg.flow.transport);
    if (isInClear(this.#talks)) {
      this.end('tls-only');
      return;
    }
    for (const name of [...this.#invites.keys()]) if (isInClear(this.#legs.get(name))) this.#cancel(name, []);
    this.#nothingLeft('tls-only');
  }

  #invite(at: SupervisorsPhone): void {
    const { call, number, shows, onOutgoing } = this.#options;
    const { origin, parts, places } = call;
    const { device, phone, encrypted = false } = at;
    // Names that no leg of the call itself has.
    const name = `s${number}.${++this.#count}`;
    if (!places.take(name, device)) return;
    this.#holdings.hold(name, () => places.leave(name));
    const leg = this.#legs.open(name, this.party, phone, { srtp: device.srtp, encrypted });
    const offer = leg?.sdp.offerOwn();
    if (leg === undefined || offer?.ok !== true) {
      this.#legs.drop(name);
      return;
    }
    const here = parts.hostOf(phone.flow, origin.domain);
    const invite = parts.dialogs.outgoingInvite(
      {
        requestUri: phone.requestUri,
        from: NameAddr.of({ displayName: shows, uri: SipUri.of({ user: origin.party.number, ...here }) }),
        to: NameAddr.of({ uri: SipUri.of({ user: this.party.number, ...here }) }),
        target: phone.flow,
        sdp: offer.value,
        ...phoneWay(parts, origin.domain, device, phone),
      },
      {
        onProgress: () => {},
        onAnswer: (_response, session) => this.#answered(leg, session),
        onFailure: (failure) => this.#failed(leg, failure, at),
      },
    );
    this.#invites.set(name, invite);
    onOutgoing(invite.callId, true);
  }

  #answered(leg: Leg, session: Session): SessionUser {
    this.#forget(leg.name);
    leg.session = session;
    const { remoteSdp } = session;
    if (this.#over || remoteSdp === undefined || !leg.sdp.receiveAnswer(remoteSdp).ok) {
      session.bye([['Reason', reasonHeader('no-common-codec')]]);
      this.#legs.drop(leg.name);
      this.#nothingLeft('no-common-codec');
      return this.#sessionUser(leg);
    }
    this.#talks = leg;
    this.#stopRinging();
    for (const name of [...this.#invites.keys()]) this.#cancel(name, [['Reason', COMPLETED_ELSEWHERE]]);
    this.#legs.describe(leg);
    this.joined = true;
    this.#options.answered();
    this.takeSeat();
    return this.#sessionUser(leg);
  }

  #failed(leg: Leg, failure: InviteFailure, at: SupervisorsPhone): void {
    if (!this.#invites.has(leg.name)) return;
    this.#forget(leg.name);
    this.#legs.drop(leg.name);
    const otherFlow = nextFlow(at.phone, failure);
    if (otherFlow !== undefined) this.#invite({ ...at, phone: otherFlow });
    else if (at.encrypted !== true && withEncryption(at.device.srtp, failure)) this.#invite({ ...at, encrypted: true });
    this.#nothingLeft('no-answer');
  }

  #nothingLeft(why: FailureCode): void {
    if (this.#talks === undefined && this.#invites.size === 0) this.end(why);
  }

  #cancel(name: LegName, headers: readonly (readonly [string, string])[]): void {
    const invite = this.#invites.get(name);
    this.#forget(name);
    this.#legs.drop(name);
    invite?.cancel(headers);
  }

  #forget(name: LegName): void {
    const invite = this.#invites.get(name);
    if (!this.#invites.delete(name) || invite === undefined) return;
    this.#options.onOutgoing(invite.callId, false);
  }

  #sessionUser(leg: Leg): SessionUser {
    return {
      onAck: (sdp) => {
        const take = leg.onAnswerInAck;
        leg.onAnswerInAck = undefined;
        take?.(sdp);
      },
      onReinvite: (reinvite) => this.#renegotiated(leg, reinvite),
      onUpdate: (update) => this.#renegotiated(leg, update),
      onRefreshed: (sdp) => {
        if (leg.sdp.receiveAnswer(sdp).ok) this.#describe(leg);
      },
      onRequest: (request, respond) => relayInDialogRequest(request, respond, undefined),
      onEnd: () => this.end('callee-hung-up'),
    };
  }

  /** Its phone says that its sound is another, or asks what ours is. */
  #renegotiated(leg: Leg, reinvite: IncomingReinvite): void {
    const asks = reinvite.offer === undefined;
    const read = reinvite.offer === undefined ? undefined : leg.sdp.receiveOffer(reinvite.offer);
    const sdp = read?.ok === false ? read : asks ? leg.sdp.offerOwn() : leg.sdp.answerOwn('any');
    if (!sdp.ok) {
      if (read?.ok !== false) leg.sdp.rollBack();
      reinvite.reject(488);
      return;
    }
    if (asks) {
      leg.onAnswerInAck = (answer) => {
        if (answer !== undefined && leg.sdp.receiveAnswer(answer).ok) this.#describe(leg);
      };
    }
    reinvite.answer({ sdp: sdp.value });
    if (!asks) this.#describe(leg);
  }

  #describe(leg: Leg): void {
    this.#legs.describe(leg);
    this.takeSeat();
  }
}
