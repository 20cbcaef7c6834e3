import type { DtmfKey } from '@vats/media';
import type { Respond, SipRequest } from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { KeysDropped, LegName } from './call-event.ts';
import { InfoKeys } from './info-keys.ts';
import { keyTypeOf, readKeyInfo } from './key-info.ts';
import type { Leg } from './leg.ts';

/** Presses that may wait at one leg for those before them; the media plane keeps some more. */
const MAX_WAITING = 50;
/** Of a press as an event: its repeated end, and the moment before the next one. */
const AROUND_MS = 60;
/** When a peer may try again whose presses came faster than they can be sent. */
const RETRY_AFTER_S = 1;

/**
 * Keys between a leg that has them by SIP INFO and one that does not: what the media plane heard as an event becomes an INFO, and
 * an INFO an event. What keys are is told nobody: they may be a PIN.
 */
export class Keys {
  readonly #call: CallContext;
  /** Of each leg that gets keys by INFO, those on their way. */
  readonly #byInfo = new Map<LegName, InfoKeys>();
  /** Of each leg that gets keys as events, when those on their way will be over; ms, monotonic. */
  readonly #ends = new Map<LegName, number[]>();
  readonly #told = new Set<string>();

  constructor(call: CallContext) {
    this.#call = call;
  }

  /** A key was pressed at this leg as an event, which the other side has by INFO. */
  heard(name: LegName, key: DtmfKey, milliseconds: number): void {
    const leg = this.#call.legs.get(name);
    if (leg === undefined) return;
    const other = this.#call.otherOf(leg);
    const { session } = other ?? {};
    if (other === undefined || session === undefined || session.ended) {
      this.#dropped(name, 'not-answered');
      return;
    }
    // The event was mapped for another leg than the one that is there by now.
    if (other.sdp.keys !== 'info') return;
    let info = this.#byInfo.get(other.name);
    if (info === undefined || info.session !== session) {
      info = new InfoKeys(session, (why, status) => this.#dropped(name, why, status));
      this.#byInfo.set(other.name, info);
    }
    info.send({ key, milliseconds });
  }

  /** Deals with an INFO that tells a key which the other side has another way; answers whether it was one. */
  received(leg: Leg, request: SipRequest, respond: Respond): boolean {
    if (request.method !== 'INFO' || leg.sdp.keys !== 'info') return false;
    const type = keyTypeOf(request.value('Content-Type'));
    const other = this.#call.otherOf(leg);
    // Between two legs that have them by INFO they go through as everything else.
    if (type === undefined || other === undefined || other.sdp.keys === 'info') return false;
    const encoding = request.value('Content-Encoding');
    if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') {
      respond(415, { headers: [['Accept-Encoding', 'identity']] });
      return true;
    }
    const press = readKeyInfo(type, request.body);
    if (!press.ok) {
      respond(400, { reason: press.error.code });
      return true;
    }
    this.#sendAsEvent(leg, other, press.value, respond);
    return true;
  }

  #sendAsEvent(
    leg: Leg,
    other: Leg,
    press: { readonly key: DtmfKey; readonly milliseconds: number },
    respond: Respond,
  ): void {
    const { events } = other.sdp;
    if (events === undefined || !other.sdp.media().receives) {
      this.#dropped(leg.name, events === undefined ? 'not-negotiated' : 'held');
      respond(200);
      return;
    }
    const now = this.#call.parts.clock.monotonic();
    const ends = (this.#ends.get(other.name) ?? []).filter((end) => end > now);
    this.#ends.set(other.name, ends);
    if (ends.length >= MAX_WAITING) {
      this.#dropped(leg.name, 'too-many');
      // 503 would be about this switch as a whole (RFC 3261 §21.5.4).
      respond(500, { reason: 'Too many keys', headers: [['Retry-After', String(RETRY_AFTER_S)]] });
      return;
    }
    ends.push((ends.at(-1) ?? now) + press.milliseconds + AROUND_MS);
    const { payloadType, clockRate } = events;
    this.#call.legs.sendDigit(other, { ...press, payloadType, clockRate });
    respond(200);
  }

  /** Once for each leg and reason: who dials a number that goes nowhere need not fill the story. */
  #dropped(leg: LegName, why: KeysDropped['why'], status?: number): void {
    const told = `${leg} ${why}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    this.#call.emit({ type: 'keys.dropped', leg, why, ...(status !== undefined && { status }) });
  }
}
