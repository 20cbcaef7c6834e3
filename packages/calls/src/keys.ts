import { carriesTones, type DtmfKey } from '@vats/media';
import type { Respond, SipRequest } from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { KeysDropped, LegName } from './call-event.ts';
import { InfoKeys } from './info-keys.ts';
import { keyTypeOf, readKeyInfo } from './key-info.ts';
import type { Leg } from './leg.ts';

/** Presses that may wait at one leg for those before them; the media plane keeps some more. */
const MAX_WAITING = 50;
/** Of a press: its repeated end as an event, or the pause behind a tone, and the moment before the next one. */
const AROUND_MS = 70;
/** When a peer may try again whose presses came faster than they can be sent. */
const RETRY_AFTER_S = 1;

/**
 * Keys between two legs that have them in different ways: as telephone events, by SIP INFO, as tones in the sound. What the media
 * plane heard of one leg, or its INFO told, is given to the other as it wants it. What keys are is told nobody: they may be a PIN.
 */
export class Keys {
  readonly #call: CallContext;
  /** Of each leg that gets keys by INFO, those on their way. */
  readonly #byInfo = new Map<LegName, InfoKeys>();
  /** Of each leg that gets keys as events or tones, when those on their way will be over; ms, monotonic. */
  readonly #ends = new Map<LegName, number[]>();
  readonly #told = new Set<string>();

  constructor(call: CallContext) {
    this.#call = call;
  }

  /** A key was pressed at this leg as an event or a tone, which the other side has in another way. */
  heard(name: LegName, key: DtmfKey, milliseconds: number): void {
    const leg = this.#call.legs.get(name);
    // Whoever is in a conference presses keys for nobody.
    if (leg === undefined || this.#call.isServed) return;
    const other = this.#call.otherOf(leg) ?? this.#call.earlyOtherOf(leg);
    // Events and tones stand in the sound, which may flow before anybody has answered: a machine asks for keys then.
    if (other !== undefined && other.sdp.keys !== 'info') {
      // It was heard for another leg than the one that is there by now.
      // In a room events are told of either side, as nothing passes between the two by itself.
      const passes = other.sdp.keys === leg.sdp.keys && !(this.#call.legs.meet && leg.sdp.keys === 'events');
      const why = passes ? undefined : this.#give(other, { key, milliseconds });
      if (why !== undefined) this.#dropped(name, why);
      return;
    }
    const { session } = other ?? {};
    if (other === undefined || session === undefined || session.ended) {
      this.#dropped(name, 'not-answered');
      return;
    }
    if (leg.sdp.keys === 'info') return;
    let info = this.#byInfo.get(other.name);
    if (info === undefined || info.session !== session) {
      info = new InfoKeys(session, (why, status) => this.#dropped(name, why, status));
      this.#byInfo.set(other.name, info);
    }
    info.send({ key, milliseconds });
  }

  /** Deals with an INFO that tells a key which the other side has another way; answers whether it was one. */
  received(leg: Leg, request: SipRequest, respond: Respond): boolean {
    if (request.method !== 'INFO') return false;
    if (this.#call.isServed) return this.#asked(leg, request, respond);
    if (leg.sdp.keys !== 'info') return false;
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
    const why = this.#give(other, press.value);
    if (why !== undefined) this.#dropped(leg.name, why);
    // 503 would be about this switch as a whole (RFC 3261 §21.5.4).
    if (why === 'too-many')
      respond(500, { reason: 'Too many keys', headers: [['Retry-After', String(RETRY_AFTER_S)]] });
    else respond(200);
    return true;
  }

  /** The switch itself has the caller, and may have asked for keys. One that has agreed on events sends them so, and must not count twice. */
  #asked(leg: Leg, request: SipRequest, respond: Respond): boolean {
    const type = keyTypeOf(request.value('Content-Type'));
    if (type === undefined || leg.sdp.events !== undefined) return false;
    const press = readKeyInfo(type, request.body);
    if (press.ok) {
      this.#call.legs.media?.pressed(leg.media, press.value.key);
      respond(200);
    } else respond(400, { reason: press.error.code });
    return true;
  }

  /** Sends a leg a key as an event or as a tone, whichever it has; says why where that can't be. */
  #give(to: Leg, press: { readonly key: DtmfKey; readonly milliseconds: number }): KeysDropped['why'] | undefined {
    const { events, keys } = to.sdp;
    const format = keys === 'tones' ? to.sdp.spoken(carriesTones) : undefined;
    if (events === undefined && format === undefined) return 'not-negotiated';
    if (!to.sdp.media().receives) return 'held';
    // A tone would cut short what is being said there, music on hold or an announcement, in which nobody hears the other side.
    if (format !== undefined && this.#call.speaker.saying(to) !== undefined) return 'held';
    const now = this.#call.parts.clock.monotonic();
    const ends = (this.#ends.get(to.name) ?? []).filter((end) => end > now);
    this.#ends.set(to.name, ends);
    if (ends.length >= MAX_WAITING) return 'too-many';
    ends.push((ends.at(-1) ?? now) + press.milliseconds + AROUND_MS);
    if (format !== undefined) this.#call.legs.sendTone(to, { ...press, format });
    else if (events !== undefined) {
      const { payloadType, clockRate } = events;
      this.#call.legs.sendDigit(to, { ...press, payloadType, clockRate });
    }
    return undefined;
  }

  /** Once for each leg and reason: who dials a number that goes nowhere need not fill the story. */
  #dropped(leg: LegName, why: KeysDropped['why'], status?: number): void {
    const told = `${leg} ${why}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    this.#call.emit({ type: 'keys.dropped', leg, why, ...(status !== undefined && { status }) });
  }
}
