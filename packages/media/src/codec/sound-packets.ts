import type { Random } from '@vats/kernel';
import { type Encoder, type EncoderWishes, LONGEST_PACKET_MS, type SoundCodec } from './sound-codec.ts';

const RTP_HEADER = 12;
/** G.711 and G.722 have as many octets for each millisecond. */
const OCTETS_A_MS = 8;
/** Room for a payload whose length its encoder chooses: 60 ms of Opus at 50 kbit/s. It takes no more than it is given. */
const VARIABLE_PAYLOAD = 400;
/** Shorter packets are more header than sound. */
const SHORTEST_PTIME = 10;
/**
 * How many packets may be on their way to the kernel before the first one's buffer is used again: it mostly takes a packet at
 * once, and never leaves one lying this long.
 */
const BUFFERS = 16;
/** How many packets are left out of the numbering at most between two that are sent: a larger step would look like another stream. */
const MAX_LEFT_OUT = 100;

/**
 * Cuts samples into the packets of one RTP stream (RFC 3550 §5.1) that begins with random numbers: each packet holds the same
 * time of sound, its timestamp is the place of its first sample. Packets are sent in buffers that are used again.
 */
export class SoundPackets {
  readonly #codec: SoundCodec;
  readonly #encoder: Encoder;
  readonly #payloadType: number;
  readonly #send: (packet: Buffer) => void;
  readonly #ssrc: number;
  readonly #buffers: readonly Buffer[];
  #buffer = 0;
  /** What waits until there is a packet's worth of it. */
  readonly #sound: Int16Array;
  #waiting = 0;
  #sequence: number;
  /** Of the numbering since the last packet. */
  #leftOut = 0;
  /** Of the first sample that waits. */
  #timestamp: number;
  #marker = true;

  /** @param options.ptime how much sound a packet shall hold, in ms; the nearest that the codec can */
  constructor(options: {
    codec: SoundCodec;
    payloadType: number;
    ptime: number;
    wishes: EncoderWishes;
    random: Random;
    send: (packet: Buffer) => void;
  }) {
    const { codec, random } = options;
    this.#codec = codec;
    this.#encoder = codec.encoder(options.wishes);
    this.#payloadType = options.payloadType;
    this.#send = options.send;
    this.#ssrc = random.below(2 ** 32);
    this.#sequence = random.below(2 ** 16);
    this.#timestamp = random.below(2 ** 32);
    const ptime = packetTime(codec, options.ptime);
    const payload = codec.packetTimes === undefined ? OCTETS_A_MS * ptime : VARIABLE_PAYLOAD;
    this.#buffers = Array.from({ length: BUFFERS }, () => Buffer.alloc(RTP_HEADER + payload));
    this.#sound = new Int16Array((ptime * codec.rate) / 1_000);
  }

  /** The timestamp of the sample that comes next. */
  get end(): number {
    return (this.#timestamp + this.#inClock(this.#waiting)) >>> 0;
  }

  /** A talkspurt begins with what comes next (RFC 3551 §4.1). */
  beginTalkspurt(): void {
    this.#marker = true;
  }

  append(sound: Int16Array, samples: number): void {
    const waiting = this.#sound;
    for (let i = 0; i < samples; ) {
      const taken = Math.min(samples - i, waiting.length - this.#waiting);
      for (let j = 0; j < taken; j++) waiting[this.#waiting + j] = sound[i + j]!;
      i += taken;
      this.#waiting += taken;
      if (this.#waiting === waiting.length) this.#sendSound();
    }
  }

  /**
   * There is nothing for `samples` samples: what waits is filled up with silence, the rest is left out. Of sound that was `lost`
   * the packets are left out of the numbering too, so that its hearer knows.
   */
  skip(samples: number, lost: boolean): void {
    let left = samples;
    if (this.#waiting > 0) {
      const filled = Math.min(left, this.#sound.length - this.#waiting);
      this.#sound.fill(0, this.#waiting, this.#waiting + filled);
      this.#waiting += filled;
      left -= filled;
      if (this.#waiting < this.#sound.length) return;
      this.#sendSound();
    }
    if (left === 0) return;
    this.#timestamp = (this.#timestamp + this.#inClock(left)) >>> 0;
    if (!lost) return;
    const leftOut = Math.min(MAX_LEFT_OUT - this.#leftOut, Math.floor(left / this.#sound.length));
    this.#leftOut += leftOut;
    this.#sequence += leftOut;
  }

  /** Sends a packet of another format in this stream. */
  insert(payloadType: number, timestamp: number, marker: boolean, payload: Uint8Array): void {
    const buffer = this.#nextBuffer();
    buffer.set(payload, RTP_HEADER);
    this.#sendPacket(buffer, payloadType, timestamp, marker, RTP_HEADER + payload.length);
  }

  close(): void {
    this.#encoder.close();
  }

  #sendSound(): void {
    const { length } = this.#sound;
    const buffer = this.#nextBuffer();
    const end = this.#encoder.encode(this.#sound, length, buffer, RTP_HEADER);
    if (end > RTP_HEADER) {
      this.#sendPacket(buffer, this.#payloadType, this.#timestamp, this.#marker, end);
      this.#marker = false;
    }
    this.#waiting = 0;
    this.#timestamp = (this.#timestamp + this.#inClock(length)) >>> 0;
  }

  #sendPacket(buffer: Buffer, payloadType: number, timestamp: number, marker: boolean, length: number): void {
    buffer[0] = 0x80;
    buffer[1] = marker ? 0x80 | payloadType : payloadType;
    buffer.writeUInt16BE(this.#sequence++ & 0xffff, 2);
    buffer.writeUInt32BE(timestamp, 4);
    buffer.writeUInt32BE(this.#ssrc, 8);
    this.#leftOut = 0;
    this.#send(buffer.subarray(0, length));
  }

  #nextBuffer(): Buffer {
    this.#buffer = (this.#buffer + 1) % BUFFERS;
    return this.#buffers[this.#buffer]!;
  }

  #inClock(samples: number): number {
    const { clockRate, rate } = this.#codec;
    return Math.round((samples * clockRate) / rate);
  }
}

function packetTime({ packetTimes }: SoundCodec, wanted: number): number {
  if (packetTimes === undefined) return Math.max(SHORTEST_PTIME, Math.min(LONGEST_PACKET_MS, Math.round(wanted)));
  return packetTimes.findLast((time) => time <= wanted) ?? packetTimes[0]!;
}
