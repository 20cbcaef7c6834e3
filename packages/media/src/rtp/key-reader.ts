import type { Cancel, Clock } from '@vats/kernel';
import { rtpMarker, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from './packet.ts';
import { MAX_MISORDER } from './sequence-bounds.ts';
import {
  type DtmfKey,
  eventCode,
  eventDuration,
  eventEnds,
  holdsEvent,
  keyOfEvent,
  LONGEST_DURATION,
} from './telephone-event.ts';

/** An event of which nothing more is heard has ended: updates come every 50 ms or less (RFC 4733 §2.5.1.2). */
const UNHEARD_MS = 300;
/** Nobody presses more often, and no dialler dials faster: 40 ms of a key and 40 ms of none. */
export const MAX_KEYS_A_SECOND = 25;
/** A press is told as no longer than this, as one by INFO is: what passes it on sounds as long, and the next ones wait. */
export const LONGEST_PRESS_MS = 5_000;

/** Of the clock that events of a payload type count in, in Hz. */
export type ClockRates = ReadonlyMap<number, number>;

/** The event that is heard now, or was heard last. */
interface HeardEvent {
  readonly ssrc: number;
  readonly code: number;
  readonly key: DtmfKey;
  readonly rate: number;
  /** Of its present segment: a longer event goes on under another timestamp (RFC 4733 §2.5.1.3). */
  timestamp: number;
  duration: number;
  /** Of the segments before this one. */
  before: number;
  highest: number;
  heardAt: number;
  told: boolean;
}

/**
 * Reads key presses out of the telephone events of one leg (RFC 4733): one press for one event, however many packets tell of it,
 * whichever of them are lost, with marker bit or without.
 */
export class KeyReader {
  rates: ClockRates = new Map();
  readonly #clock: Clock;
  readonly #pressed: (key: DtmfKey, milliseconds: number) => void;
  #event: HeardEvent | undefined;
  #cancelWait: Cancel | undefined;
  #second = 0;
  #thisSecond = 0;

  /** @param pressed told when a press is over, and how long it was */
  constructor(clock: Clock, pressed: (key: DtmfKey, milliseconds: number) => void) {
    this.#clock = clock;
    this.#pressed = pressed;
  }

  /** A packet whose payload type is that of events. */
  hear(packet: Uint8Array, payloadAt: number): void {
    const rate = this.rates.get(rtpPayloadType(packet));
    if (rate === undefined || !holdsEvent(packet, payloadAt)) return;
    const code = eventCode(packet, payloadAt);
    const key = keyOfEvent(code);
    if (key === undefined) return;
    const event = this.#eventOf(packet, code) ?? this.#begin(packet, code, key, rate);
    if (event === 'late' || event.told) return;
    event.heardAt = this.#clock.monotonic();
    event.duration = Math.max(event.duration, eventDuration(packet, payloadAt));
    if (eventEnds(packet, payloadAt)) this.#end(event);
    else this.#cancelWait ??= this.#wait(UNHEARD_MS);
  }

  close(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    this.#event = undefined;
  }

  /** The event that this packet is of, if it is known: one that a later one has replaced is only late. */
  #eventOf(packet: Uint8Array, code: number): HeardEvent | 'late' | undefined {
    const event = this.#event;
    if (event === undefined || event.ssrc !== rtpSsrc(packet)) return undefined;
    const back = (event.highest - rtpSequence(packet)) & 0xffff;
    const isOld = back < MAX_MISORDER;
    if (!isOld) event.highest = rtpSequence(packet);
    const timestamp = rtpTimestamp(packet);
    const isSame = event.code === code;
    if (isSame && event.timestamp === timestamp) return event;
    if (isOld) return 'late';
    if (!isSame || event.told || rtpMarker(packet) || event.duration < LONGEST_DURATION) return undefined;
    if ((timestamp - event.timestamp) >>> 0 !== event.duration) return undefined;
    event.before += event.duration;
    event.duration = 0;
    event.timestamp = timestamp;
    return event;
  }

  #begin(packet: Uint8Array, code: number, key: DtmfKey, rate: number): HeardEvent {
    if (this.#event !== undefined) this.#end(this.#event);
    const event: HeardEvent = {
      ssrc: rtpSsrc(packet),
      code,
      key,
      rate,
      timestamp: rtpTimestamp(packet),
      duration: 0,
      before: 0,
      highest: rtpSequence(packet),
      heardAt: this.#clock.monotonic(),
      told: false,
    };
    this.#event = event;
    return event;
  }

  #end(event: HeardEvent): void {
    if (event.told) return;
    event.told = true;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    const second = Math.floor(this.#clock.monotonic() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#thisSecond = 0;
    }
    if (++this.#thisSecond > MAX_KEYS_A_SECOND) return;
    const lasted = Math.round((1_000 * (event.before + event.duration)) / event.rate);
    this.#pressed(event.key, Math.min(LONGEST_PRESS_MS, lasted));
  }

  #wait(milliseconds: number): Cancel {
    return this.#clock.after(milliseconds, () => {
      this.#cancelWait = undefined;
      const event = this.#event;
      if (event === undefined || event.told) return;
      const left = event.heardAt + UNHEARD_MS - this.#clock.monotonic();
      if (left > 0) this.#cancelWait = this.#wait(left);
      else this.#end(event);
    });
  }
}
