import type { Cancel, Clock } from '@vats/kernel';
import type { OutgoingStream } from './outgoing-stream.ts';
import { type DtmfKey, LONGEST_DURATION, writeEventPacket } from './telephone-event.ts';

/** Between the packets of an event, its three end packets too (RFC 4733 §2.5.1.2, §2.5.1.4). */
const UPDATE_MS = 20;
const END_PACKETS = 3;
/** Nobody presses longer on purpose. */
const LONGEST_MS = 5_000;
/** Presses that wait for the one before them; what comes beyond is lost. */
const MAX_WAITING = 64;

/** A key press to be sent as an event. */
export interface KeyPress {
  readonly key: DtmfKey;
  readonly milliseconds: number;
  readonly payloadType: number;
  /** Of the event, in Hz: that of the sound beside it. */
  readonly clockRate: number;
}

/** A press on its way. */
interface Sounding extends KeyPress {
  readonly ssrc: number;
  readonly timestamp: number;
  /** Which of the leg's streams it began in. */
  readonly renewals: number;
  /** Of the packet before, once the leg hears another stream: the event ends in its own. */
  sequence: number | undefined;
  /** In its clock: how long it is, and how much of that the segments before the present one have told. */
  readonly whole: number;
  before: number;
  sent: number;
  ends: number;
}

/**
 * Puts key presses as telephone events (RFC 4733) into the stream that a leg hears: under its SSRC, at its time, numbered in its
 * row.
 */
export class KeyWriter {
  readonly #clock: Clock;
  readonly #stream: OutgoingStream;
  readonly #send: (packet: Buffer) => void;
  readonly #waiting: KeyPress[] = [];
  #sounding: Sounding | undefined;
  #cancelNext: Cancel | undefined;

  constructor(options: { clock: Clock; stream: OutgoingStream; send: (packet: Buffer) => void }) {
    this.#clock = options.clock;
    this.#stream = options.stream;
    this.#send = options.send;
  }

  press(press: KeyPress): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push(press);
    if (this.#cancelNext === undefined) this.#next();
  }

  close(): void {
    this.#cancelNext?.();
    this.#cancelNext = undefined;
    this.#waiting.length = 0;
    this.#sounding = undefined;
  }

  /** The next packet of the press that sounds, or the first one of the next press. */
  #next(): void {
    this.#cancelNext = undefined;
    this.#sounding ??= this.#begin();
    const sounding = this.#sounding;
    if (sounding === undefined) return;
    const { clockRate, whole } = sounding;
    const duration = Math.min(whole, Math.round((UPDATE_MS * (sounding.sent + 1) * clockRate) / 1_000));
    const ends = duration === whole;
    const marker = sounding.sent++ === 0;
    if (ends && ++sounding.ends === END_PACKETS) this.#sounding = undefined;
    // What is longer than one event can say goes on in the next segment, without a marker (RFC 4733 §2.5.1.3).
    for (; duration - sounding.before > LONGEST_DURATION; sounding.before += LONGEST_DURATION) {
      this.#tell(sounding, LONGEST_DURATION, { marker: false, ends: false });
    }
    this.#tell(sounding, duration - sounding.before, { marker, ends });
    // After the last one too: between two presses there is a moment of none.
    this.#cancelNext = this.#clock.after(UPDATE_MS, () => this.#next());
  }

  #tell(sounding: Sounding, duration: number, marked: { readonly marker: boolean; readonly ends: boolean }): void {
    const { key, payloadType, ssrc, before } = sounding;
    const timestamp = (sounding.timestamp + before) >>> 0;
    const sequence = this.#number(sounding);
    this.#send(writeEventPacket({ payloadType, sequence, timestamp, ssrc, key, duration, ...marked }));
  }

  #begin(): Sounding | undefined {
    const press = this.#waiting.shift();
    if (press === undefined) return undefined;
    const { milliseconds, clockRate } = press;
    const whole = Math.max(1, Math.round((Math.min(LONGEST_MS, milliseconds) * clockRate) / 1_000));
    const timestamp = this.#stream.timestampNow(clockRate);
    const { ssrc, renewals } = this.#stream;
    return { ...press, ssrc: ssrc!, timestamp, renewals, sequence: undefined, whole, before: 0, sent: 0, ends: 0 };
  }

  #number(sounding: Sounding): number {
    if (sounding.sequence === undefined && sounding.renewals === this.#stream.renewals) return this.#stream.insert();
    sounding.sequence = ((sounding.sequence ?? this.#stream.lastBeforeRenewal) + 1) & 0xffff;
    return sounding.sequence;
  }
}
