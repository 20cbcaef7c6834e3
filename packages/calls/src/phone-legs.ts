import { normaliseNumber, type RingOutcome } from '@vats/pbx';
import type { InviteFailure, OutgoingInviteOptions } from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { LegName } from './call-event.ts';
import { crowded, entryOf } from './crowd.ts';
import { nextFlow, withEncryption } from './next-try.ts';
import { didOf, phoneAddresses, referredByAt } from './phone-invite.ts';
import { phoneWay } from './phone-way.ts';
import type { PhoneRing } from './rings.ts';

/** Why a phone is not rung at all. */
export interface NotRung {
  readonly failure: RingOutcome;
  readonly status: number;
}

/** The ring that takes the place of one that failed, and how that one ended. */
export interface NextTry {
  readonly ring: PhoneRing;
  readonly failure: RingOutcome;
}

/**
 * The legs of one call that ring at phones, and at PBXs behind us: what each holds of its account's limits, and whether the phone is tried
 * once more when its INVITE fails, by another flow or with an encrypted offer.
 */
export class PhoneLegs {
  readonly #call: CallContext;
  readonly #rings = new Map<LegName, PhoneRing>();
  /** What takes legs that ring at PBXs behind us off the count. */
  readonly #atPbx = new Map<LegName, () => void>();

  constructor(call: CallContext) {
    this.#call = call;
  }

  /** Takes what the leg needs of limits, and holds it; or says why the phone is not rung. */
  take(name: LegName, ring: PhoneRing): NotRung | undefined {
    const { places, holdings, log } = this.#call;
    const { device } = ring.target;
    if (!places.take(name, device)) {
      log.info('call.account-limit', { login: device.login });
      return { failure: 'callee-busy', status: 486 };
    }
    holdings.hold(name, () => places.leave(name));
    return device.trunk === true ? this.#ringAtPbx(name, ring) : undefined;
  }

  /** The INVITE of a leg, but for its SDP. Remembers the leg as one that rings. */
  invite(name: LegName, ring: PhoneRing): Omit<OutgoingInviteOptions, 'target' | 'sdp' | 'maxForwards'> {
    const { parts, origin } = this.#call;
    const { target, phone } = ring;
    this.#rings.set(name, ring);
    const referredBy = referredByAt(this.#call, phone.flow);
    return {
      ...phoneAddresses(this.#call, ring),
      ...phoneWay(parts, origin.domain, target.device, phone),
      ...(referredBy !== undefined && { headers: [referredBy] }),
    };
  }

  /** Somebody has answered. */
  answered(name: LegName): void {
    this.ringsNoMore(name);
    this.#leavePbx(name);
  }

  /** Its INVITE is over, or given up. */
  ringsNoMore(name: LegName): void {
    this.#rings.delete(name);
  }

  /** The INVITE of a leg failed. @returns what is to be tried in its place */
  failed(name: LegName, failure: InviteFailure): NextTry | undefined {
    const ring = this.#rings.get(name);
    this.#rings.delete(name);
    if (ring === undefined) return undefined;
    const otherFlow = nextFlow(ring.phone, failure);
    if (otherFlow !== undefined) return { ring: { ...ring, phone: otherFlow }, failure: 'unreachable' };
    const isClear = ring.encrypted !== true;
    if (!isClear || !withEncryption(ring.target.device.srtp, failure)) return undefined;
    return { ring: { ...ring, encrypted: true }, failure: 'no-common-codec' };
  }

  #ringAtPbx(name: LegName, { target }: PhoneRing): NotRung | undefined {
    const { id, origin, outward, holdings } = this.#call;
    const { login } = target.device;
    const there = `${login} ${didOf(target) ?? ''}`;
    if (outward.isLoop(id, there)) return { failure: 'loop', status: 482 };
    const crowd = crowded(this.#call, there);
    if (crowd !== undefined) return { failure: crowd, status: 486 };
    const shown = normaliseNumber(origin.party.number).number;
    const by = entryOf(this.#call);
    const about = { call: id, domain: origin.domain.id, login, shown, target: there };
    const leg = { ...about, ...(by !== undefined && { by }) };
    outward.add(leg);
    this.#atPbx.set(name, () => outward.delete(leg));
    holdings.hold(name, () => this.#leavePbx(name));
    return undefined;
  }

  #leavePbx(name: LegName): void {
    const leave = this.#atPbx.get(name);
    this.#atPbx.delete(name);
    leave?.();
  }
}
