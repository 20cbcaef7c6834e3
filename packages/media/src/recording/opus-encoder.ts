import { Application, createEncoder, type OpusEncoderHandle } from 'libopus-wasm';
import { G711_RATE } from '../rtp/g711.ts';
import { OggWriter } from './ogg-writer.ts';
import type { SoundEncoder } from './sound-encoder.ts';
import { FRAME_OCTETS } from './wav-header.ts';

/** Bits a second of each voice: RFC 7587 §3.1.1 names 8 to 12 kbit/s for speech of narrow band; it is made in no hurry here. */
const BIT_RATE = 12_000;
const COMPLEXITY = 10;
/** 20 ms: Opus' own choice, and one frame a packet (RFC 6716 §2.1.4). */
const FRAME = G711_RATE / 50;
/** Granules are samples of 48 kHz at any rate (RFC 7845 §4). */
const GRANULES = 48_000 / G711_RATE;
/** A page a second, as RFC 7845 §6 wishes: a player seeks by pages. */
const PAGE_PACKETS = 50;
const LONGEST_FRAME_OCTETS = 1_275;
const VENDOR = 'VATS';

/**
 * Makes Ogg Opus (RFC 7845) of a recording's sound: the two voices are two streams of one channel, by channel mapping family 1, so
 * that nothing of one is heard in the other, as joint stereo would have it. Decoders give back as many samples as there were.
 */
export async function opusEncoder(linear: Int16Array, frames: number, serial: number): Promise<SoundEncoder> {
  const voices = await Promise.all([voice(), voice()]);
  return new OpusFileEncoder(linear, frames, serial, voices);
}

function voice(): Promise<OpusEncoderHandle> {
  const application = Application.Voip;
  return createEncoder({ channels: 1, sampleRate: G711_RATE, application, complexity: COMPLEXITY, bitrate: BIT_RATE });
}

class OpusFileEncoder implements SoundEncoder {
  readonly head: Buffer;
  readonly #linear: Int16Array;
  readonly #voices: readonly OpusEncoderHandle[];
  readonly #sound = [new Int16Array(FRAME), new Int16Array(FRAME)];
  readonly #ogg: OggWriter;
  /** Samples of a channel before the sound: what the encoder looks ahead. */
  readonly #lead: number;
  readonly #frames: number;
  /** Samples in the frame so far, and in all before it. */
  #filled = 0;
  #encoded = 0;

  constructor(linear: Int16Array, frames: number, serial: number, voices: readonly OpusEncoderHandle[]) {
    this.#linear = linear;
    this.#frames = frames;
    this.#voices = voices;
    this.#lead = voices[0]!.getLookahead();
    this.#ogg = new OggWriter(serial);
    this.#ogg.add(opusHead(this.#lead * GRANULES));
    const first = this.#ogg.page(0);
    this.#ogg.add(opusTags());
    this.head = Buffer.concat([first, this.#ogg.page(0)]);
  }

  encode(octets: Buffer): Uint8Array {
    const pages: Buffer[] = [];
    const [left, right] = this.#sound as [Int16Array, Int16Array];
    for (let at = 0; at + 1 < octets.length; at += FRAME_OCTETS) {
      left[this.#filled] = this.#linear[octets[at]!]!;
      right[this.#filled] = this.#linear[octets[at + 1]!]!;
      if (++this.#filled === FRAME) this.#encodeFrame(pages);
    }
    return Buffer.concat(pages);
  }

  finish(): Uint8Array {
    const pages: Buffer[] = [];
    // What was given in comes out so much later.
    do {
      for (const sound of this.#sound) sound.fill(0, this.#filled);
      this.#encodeFrame(pages);
    } while (this.#encoded < this.#frames + this.#lead);
    // The last page says where the sound ends within its last packet (RFC 7845 §4.4).
    pages.push(this.#ogg.page((this.#frames + this.#lead) * GRANULES, true));
    for (const each of this.#voices) each.free();
    return Buffer.concat(pages);
  }

  // Full pages go when the next packet comes, so that the last page is never without one.
  #encodeFrame(pages: Buffer[]): void {
    const [first, second] = this.#voices.map((each, channel) => {
      const packet = each.encode(this.#sound[channel]!, { frameSize: FRAME, maxPacketBytes: LONGEST_FRAME_OCTETS });
      return Buffer.from(packet);
    });
    const packet = Buffer.concat([selfDelimited(first!), second!]);
    if (this.#ogg.packets === PAGE_PACKETS || !this.#ogg.hasRoomFor(packet.length)) {
      pages.push(this.#ogg.page(this.#encoded * GRANULES));
    }
    this.#ogg.add(packet);
    this.#encoded += FRAME;
    this.#filled = 0;
  }
}

/** The identification header (RFC 7845 §5.1): two channels, each a stream of its own. */
function opusHead(preSkip: number): Buffer {
  const head = Buffer.alloc(23);
  head.write('OpusHead', 0, 'latin1');
  head[8] = 1;
  head[9] = 2; // channels
  head.writeUInt16LE(preSkip, 10);
  head.writeUInt32LE(G711_RATE, 12); // of what was encoded; the gain behind it is 0
  head[18] = 1; // Vorbis' order: left, right
  head[19] = 2; // streams, none of them coupled
  head[22] = 1; // the left is stream 0, the right stream 1
  return head;
}

/** The comment header (RFC 7845 §5.2), which says nothing of whom the sound is. */
function opusTags(): Buffer {
  const tags = Buffer.alloc(8 + 4 + VENDOR.length + 4);
  tags.write('OpusTags', 0, 'latin1');
  tags.writeUInt32LE(VENDOR.length, 8);
  tags.write(VENDOR, 12, 'latin1');
  return tags;
}

/**
 * A packet that says its own length (RFC 6716 appendix B), as all but the last stream's in a packet of several must. One frame is in
 * it: its length goes behind the first octet.
 */
export function selfDelimited(packet: Buffer): Buffer {
  if (packet.length === 0 || (packet[0]! & 3) !== 0)
    throw new Error('the Opus encoder made a packet of several frames');
  const octets = packet.length - 1;
  // RFC 6716 §3.2.1: from 252 on two octets, the second counts in fours.
  const length = octets < 252 ? [octets] : [252 + (octets & 3), (octets - 252 - (octets & 3)) >> 2];
  return Buffer.concat([packet.subarray(0, 1), Buffer.from(length), packet.subarray(1)]);
}
