import { type Decoder, LONGEST_PACKET_MS, type SamplingRate } from '../codec/sound-codec.ts';
import { MAX_DROPOUT, MAX_MISORDER } from '../rtp/sequence-bounds.ts';
import { ArrivalSpread } from './arrival-spread.ts';
import { amplitudeOf } from './level.ts';
import type { SoundSource } from './sound-source.ts';
import { SpareDelay } from './spare-delay.ts';
import { MOST_WAITING, WaitingPackets } from './waiting-packets.ts';

/** What waits longer than this is dropped to catch up: a talk becomes one of radio operators beyond. */
const MOST_DELAY_MS = 400;
const LEAST_DELAY_MS = 20;
/** Sound that did not come is made up for so long; then there is silence, and the buffer fills anew. */
const MOST_CONCEALED_MS = 80;
/** Quieter than this, in dBm0, nobody notices what is left out or put in. */
const QUIET = amplitudeOf(-45) ** 2 / 2;
/** Over which a cut is joined. */
const JOIN_MS = 5;
const USUAL_PACKET_MS = 20;
/** No codec's packets hold less (Opus); of what is shorter, thousands would be made up for a word. */
const SHORTEST_PACKET_MS = 2.5;

/** What became of a stream's packets. */
export interface JitterStatistics {
  played: number;
  /** Came after their time, or twice. */
  late: number;
  /** Never came: their sound was made up. */
  lost: number;
  /** Left out to catch up. */
  dropped: number;
  /** Times that nothing was there in the midst of sound. */
  underruns: number;
}

/**
 * Evens out one incoming stream: packets go in as they arrive, samples are pulled at a steady pace. The delay follows what
 * the network needs: it grows when sound comes too late, and shrinks in silence when it was not needed for some seconds, which also
 * evens out two clocks that part. Its memory is bounded; nothing is allocated once a stream's largest packet was seen.
 */
export class JitterBuffer implements SoundSource {
  readonly rate: SamplingRate;
  readonly statistics: JitterStatistics = { played: 0, late: 0, lost: 0, dropped: 0, underruns: 0 };
  readonly #decoder: Decoder;
  readonly #perMs: number;
  readonly #waiting = new WaitingPackets();
  readonly #arrivals = new ArrivalSpread();
  readonly #decoded: Int16Array;
  /** What was left out last: the next sound is joined to its beginning. */
  readonly #leftOut: Int16Array;
  #joins = false;
  readonly #shortest: number;
  /** Samples that wait to be pulled. */
  readonly #ready: Int16Array;
  #readyCount = 0;

  #ssrc = -1;
  #timestampBase = 0;
  #timestampHigh = 0;
  /** Extended sequence numbers: of the newest packet, and of the one that is to be played next. */
  #highest = 0;
  #next = 0;
  #playing = false;
  /** Nothing of this stream was played yet. */
  #fresh = true;
  #waitedMs = 0;
  /** In samples. */
  #packet: number;
  /** Packets whose sound was made up while they might still come. */
  #owed = 0;
  #concealedMs = 0;
  #timestampNext: number | undefined;
  readonly #spare = new SpareDelay();

  /** @param clockRate of the stream's timestamps, in Hz */
  constructor(decoder: Decoder, clockRate: number) {
    this.#decoder = decoder;
    this.rate = decoder.rate;
    this.#perMs = clockRate / 1_000;
    const longest = (LONGEST_PACKET_MS * this.rate) / 1_000;
    this.#decoded = new Int16Array(longest);
    this.#leftOut = new Int16Array((JOIN_MS * this.rate) / 1_000);
    this.#ready = new Int16Array(3 * longest);
    this.#packet = (USUAL_PACKET_MS * this.rate) / 1_000;
    this.#shortest = (SHORTEST_PACKET_MS * this.rate) / 1_000;
  }

  /** How much sound waits now, in milliseconds. */
  get delayMs(): number {
    const waiting = this.#ssrc < 0 ? 0 : Math.max(0, this.#highest - this.#next + 1) * this.#packet;
    return ((waiting + this.#readyCount) * 1_000) / this.rate;
  }

  /** A packet of the stream: its payload is octets `at` up to `end`; `arrived` is monotonic time in milliseconds. */
  put(
    packet: Uint8Array,
    at: number,
    end: number,
    header: { readonly ssrc: number; readonly sequence: number; readonly timestamp: number },
    arrived: number,
  ): void {
    const { ssrc, sequence, timestamp } = header;
    let step = (sequence - this.#highest) & 0xffff;
    if (step >= 0x8000) step -= 0x1_0000;
    if (ssrc !== this.#ssrc || step > MAX_DROPOUT || step < -MAX_MISORDER) {
      this.#restart(ssrc, sequence, timestamp);
      step = 0;
    }
    const extended = this.#highest + step;
    // Before anything of a stream was played, its first packet need not be the first that came.
    if (this.#fresh && this.#highest - extended < MOST_WAITING) this.#next = Math.min(this.#next, extended);
    if (extended < this.#next) {
      this.statistics.late++;
      return;
    }
    if (this.#waiting.has(extended)) {
      this.statistics.late++;
      return;
    }
    if (step > 0) {
      this.#highest = extended;
      this.#timestampHigh += (timestamp - this.#timestampBase - this.#timestampHigh) | 0;
    }
    // More than can wait: the oldest are given up.
    while (this.#highest - this.#next >= MOST_WAITING) this.#giveUp();
    this.#arrivals.saw(this.#unwrapped(timestamp) / this.#perMs, arrived);
    this.#waiting.put(extended, timestamp, packet, at, end);
  }

  /** Always fills `out`: a stream does not end by itself, it falls silent. At most LONGEST_PACKET_MS at a time. */
  read(out: Int16Array): number {
    const milliseconds = (out.length * 1_000) / this.rate;
    if (!this.#playing && this.#ssrc >= 0) this.#begin(milliseconds);
    if (this.#playing) this.#spare.watch(this.delayMs - milliseconds, milliseconds);
    while (this.#playing && this.#readyCount < out.length) this.#produce();
    const count = Math.min(out.length, this.#readyCount);
    for (let i = 0; i < count; i++) out[i] = this.#ready[i]!;
    out.fill(0, count);
    this.#ready.copyWithin(0, count, this.#readyCount);
    this.#readyCount -= count;
    return out.length;
  }

  /** Waits until there is as much as the network needs, or as long. */
  #begin(milliseconds: number): void {
    if (this.#highest < this.#next) return;
    const packetMs = (this.#packet * 1_000) / this.rate;
    const wanted = Math.min(MOST_DELAY_MS, Math.max(LEAST_DELAY_MS, this.#arrivals.spread + packetMs));
    if (this.delayMs < wanted && this.#waitedMs < wanted) {
      this.#waitedMs += milliseconds;
      return;
    }
    this.#waitedMs = 0;
    this.#playing = true;
    this.#fresh = false;
    this.#timestampNext = undefined;
    this.#concealedMs = 0;
    this.#owed = 0;
    this.#spare.restart();
    while (!this.#waiting.has(this.#next)) this.#next++;
  }

  /** Makes more samples ready: of the next packet, of one that was lost, or none when there is nothing. */
  #produce(): void {
    if (this.#isTooLong) this.#catchUp();
    if (this.#highest < this.#next) {
      this.#runDry();
      return;
    }
    if (!this.#waiting.has(this.#next)) {
      if (this.#mayStillCome()) {
        this.#owed++;
        this.#concealedMs += (this.#packet * 1_000) / this.rate;
        this.#makeUp();
        return;
      }
      this.#next++;
      this.statistics.lost++;
      if (this.#owed > 0) this.#owed--;
      else this.#makeUp();
      if (this.#timestampNext !== undefined) this.#timestampNext += this.#packetInClock();
      return;
    }
    const next = this.#waiting.at(this.#next);
    if (this.#waitsForItsTime(next.timestamp)) return;
    this.#waiting.remove(this.#next++);
    this.#owed = 0;
    this.#concealedMs = 0;
    const samples = this.#decoder.decode(next.octets, 0, next.length, this.#decoded);
    if (samples === 0) {
      this.#makeUp();
      return;
    }
    this.#packet = Math.max(samples, this.#shortest);
    this.#timestampNext = this.#unwrapped(next.timestamp) + this.#packetInClock();
    this.statistics.played++;
    this.#take(samples);
  }

  /** Of all that waits, what comes next not included. */
  get #isTooLong(): boolean {
    return this.delayMs > MOST_DELAY_MS + (this.#packet * 1_000) / this.rate;
  }

  /**
   * More has come than may wait: after a stall of the network, or in a flood. What is too old is given up as it is, so that a flood
   * costs no more to decode than a talk.
   */
  #catchUp(): void {
    const before = this.delayMs;
    while (this.#isTooLong && this.#next < this.#highest) this.#giveUp();
    while (!this.#waiting.has(this.#next)) this.#giveUp();
    this.#spare.lessen(before - this.delayMs);
    this.#timestampNext = undefined;
    this.#owed = 0;
    this.#concealedMs = 0;
    // What would have been heard next is made up, so that the cut can be joined.
    this.#leftOut.fill(0);
    this.#decoder.conceal(this.#leftOut.length, this.#leftOut);
    this.#joins = true;
  }

  /** Others of this stream came later than this one is by now: the delay is too short for the network. */
  #mayStillCome(): boolean {
    const { delayMs } = this;
    return delayMs < this.#arrivals.spread && delayMs < MOST_DELAY_MS && this.#concealedMs < MOST_CONCEALED_MS;
  }

  /** The packet's timestamp says that there was silence before it (no packets are sent then). */
  #waitsForItsTime(timestamp: number): boolean {
    if (this.#timestampNext === undefined) return false;
    const gap = this.#unwrapped(timestamp) - this.#timestampNext;
    if (gap < this.#packetInClock() / 2 || gap > MOST_DELAY_MS * this.#perMs) return false;
    const samples = Math.min(Math.round((gap / this.#perMs) * (this.rate / 1_000)), this.#packet);
    this.#timestampNext += (samples * 1_000 * this.#perMs) / this.rate;
    // Silence is where delay that is not needed can go.
    if (this.#excessMs() >= (samples * 1_000) / this.rate) {
      this.#lessen(samples);
      return true;
    }
    this.#ready.fill(0, this.#readyCount, this.#readyCount + samples);
    this.#readyCount += samples;
    return true;
  }

  /** The decoded packet is made ready, or left out where there is too much delay and nobody notices. */
  #take(samples: number): void {
    const decoded = this.#decoded;
    const join = this.#leftOut;
    if (this.#joins) {
      const length = Math.min(join.length, samples);
      for (let i = 0; i < length; i++) {
        decoded[i] = Math.round(join[i]! + ((decoded[i]! - join[i]!) * (i + 1)) / (length + 1));
      }
      this.#joins = false;
    }
    if (this.#excessMs() >= (samples * 1_000) / this.rate && isQuiet(decoded, samples)) {
      this.statistics.dropped++;
      this.#lessen(samples);
      join.fill(0);
      for (let i = 0; i < Math.min(join.length, samples); i++) join[i] = decoded[i]!;
      this.#joins = true;
      return;
    }
    for (let i = 0; i < samples; i++) this.#ready[this.#readyCount + i] = decoded[i]!;
    this.#readyCount += samples;
  }

  /** Delay that was not needed of late. */
  #excessMs(): number {
    return this.#spare.least - Math.max(LEAST_DELAY_MS, this.#arrivals.spread);
  }

  #lessen(samples: number): void {
    this.#spare.lessen((samples * 1_000) / this.rate);
  }

  #runDry(): void {
    if (this.#concealedMs === 0) this.statistics.underruns++;
    const packetMs = (this.#packet * 1_000) / this.rate;
    this.#concealedMs += packetMs;
    if (this.#concealedMs > MOST_CONCEALED_MS) {
      this.#playing = false;
      this.#waitedMs = 0;
      return;
    }
    this.#owed++;
    this.#makeUp();
  }

  #makeUp(): void {
    this.#decoder.conceal(this.#packet, this.#decoded);
    for (let i = 0; i < this.#packet; i++) this.#ready[this.#readyCount + i] = this.#decoded[i]!;
    this.#readyCount += this.#packet;
  }

  #giveUp(): void {
    if (this.#waiting.remove(this.#next++)) this.statistics.dropped++;
    else this.statistics.lost++;
  }

  #packetInClock(): number {
    return (this.#packet * 1_000 * this.#perMs) / this.rate;
  }

  /** On a line without wraps that begins with the stream. */
  #unwrapped(timestamp: number): number {
    return this.#timestampHigh + ((timestamp - this.#timestampBase - this.#timestampHigh) | 0);
  }

  #restart(ssrc: number, sequence: number, timestamp: number): void {
    this.#waiting.clear();
    this.#ssrc = ssrc;
    // Room below, so that reordered packets of the beginning have numbers too.
    this.#highest = sequence + 0x1_0000;
    this.#next = this.#highest;
    this.#timestampBase = timestamp;
    this.#timestampHigh = 0;
    this.#timestampNext = undefined;
    this.#playing = false;
    this.#fresh = true;
    this.#waitedMs = 0;
    this.#owed = 0;
    this.#joins = false;
    this.#arrivals.restart();
  }
}

function isQuiet(sound: Int16Array, samples: number): boolean {
  let square = 0;
  for (let i = 0; i < samples; i++) square += sound[i]! * sound[i]!;
  return square < QUIET * samples;
}
