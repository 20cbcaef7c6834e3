import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import type { Decoder, SoundCodec } from '../../codec/sound-codec.ts';
import { soundCodec } from '../../codec/sound-codecs.ts';
import { SoundPackets } from '../../codec/sound-packets.ts';
import { Pacer, TURN_MS } from '../../sound/pacer.ts';
import { MixedRooms } from '../mixed-room.ts';
import type { Member } from '../room-member.ts';
import type { RoomOrder } from '../room-order.ts';

const PAYLOAD_TYPES: Readonly<Record<string, number>> = {
  'pcma/8000/1': 8,
  'pcmu/8000/1': 0,
  'g722/8000/1': 9,
  'opus/48000/2': 111,
};

/** When a party's packet arrives after it was sent, ms: once, several times, or never. */
export type Network = (packet: number) => readonly number[];

/** Rooms on fake time and without sockets: parties say tones in their codecs, and what each hears is decoded. */
export class RoomsHere {
  readonly clock = new FakeClock();
  readonly random = new SeededRandom(1);
  readonly pacer = new Pacer(this.clock);
  readonly rooms = new MixedRooms({ random: this.random, pacer: this.pacer });
  readonly faults: unknown[] = [];
  readonly #speakers: Speaker[] = [];

  /** Undefined when it is refused. */
  enter(as: string, encoding = 'pcma/8000/1', more: Partial<RoomOrder> = {}): Speaker | undefined {
    const speaker = new Speaker(this, as, encoding, more);
    if (speaker.member === undefined) return undefined;
    this.#speakers.push(speaker);
    return speaker;
  }

  /** Lets time pass in which everybody says their tones. */
  async run(milliseconds: number, each: (turn: number) => void = () => {}): Promise<void> {
    for (let turn = 0; turn < milliseconds / TURN_MS; turn++) {
      for (const speaker of this.#speakers) speaker.say();
      // Opus is there a moment after it was asked for.
      if (turn === 0) await new Promise((resolve) => setImmediate(resolve));
      this.clock.advance(TURN_MS);
      each(turn);
    }
  }
}

/** One party at its phone. */
export class Speaker {
  readonly as: string;
  readonly member: Member | undefined;
  held = false;
  heardAt = 0;
  /** What is played to it gives way. */
  yielding = false;
  /** What it says; 0: nothing is sent. */
  hertz = 0;
  amplitude = 6_000;
  network: Network = () => [0];
  /** Changes a packet before it is sent. */
  tamper: (packet: Buffer, number: number) => void = () => {};
  readonly #here: RoomsHere;
  readonly #codec: SoundCodec;
  readonly #packets: SoundPackets;
  readonly #decoder: Decoder;
  readonly #frame: Int16Array;
  readonly #heard: Buffer[] = [];
  #said = 0;
  #sent = 0;

  constructor(here: RoomsHere, as: string, encoding: string, more: Partial<RoomOrder>) {
    this.as = as;
    this.#here = here;
    // What is refused has to get as far as the room.
    this.#codec = soundCodec(encoding, 16_000) ?? soundCodec('pcma/8000/1')!;
    this.#decoder = this.#codec.decoder();
    const payloadType = PAYLOAD_TYPES[encoding] ?? 18;
    const leg = {
      output: { say: (packet: Buffer) => void this.#heard.push(Buffer.from(packet)) },
      onFault: (error: unknown) => void here.faults.push(error),
    };
    Object.defineProperty(leg, 'heardAt', { get: () => this.heardAt });
    Object.defineProperty(leg.output, 'yielding', { get: () => this.yielding });
    Object.defineProperty(leg, 'held', { get: () => this.held });
    const order: RoomOrder = {
      ...{ room: 'r', as, presence: 'talk', format: { payloadType, encoding, ptime: 20 } },
      ...{ sources: [[payloadType, encoding]], events: [], ...more },
    };
    this.member = here.rooms.enter(leg as never, order, undefined, () => {});
    this.#frame = new Int16Array((this.#codec.rate * TURN_MS) / 1_000);
    this.#packets = new SoundPackets({
      ...{ codec: this.#codec, payloadType, ptime: 20, wishes: {}, random: here.random },
      send: (packet) => this.#send(Buffer.from(packet)),
    });
  }

  /** 20 ms of its tone. */
  say(): void {
    const frame = this.#frame;
    const { rate } = this.#codec;
    for (let i = 0; i < frame.length; i++) {
      frame[i] = Math.round(this.amplitude * Math.sin((2 * Math.PI * this.hertz * (this.#said + i)) / rate));
    }
    this.#said += frame.length;
    if (this.hertz === 0) this.#packets.skip(frame.length, false);
    else this.#packets.append(frame, frame.length);
  }

  leave(): void {
    this.member!.close();
    this.hertz = 0;
  }

  /** What it has heard since it was asked last, at 16 kHz or the rate of its codec. */
  heard(): { readonly sound: Int16Array; readonly rate: number } {
    const decoder = this.#decoder;
    const out = new Int16Array((decoder.rate * 120) / 1_000);
    const sound = this.#heard.flatMap((packet) => [...out.subarray(0, decoder.decode(packet, 12, packet.length, out))]);
    this.#heard.length = 0;
    return { sound: Int16Array.from(sound), rate: decoder.rate };
  }

  #send(packet: Buffer): void {
    const number = this.#sent++;
    for (const after of this.network(number)) {
      const copy = Buffer.from(packet);
      this.tamper(copy, number);
      this.#here.clock.after(after, () => {
        this.heardAt = this.#here.clock.monotonic();
        this.member?.hear(copy, 12);
      });
    }
  }
}
