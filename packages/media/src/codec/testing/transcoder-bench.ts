import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { rtpMarker, rtpPayloadAt, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from '../../rtp/packet.ts';
import type { Conversion } from '../../sdp/conversion.ts';
import { rtpPacket } from '../../testing/udp-phone.ts';
import type { SamplingRate, SoundCodec } from '../sound-codec.ts';
import { soundCodec } from '../sound-codecs.ts';
import { Transcoder } from '../transcoder.ts';
import { tone } from './sounds.ts';

/** The payload type of each codec. */
export const NUMBERS: Readonly<Record<string, number>> = {
  'pcma/8000/1': 8,
  'pcmu/8000/1': 0,
  'g722/8000/1': 9,
  'opus/48000/2': 111,
};

/** A packet that a transcoder sent. */
export interface Sent {
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

/** A transcoder with somebody who speaks into it, and what it sends. `loadOpus` comes first. */
export class TranscoderBench {
  readonly clock = new FakeClock();
  readonly sent: Sent[] = [];
  readonly transcoder: Transcoder;
  readonly source: SoundCodec;
  readonly target: SoundCodec;
  readonly #encoder;
  readonly #decoder;
  #sequence = 100;
  #timestamp = 5_000;
  #sample = 0;

  private constructor(from: string, to: string, ptime: number, rate: SamplingRate) {
    this.source = soundCodec(from, rate)!;
    this.target = soundCodec(to, rate)!;
    this.#encoder = this.source.encoder();
    this.#decoder = this.target.decoder();
    const conversion: Conversion = {
      from: [{ payloadType: NUMBERS[from]!, encoding: from }],
      to: { payloadType: NUMBERS[to]!, encoding: to, ptime },
      events: [{ arriving: 101, leaving: 96, arrivingRate: this.source.clockRate, leavingRate: this.target.clockRate }],
      alone: true,
    };
    this.transcoder = new Transcoder({
      conversion,
      clock: this.clock,
      random: new SeededRandom(3),
      send: (packet) => {
        const payload = Buffer.from(packet.subarray(rtpPayloadAt(packet)));
        this.sent.push({
          payloadType: rtpPayloadType(packet),
          sequence: rtpSequence(packet),
          timestamp: rtpTimestamp(packet),
          ssrc: rtpSsrc(packet),
          marker: rtpMarker(packet),
          payload,
        });
      },
    });
  }

  /** A codec's library hands out what it has a moment later; before the first packet comes there was one. */
  static async between(from: string, to: string, ptime = 20): Promise<TranscoderBench> {
    const bench = new TranscoderBench(from, to, ptime, 8_000);
    bench.say(0); // decoders are made for the first packet
    await new Promise((resolve) => setImmediate(resolve));
    bench.transcoder.hear(rtpPacket({ sequence: 99, payloadType: 0x7f & bench.number, payload: Buffer.alloc(0) }), 12);
    await new Promise((resolve) => setImmediate(resolve));
    bench.sent.length = 0;
    return bench;
  }

  get number(): number {
    return NUMBERS[this.source.encoding]!;
  }

  /** The next `count` packets of a 440 Hz tone, `ptime` ms each, as time goes by. */
  say(count: number, options: { ptime?: number; ssrc?: number; marker?: boolean; hertz?: number } = {}): void {
    for (let i = 0; i < count; i++) {
      this.clock.advance(options.ptime ?? 20);
      this.transcoder.hear(this.next(options), 12);
    }
  }

  next(options: { ptime?: number; ssrc?: number; marker?: boolean; hertz?: number } = {}): Buffer {
    const { ptime = 20, ssrc = 7, marker = false, hertz = 440 } = options;
    const samples = (this.source.rate * ptime) / 1_000;
    const sound = tone(hertz, this.source.rate, this.#sample + samples).subarray(this.#sample);
    this.#sample += samples;
    const payload = new Uint8Array(1_500);
    const end = this.#encoder.encode(sound, samples, payload, 0);
    const sequence = this.#sequence++;
    const timestamp = this.#timestamp;
    this.#timestamp += (this.source.clockRate * ptime) / 1_000;
    const packet = { sequence, timestamp, ssrc, marker, payloadType: this.number };
    return rtpPacket({ ...packet, payload: payload.subarray(0, end) });
  }

  /** Time passes without a packet: it was lost, or (with `sequence` 0) there was nothing to say. */
  miss(milliseconds: number, sequence: number): void {
    this.clock.advance(milliseconds);
    this.#sequence += sequence;
    this.#timestamp += (this.source.clockRate * milliseconds) / 1_000;
    this.#sample += (this.source.rate * milliseconds) / 1_000;
  }

  jump(timestamp: number): void {
    this.#timestamp = (this.#timestamp + timestamp) >>> 0;
  }

  /** What the hearer hears of packets from `from` on. */
  heard(from = 0): Int16Array {
    const out = new Int16Array(5_760);
    const all: number[] = [];
    for (const { payload } of this.sent.slice(from)) {
      const samples = this.#decoder.decode(payload, 0, payload.length, out);
      for (let i = 0; i < samples; i++) all.push(out[i]!);
    }
    return Int16Array.from(all);
  }
}
