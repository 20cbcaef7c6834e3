import { Resampler } from '../codec/resampler.ts';
import type { Decoder, SamplingRate } from '../codec/sound-codec.ts';
import { rtpPayloadEnd, rtpSequence, rtpSsrc, rtpTimestamp } from '../rtp/packet.ts';
import { JitterBuffer } from '../sound/jitter-buffer.ts';
import { TURN_MS } from '../sound/pacer.ts';

/** What comes from a party of a room in one payload type: evened out, decoded, at the room's rate. */
export class RoomInput {
  readonly #decoder: Decoder;
  readonly #buffer: JitterBuffer;
  readonly #up: Resampler | undefined;
  readonly #frame: Int16Array;
  readonly #header = { ssrc: 0, sequence: 0, timestamp: 0 };

  constructor(decoder: Decoder, clockRate: number, roomRate: SamplingRate) {
    this.#decoder = decoder;
    this.#buffer = new JitterBuffer(decoder, clockRate);
    this.#frame = new Int16Array((decoder.rate * TURN_MS) / 1_000);
    this.#up = decoder.rate === roomRate ? undefined : new Resampler(decoder.rate, roomRate);
  }

  put(packet: Buffer, payloadAt: number, arrived: number): void {
    const header = this.#header;
    header.ssrc = rtpSsrc(packet);
    header.sequence = rtpSequence(packet);
    header.timestamp = rtpTimestamp(packet);
    this.#buffer.put(packet, payloadAt, rtpPayloadEnd(packet), header, arrived);
  }

  read(out: Int16Array): void {
    if (this.#up === undefined) {
      this.#buffer.read(out);
      return;
    }
    this.#buffer.read(this.#frame);
    this.#up.resample(this.#frame, this.#frame.length, out);
  }

  close(): void {
    this.#decoder.close();
  }
}
