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
 * Where nobody tells whether packets have left: how many may be on their way to the kernel before the first one's buffer is used
 * again. It mostly takes a packet at once, and never leaves one lying this long.
 */
const BUFFERS = 16;
/** By length: a buffer that all streams of the thread fill, send and leave behind in one go, so that it stays in the caches. */
const SHARED_BUFFERS: (Buffer | undefined)[] = [];
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
  readonly #haveLeft: (() => boolean) | undefined;
  readonly #ssrc: number;
  /** Octets of the largest packet. */
  readonly #room: number;
  readonly #buffers: Buffer[] = [];
  #buffer = 0;
  /** In a packet. */
  readonly #samples: number;
  /** What waits until there is a packet's worth of it; made when something does. */
  #sound = NO_SOUND;
  #waiting = 0;
  #sequence: number;
  /** Of the numbering since the last packet. */
  #leftOut = 0;
  /** Of the first sample that waits. */
  #timestamp: number;
  #marker = true;

  /**
   * @param options.ptime how much sound a packet shall hold, in ms; the nearest that the codec can
   * @param options.haveLeft asked when a packet was sent: whether nobody needs its buffer any more
   */
  constructor(options: {
    codec: SoundCodec;
    payloadType: number;
    ptime: number;
    wishes: EncoderWishes;
    random: Random;
    send: (packet: Buffer) => void;
    haveLeft?: () => boolean;
  }) {
    const { codec, random } = options;
    this.#codec = codec;
    this.#encoder = codec.encoder(options.wishes);
    this.#payloadType = options.payloadType;
    this.#send = options.send;
    this.#haveLeft = options.haveLeft;
    this.#ssrc = random.below(2 ** 32);
    this.#sequence = random.below(2 ** 16);
    this.#timestamp = random.below(2 ** 32);
    const ptime = packetTime(codec, options.ptime);
    this.#room = RTP_HEADER + (codec.packetTimes === undefined ? OCTETS_A_MS * ptime : VARIABLE_PAYLOAD);
    this.#samples = (ptime * codec.rate) / 1_000;
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
    if (this.isPacket(samples)) {
      this.#sendSound(sound);
      return;
    }
    const waiting = this.#waitingSound();
    for (let i = 0; i < samples; ) {
      const taken = Math.min(samples - i, waiting.length - this.#waiting);
      for (let j = 0; j < taken; j++) waiting[this.#waiting + j] = sound[i + j]!;
      i += taken;
      this.#waiting += taken;
      if (this.#waiting === waiting.length) this.#sendSound(waiting);
    }
  }

  /** Whether so many samples would be a packet by themselves. */
  isPacket(samples: number): boolean {
    return this.#waiting === 0 && samples === this.#samples;
  }

  /** A packet's worth that is encoded already: octets from `at` on, as many as samples. Only where `isPacket` said so. */
  appendOctets(octets: Uint8Array, at: number): void {
    const samples = this.#samples;
    const buffer = this.#nextBuffer();
    for (let i = 0; i < samples; i++) buffer[RTP_HEADER + i] = octets[at + i]!;
    this.#sendPayload(buffer, RTP_HEADER + samples);
  }

  /**
   * There is nothing for `samples` samples: what waits is filled up with silence, the rest is left out. Of sound that was `lost`
   * the packets are left out of the numbering too, so that its hearer knows.
   */
  skip(samples: number, lost: boolean): void {
    let left = samples;
    if (this.#waiting > 0) {
      const filled = Math.min(left, this.#samples - this.#waiting);
      this.#sound.fill(0, this.#waiting, this.#waiting + filled);
      this.#waiting += filled;
      left -= filled;
      if (this.#waiting < this.#samples) return;
      this.#sendSound(this.#sound);
    }
    if (left === 0) return;
    this.#timestamp = (this.#timestamp + this.#inClock(left)) >>> 0;
    if (!lost) return;
    const leftOut = Math.min(MAX_LEFT_OUT - this.#leftOut, Math.floor(left / this.#samples));
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

  /** A packet's worth of it. */
  #sendSound(sound: Int16Array): void {
    const buffer = this.#nextBuffer();
    this.#sendPayload(buffer, this.#encoder.encode(sound, this.#samples, buffer, RTP_HEADER));
  }

  #sendPayload(buffer: Buffer, end: number): void {
    if (end > RTP_HEADER) {
      this.#sendPacket(buffer, this.#payloadType, this.#timestamp, this.#marker, end);
      this.#marker = false;
    }
    this.#waiting = 0;
    this.#timestamp = (this.#timestamp + this.#inClock(this.#samples)) >>> 0;
  }

  #sendPacket(buffer: Buffer, payloadType: number, timestamp: number, marker: boolean, length: number): void {
    buffer[0] = 0x80;
    buffer[1] = marker ? 0x80 | payloadType : payloadType;
    buffer.writeUInt16BE(this.#sequence++ & 0xffff, 2);
    buffer.writeUInt32BE(timestamp, 4);
    buffer.writeUInt32BE(this.#ssrc, 8);
    this.#leftOut = 0;
    this.#send(length === buffer.length ? buffer : buffer.subarray(0, length));
    // One that still waits to be sent is left to whoever has it.
    if (this.#haveLeft?.() === false) SHARED_BUFFERS[this.#room] = undefined;
  }

  #nextBuffer(): Buffer {
    const room = this.#room;
    if (this.#haveLeft !== undefined) {
      SHARED_BUFFERS[room] ??= Buffer.alloc(room);
      return SHARED_BUFFERS[room];
    }
    this.#buffer = (this.#buffer + 1) % BUFFERS;
    this.#buffers[this.#buffer] ??= Buffer.alloc(room);
    return this.#buffers[this.#buffer]!;
  }

  #waitingSound(): Int16Array {
    if (this.#sound.length === 0) this.#sound = new Int16Array(this.#samples);
    return this.#sound;
  }

  #inClock(samples: number): number {
    const { clockRate, rate } = this.#codec;
    return Math.round((samples * clockRate) / rate);
  }
}

const NO_SOUND = new Int16Array(0);

function packetTime({ packetTimes }: SoundCodec, wanted: number): number {
  if (packetTimes === undefined) return Math.max(SHORTEST_PTIME, Math.min(LONGEST_PACKET_MS, Math.round(wanted)));
  return packetTimes.findLast((time) => time <= wanted) ?? packetTimes[0]!;
}
