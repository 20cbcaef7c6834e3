import type { Clock } from '@vats/kernel';
import { SeededRandom } from '@vats/kernel/testing';
import { Transcoder } from '../codec/transcoder.ts';
import { KeyReader } from '../rtp/key-reader.ts';
import { type KeyPress, KeyWriter } from '../rtp/key-writer.ts';
import { OutgoingStream } from '../rtp/outgoing-stream.ts';
import { rtpPayloadAt, rtpPayloadType, setRtpPayloadType } from '../rtp/packet.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { Conversion } from '../sdp/conversion.ts';
import { type LegMedia, type PayloadTypeMap, TOLD } from '../sdp/leg-media.ts';

/** Packets between the legs of a fake call, by the very rules that a worker relays by, but without sockets and source checks. */
export class FakeSound {
  readonly #clock: Clock;
  readonly #pressed: (leg: string, key: DtmfKey, milliseconds: number) => void;
  readonly #maps = new Map<string, PayloadTypeMap>();
  readonly #readers = new Map<string, KeyReader>();
  readonly #streams = new Map<string, OutgoingStream>();
  readonly #transcoders = new Map<string, { readonly asked: string; readonly transcoder: Transcoder }>();
  readonly #writers = new Map<string, KeyWriter>();
  readonly #heard = new Map<string, Buffer[]>();

  constructor(clock: Clock, pressed: (leg: string, key: DtmfKey, milliseconds: number) => void) {
    this.#clock = clock;
    this.#pressed = pressed;
  }

  /** What this leg's peer was sent. */
  heardAt(leg: string): Buffer[] {
    const heard = this.#heard.get(leg) ?? [];
    this.#heard.set(leg, heard);
    return heard;
  }

  update(leg: string, media: LegMedia): void {
    this.#stream(leg).clockRates = media.clockRates;
  }

  join(leg: string, to: string, map: PayloadTypeMap, conversion?: Conversion): void {
    this.#maps.set(leg, map);
    this.#convert(leg, to, conversion);
    const rates = map.flatMap(([arriving, leaving, rate]) =>
      leaving === TOLD && rate !== undefined ? [[arriving, rate] as const] : [],
    );
    if (rates.length > 0) this.#reader(leg).rates = new Map(rates);
  }

  /** A packet of `from`'s, which is joined to `to`. */
  say(from: string, to: string | undefined, packet: Buffer): void {
    const converted = this.#transcoders.get(from)?.transcoder;
    if (to !== undefined && converted?.converts(rtpPayloadType(packet)) === true) {
      converted.hear(packet, rtpPayloadAt(packet));
      return;
    }
    const arriving = rtpPayloadType(packet);
    const [, leaving = arriving] = this.#maps.get(from)?.find(([number]) => number === arriving) ?? [];
    if (leaving === TOLD) this.#reader(from).hear(packet, rtpPayloadAt(packet));
    if (leaving < 0 || to === undefined) return;
    const relayed = Buffer.from(packet);
    setRtpPayloadType(relayed, leaving);
    this.#stream(to).pass(relayed);
    this.heardAt(to).push(relayed);
  }

  #convert(leg: string, to: string, conversion: Conversion | undefined): void {
    const asked = JSON.stringify([to, conversion]);
    const former = this.#transcoders.get(leg);
    if (former?.asked === asked) return;
    former?.transcoder.close();
    this.#transcoders.delete(leg);
    if (conversion === undefined) return;
    const send = (packet: Buffer) => {
      const heard = Buffer.from(packet);
      this.#stream(to).pass(heard);
      this.heardAt(to).push(heard);
    };
    const transcoder = new Transcoder({ conversion, clock: this.#clock, random: new SeededRandom(2), send });
    this.#transcoders.set(leg, { asked, transcoder });
  }

  press(leg: string, press: KeyPress): void {
    this.#writer(leg).press(press);
  }

  close(leg: string): void {
    this.#transcoders.get(leg)?.transcoder.close();
    this.#transcoders.delete(leg);
    this.#readers.get(leg)?.close();
    this.#writers.get(leg)?.close();
  }

  #reader(leg: string): KeyReader {
    const reader = this.#readers.get(leg) ?? new KeyReader(this.#clock, (key, ms) => this.#pressed(leg, key, ms));
    this.#readers.set(leg, reader);
    return reader;
  }

  #stream(leg: string): OutgoingStream {
    const stream = this.#streams.get(leg) ?? new OutgoingStream({ clock: this.#clock, random: new SeededRandom(1) });
    this.#streams.set(leg, stream);
    return stream;
  }

  #writer(leg: string): KeyWriter {
    const [clock, stream] = [this.#clock, this.#stream(leg)];
    const writer =
      this.#writers.get(leg) ?? new KeyWriter({ clock, stream, send: (packet) => void this.heardAt(leg).push(packet) });
    this.#writers.set(leg, writer);
    return writer;
  }
}
