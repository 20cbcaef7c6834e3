import type { Clock, Random } from '@vats/kernel';
import { rtpMarker, rtpPayloadEnd, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from '../rtp/packet.ts';
import type { Conversion } from '../sdp/conversion.ts';
import { EventConverter } from './event-converter.ts';
import { opusWishes } from './opus-wishes.ts';
import { LATE, PacketOrder, RESTARTED } from './packet-order.ts';
import { Resampler } from './resampler.ts';
import { type Decoder, longestPacket, type SamplingRate, type SoundCodec } from './sound-codec.ts';
import { ownRate, soundCodec } from './sound-codecs.ts';
import { SoundPackets } from './sound-packets.ts';

/** Sound that was lost is made up only up to this; a longer gap stays one, and its hearer's own means apply. */
const MAX_CONCEALED_MS = 60;
/** A timestamp may be this far from where the clock says that it should be; beyond it, it is of another clock. */
const MAX_AHEAD_MS = 2_000;

/** Sound may come so much faster than it can be heard; more is no call's, and converting it would take the others' time. */
const MAX_FASTER_MS = 3_000;

/** One format that arrives, and what its sound goes through. */
interface Source {
  readonly codec: SoundCodec;
  readonly decoder: Decoder;
  readonly resampler: Resampler | undefined;
}

/**
 * Turns the packets of one RTP stream into those of another codec, framing and clock. It keeps no time of its own: what comes out
 * comes out when a packet goes in, so that a stream which stops makes nothing. Silence between talkspurts stays a gap in the
 * timestamps; up to 60 ms that were lost are made up when the next packet comes, longer losses stay gaps in the numbering, too. A
 * stream that begins anew (another SSRC, a jump of its clock) goes on where the clock says.
 */
export class Transcoder {
  readonly #clock: Clock;
  readonly #packets: SoundPackets;
  readonly #codec: SoundCodec;
  readonly #codecs: readonly (SoundCodec | undefined)[];
  readonly #sources: (Source | undefined)[] = [];
  readonly #events: readonly (EventConverter | undefined)[];
  readonly #order = new PacketOrder();
  #source: Source | undefined;
  /** Of the sound that comes next, if nothing is missing, in the arriving clock. */
  #expected = 0;
  /** How long the last packet's sound was, in the arriving clock. */
  #lasted = 0;
  /** Packets that could not be decoded since the last one that could. */
  #spoiled = 0;
  /** When the last sound came. */
  #at = Number.NEGATIVE_INFINITY;
  /** How much sound may still be made, in ms, and since when that is so. */
  #allowance = MAX_FASTER_MS;
  #allowedAt: number;

  /**
   * @param options.send gets each packet in a buffer that is good until 15 more were sent, or until `haveLeft` says that nobody needs it
   * @throws for an encoding that only passes through: `isConvertible` tells
   */
  constructor(options: {
    conversion: Conversion;
    clock: Clock;
    random: Random;
    send: (packet: Buffer) => void;
    haveLeft?: () => boolean;
  }) {
    const { from, to, events } = options.conversion;
    const { random, send, haveLeft } = options;
    this.#clock = options.clock;
    this.#allowedAt = options.clock.monotonic();
    // A codec that knows several rates takes the other side's: nothing is resampled then.
    const toRate = ownRate(to.encoding) ?? highest(from.map(({ encoding }) => ownRate(encoding)));
    this.#codec = known(soundCodec(to.encoding, toRate), to.encoding);
    const codecs: SoundCodec[] = [];
    for (const { payloadType, encoding } of from) {
      codecs[payloadType] = known(soundCodec(encoding, this.#codec.rate), encoding);
    }
    this.#codecs = codecs;
    const { payloadType, ptime, fmtp } = to;
    this.#packets = new SoundPackets({
      codec: this.#codec,
      payloadType,
      ptime,
      wishes: opusWishes(fmtp),
      random,
      send,
      ...(haveLeft && { haveLeft }),
    });
    const converters: EventConverter[] = [];
    for (const { arriving, leaving, arrivingRate, leavingRate } of events) {
      converters[arriving] = new EventConverter({
        arrivingRate,
        leavingRate,
        clock: this.#clock,
        send: (timestamp, marker, payload) => this.#packets.insert(leaving, timestamp, marker, payload),
      });
    }
    this.#events = converters;
  }

  /** Whether packets of this type are its business. */
  converts(payloadType: number): boolean {
    return this.#codecs[payloadType] !== undefined || this.#events[payloadType] !== undefined;
  }

  /**
   * A packet for which `rtpPayloadAt` gave `payloadAt` and `converts` true. False when its payload can't be read, or when more sound
   * comes than anybody can hear.
   */
  hear(packet: Uint8Array, payloadAt: number): boolean {
    const payloadType = rtpPayloadType(packet);
    const events = this.#events[payloadType];
    if (events !== undefined) return this.#hearEvent(events, packet, payloadAt);
    const codec = this.#codecs[payloadType];
    return codec !== undefined && this.#hearSound(payloadType, codec, packet, payloadAt);
  }

  /** A packet is left out because nobody listens: the next one goes on where the clock says, and nothing is missing before it. */
  pause(): void {
    this.#order.forget();
    this.#spoiled = 0;
  }

  close(): void {
    this.#packets.close();
    for (const source of this.#sources) source?.decoder.close();
  }

  #hearSound(payloadType: number, codec: SoundCodec, packet: Uint8Array, payloadAt: number): boolean {
    const missing = this.#order.place(rtpSsrc(packet), rtpSequence(packet));
    if (missing === LATE) return true;
    if (!this.#isAllowed()) return false;
    const former = this.#source;
    const source = this.#sourceOf(payloadType, codec);
    this.#source = source;
    const end = rtpPayloadEnd(packet);
    const timestamp = rtpTimestamp(packet);
    if (rtpMarker(packet)) this.#packets.beginTalkspurt();
    if (missing === RESTARTED || former?.codec.clockRate !== codec.clockRate) this.#restart();
    else this.#bridgeGap(source, missing + this.#spoiled, timestamp, packet, payloadAt, end);
    this.#spoiled = 0;

    const samples = source.decoder.decode(packet, payloadAt, end, DECODED);
    if (samples === 0) {
      this.#spoiled = 1;
      this.#expected = timestamp;
      return false;
    }
    this.#say(source, samples);
    this.#lasted = Math.round((samples * codec.clockRate) / source.decoder.rate);
    this.#expected = (timestamp + this.#lasted) >>> 0;
    this.#at = this.#clock.monotonic();
    return true;
  }

  #bridgeGap(
    source: Source,
    lost: number,
    timestamp: number,
    packet: Uint8Array,
    payloadAt: number,
    end: number,
  ): void {
    const gap = (timestamp - this.#expected) | 0;
    if (gap === 0) return;
    const perMs = source.codec.clockRate / 1_000;
    if (gap < 0) {
      // Packets that overlap a bit follow one another all the same; the clock of others has jumped back.
      if (gap <= -2 * this.#lasted) this.#restart();
      return;
    }
    if (gap / perMs > this.#clock.monotonic() - this.#at + MAX_AHEAD_MS) {
      this.#restart();
    } else if (lost > 0 && gap / perMs <= MAX_CONCEALED_MS) {
      this.#conceal(source, gap, packet, payloadAt, end);
    } else {
      this.#packets.skip(Math.round((gap * this.#codec.rate) / source.codec.clockRate), lost > 0);
      this.#packets.beginTalkspurt();
    }
  }

  /** Makes up for lost packets, each as long as the last one that came; this packet may tell of the one before it. */
  #conceal(source: Source, gap: number, packet: Uint8Array, payloadAt: number, end: number): void {
    const { decoder, codec } = source;
    const inSamples = decoder.rate / codec.clockRate;
    const step = this.#lasted > 0 ? this.#lasted : gap;
    for (let left = gap; left > 0; left -= step) {
      const samples = Math.round(Math.min(left, step) * inSamples);
      if (left <= step && decoder.recover !== undefined) decoder.recover(packet, payloadAt, end, samples, DECODED);
      else decoder.conceal(samples, DECODED);
      this.#say(source, samples);
    }
  }

  /** Another stream begins, or the same anew: it goes on at the time that has passed meanwhile. */
  #restart(): void {
    const passed = this.#clock.monotonic() - this.#at;
    this.#packets.beginTalkspurt();
    if (!Number.isFinite(passed)) return;
    const usual = this.#source === undefined ? 0 : (1_000 * this.#lasted) / this.#source.codec.clockRate;
    this.#packets.skip(Math.round((Math.max(0, passed - usual) * this.#codec.rate) / 1_000), false);
  }

  #hearEvent(events: EventConverter, packet: Uint8Array, payloadAt: number): boolean {
    const ssrc = rtpSsrc(packet);
    const timestamp = rtpTimestamp(packet);
    // It counts in the numbering, so that it isn't taken for lost sound. A late one is still told: the ends of a key matter.
    const isOfTheStream = this.#order.place(ssrc, rtpSequence(packet)) !== RESTARTED && this.#source !== undefined;
    return events.hear(packet, payloadAt, ssrc, timestamp, this.#placeOf(timestamp, isOfTheStream));
  }

  /** Where in the leaving stream an event begins. */
  #placeOf(timestamp: number, isOfTheStream: boolean): number {
    const passed = Math.max(0, this.#clock.monotonic() - this.#at);
    const { clockRate } = this.#codec;
    const arrivingRate = this.#source?.codec.clockRate ?? clockRate;
    const ahead = (timestamp - this.#expected) | 0;
    const isTold = isOfTheStream && Math.abs((1_000 * ahead) / arrivingRate - passed) <= MAX_AHEAD_MS;
    if (isTold) return (this.#packets.end + Math.round((ahead * clockRate) / arrivingRate)) >>> 0;
    const moved = Number.isFinite(passed) ? Math.round((passed * clockRate) / 1_000) : 0;
    return (this.#packets.end + moved) >>> 0;
  }

  #isAllowed(): boolean {
    const now = this.#clock.monotonic();
    this.#allowance = Math.min(MAX_FASTER_MS, this.#allowance + now - this.#allowedAt);
    this.#allowedAt = now;
    return this.#allowance > 0;
  }

  #say({ resampler, decoder }: Source, samples: number): void {
    this.#allowance -= (1_000 * samples) / decoder.rate;
    if (resampler === undefined) this.#packets.append(DECODED, samples);
    else this.#packets.append(RESAMPLED, resampler.resample(DECODED, samples, RESAMPLED));
  }

  #sourceOf(payloadType: number, codec: SoundCodec): Source {
    const made = this.#sources[payloadType];
    if (made !== undefined) return made;
    const decoder = codec.decoder();
    const { rate } = this.#codec;
    const source = {
      codec,
      decoder,
      resampler: decoder.rate === rate ? undefined : new Resampler(decoder.rate, rate),
    };
    this.#sources[payloadType] = source;
    return source;
  }
}

/** Shared by all of a thread: nothing is left in them from packet to packet. */
const DECODED = new Int16Array(longestPacket(48_000));
const RESAMPLED = new Int16Array(longestPacket(48_000));

function highest(rates: readonly (SamplingRate | undefined)[]): SamplingRate {
  let found: SamplingRate = 8_000;
  for (const rate of rates) if (rate !== undefined && rate > found) found = rate;
  return found;
}

function known(codec: SoundCodec | undefined, encoding: string): SoundCodec {
  if (codec === undefined) throw new Error(`${encoding} is not converted here, only passed through`);
  return codec;
}
