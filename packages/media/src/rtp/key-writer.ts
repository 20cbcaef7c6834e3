import type { Cancel, Clock, Random } from '@vats/kernel';
import { rtpSequence, rtpSsrc, rtpTimestamp } from './packet.ts';
import { type DtmfKey, LONGEST_DURATION, writeEventPacket } from './telephone-event.ts';

/** Between the packets of an event, its three end packets too (RFC 4733 §2.5.1.2, §2.5.1.4). */
const UPDATE_MS = 20;
const END_PACKETS = 3;
/** Presses that wait for the one before them; what comes beyond is lost. */
const MAX_WAITING = 64;
/** Late packets are told apart by as many inserted ones: longer than any jitter buffer waits. */
const BOUNDARIES_KEPT = 64;
/** A step back larger than this is a restart, not a late packet (RFC 3550 §A.1). */
const MAX_MISORDER = 100;

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
  /** Of the packet before, once the stream has gone on under another SSRC: the event ends under its own. */
  sequence: number | undefined;
  /** In its clock. */
  readonly whole: number;
  sent: number;
  ends: number;
}

/**
 * Puts key presses as telephone events (RFC 4733) into a stream that is relayed: under its SSRC, at its time. Its receiver must
 * see sequence numbers without gaps or repetitions, so everything that follows is numbered on from what was put in.
 */
export class KeyWriter {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #send: (packet: Buffer) => void;
  #ssrc: number | undefined;
  /** Highest sequence number of the relayed stream, as it came. */
  #highest = 0;
  /** Of its newest packet, and when that was. */
  #timestamp = 0;
  #at = 0;
  /** How many packets were put into this stream. */
  #inserted = 0;
  /** After which of its packets each of the last ones was put in. */
  readonly #boundaries: number[] = [];
  readonly #waiting: KeyPress[] = [];
  #sounding: Sounding | undefined;
  #cancelNext: Cancel | undefined;

  constructor(options: { clock: Clock; random: Random; send: (packet: Buffer) => void }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#send = options.send;
  }

  /** A relayed packet is about to be sent: its sequence number is rewritten in place. */
  pass(packet: Buffer): void {
    const ssrc = rtpSsrc(packet);
    const sequence = rtpSequence(packet);
    if (ssrc !== this.#ssrc) this.#beginStream(ssrc, sequence);
    const back = (this.#highest - sequence) & 0xffff;
    let offset = this.#inserted;
    if (back > 0 && back < MAX_MISORDER) {
      for (const boundary of this.#boundaries) if (((boundary - sequence) & 0xffff) < 0x8000) offset--;
    } else {
      if (back >= MAX_MISORDER && back < 0x8000) this.#boundaries.length = 0;
      this.#highest = sequence;
      this.#timestamp = rtpTimestamp(packet);
      this.#at = this.#clock.monotonic();
    }
    if (offset !== 0) packet.writeUInt16BE((sequence + offset) & 0xffff, 2);
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

  #beginStream(ssrc: number, sequence: number): void {
    const sounding = this.#sounding;
    if (sounding !== undefined) sounding.sequence ??= this.#highest + this.#inserted;
    this.#ssrc = ssrc;
    this.#inserted = 0;
    this.#boundaries.length = 0;
    this.#highest = sequence;
  }

  /** The next packet of the press that sounds, or the first one of the next press. */
  #next(): void {
    this.#cancelNext = undefined;
    this.#sounding ??= this.#begin();
    const sounding = this.#sounding;
    if (sounding === undefined) return;
    const { key, payloadType, clockRate, ssrc, timestamp, whole } = sounding;
    const duration = Math.min(whole, Math.round((UPDATE_MS * (sounding.sent + 1) * clockRate) / 1_000));
    const ends = duration === whole;
    const marker = sounding.sent === 0;
    const sequence = this.#number(sounding);
    sounding.sent++;
    if (ends && ++sounding.ends === END_PACKETS) this.#sounding = undefined;
    this.#send(writeEventPacket({ payloadType, marker, sequence, timestamp, ssrc, key, duration, ends }));
    // After the last one too: between two presses there is a moment of none.
    this.#cancelNext = this.#clock.after(UPDATE_MS, () => this.#next());
  }

  #begin(): Sounding | undefined {
    const press = this.#waiting.shift();
    if (press === undefined) return undefined;
    const now = this.#clock.monotonic();
    if (this.#ssrc === undefined) {
      // Nothing was relayed yet: the first key begins a stream of its own.
      this.#ssrc = this.#random.below(2 ** 32);
      this.#highest = this.#random.below(2 ** 16);
      this.#timestamp = this.#random.below(2 ** 32);
      this.#at = now;
    }
    const { milliseconds, clockRate } = press;
    const passed = Math.round(((now - this.#at) * clockRate) / 1_000);
    const whole = Math.min(LONGEST_DURATION, Math.max(1, Math.round((milliseconds * clockRate) / 1_000)));
    const timestamp = (this.#timestamp + passed) >>> 0;
    return { ...press, ssrc: this.#ssrc, timestamp, sequence: undefined, whole, sent: 0, ends: 0 };
  }

  #number(sounding: Sounding): number {
    if (sounding.sequence !== undefined) return ++sounding.sequence;
    this.#inserted++;
    this.#boundaries.push(this.#highest);
    if (this.#boundaries.length > BOUNDARIES_KEPT) this.#boundaries.shift();
    return this.#highest + this.#inserted;
  }
}
