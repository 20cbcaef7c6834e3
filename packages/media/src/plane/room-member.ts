import type { Random } from '@vats/kernel';
import { opusWishes } from '../codec/opus-wishes.ts';
import { Resampler } from '../codec/resampler.ts';
import type { SamplingRate, SoundCodec } from '../codec/sound-codec.ts';
import { soundCodec } from '../codec/sound-codecs.ts';
import { SoundPackets } from '../codec/sound-packets.ts';
import type { KeyReader } from '../rtp/key-reader.ts';
import { rtpPayloadType } from '../rtp/packet.ts';
import { TURN_MS } from '../sound/pacer.ts';
import { type Heard, isOfNobody, type Party } from '../sound/room.ts';
import type { Passage } from './passage.ts';
import { RoomInput } from './room-input.ts';
import type { RoomChange, RoomLeg, RoomOrder } from './room-order.ts';
import type { SharedMixes } from './shared-mix.ts';

/** Half way between narrow and full band: G.722 keeps what it has, G.711 is not in want of more. */
export const ROOM_RATE: SamplingRate = 16_000;

/** A leg in a room: what it says is buffered and decoded, what it hears is encoded and sent. */
export class Member implements Passage {
  readonly to = undefined;
  readonly passesReports = false;
  readonly order: RoomOrder;
  readonly party: Party;
  presence: RoomOrder['presence'];
  muted = false;
  /** Its party has become the one who talks most. */
  readonly speaks: () => void;
  readonly leave: () => void;
  readonly change: (change: RoomChange) => void;
  readonly #leg: RoomLeg;
  readonly #members: () => Iterable<Member>;
  readonly #keys: KeyReader | undefined;
  readonly #eventTypes: ReadonlySet<number>;
  readonly #inputs: (RoomInput | undefined)[] = [];
  readonly #packets: SoundPackets;
  readonly #down: Resampler | undefined;
  readonly #heard: Int16Array;
  /** Of a codec that encodes each sample by itself. */
  readonly #octets: Uint8Array | undefined;
  /** The mix that it heard in the turn before. */
  #mix = NO_MIX;
  #input: RoomInput | undefined;

  constructor(options: {
    leg: RoomLeg;
    order: RoomOrder;
    /** Of `order.format`, at the room's rate where it has a choice. */
    codec: SoundCodec;
    party: Party;
    keys: KeyReader | undefined;
    speaks: () => void;
    /** All who are in the room. */
    members: () => Iterable<Member>;
    random: Random;
    leave: () => void;
    change: (change: RoomChange) => void;
  }) {
    const { codec, leg, order, random } = options;
    this.order = order;
    this.party = options.party;
    this.presence = order.presence;
    this.speaks = options.speaks;
    this.leave = options.leave;
    this.change = options.change;
    this.#leg = leg;
    this.#members = options.members;
    this.#keys = options.keys;
    this.#eventTypes = new Set(order.events.map(([payloadType]) => payloadType));
    for (const [payloadType, encoding] of order.sources) {
      const source = soundCodec(encoding, ROOM_RATE);
      if (source !== undefined)
        this.#inputs[payloadType] = new RoomInput(source.decoder(), source.clockRate, ROOM_RATE);
    }
    const { rate } = codec;
    this.#heard = new Int16Array((rate * TURN_MS) / 1_000);
    this.#octets = codec.octets?.();
    this.#down = rate === ROOM_RATE ? undefined : new Resampler(ROOM_RATE, rate);
    this.#packets = new SoundPackets({
      codec,
      payloadType: order.format.payloadType,
      ptime: order.format.ptime,
      wishes: opusWishes(order.format.fmtp),
      random,
      send: (packet) => leg.output.say(packet),
      haveLeft: () => leg.output.hasLeft,
    });
  }

  /** A recording of its leg holds nothing then: what it says is not for all, or none of those who talk hears it: they hold the line. */
  get isUnheard(): boolean {
    return this.muted || this.presence !== 'talk' || this.#leg.held || !this.#isListenedTo;
  }

  // Who only listens in does not count: a supervisor does not make a recording of somebody whom the other side has on hold.
  get #isListenedTo(): boolean {
    for (const other of this.#members()) {
      if (other !== this && other.presence === 'talk' && other.#leg.output.receives) return true;
    }
    return false;
  }

  hear(packet: Buffer, payloadAt: number): boolean {
    const payloadType = rtpPayloadType(packet);
    if (this.#eventTypes.has(payloadType)) {
      this.#keys?.hear(packet, payloadAt);
      return true;
    }
    const input = this.#inputs[payloadType];
    if (input === undefined) return false;
    this.#input = input;
    input.put(packet, payloadAt, this.#leg.heardAt);
    return true;
  }

  lost(detail: string): void {
    this.#leg.onFault(new Error(`the room ${this.order.room} failed: ${detail}`));
  }

  /** Brings what it says in this turn into its place; false when it says nothing. */
  says(): boolean {
    if (this.#input === undefined) return false;
    this.#input.read(this.party.said);
    // Who puts the line on hold would else fill the room with the music of their phone.
    return !this.#leg.held;
  }

  /** @param shared what others of the room hear too */
  hears(heard: Heard, shared: SharedMixes): void {
    const [down, packets, octets] = [this.#down, this.#packets, this.#octets];
    const { sound, mix } = heard;
    // Noise in place of silence is nothing that music on hold gives way to.
    if (isOfNobody(mix) && this.#leg.output.yielding) {
      this.#mix = NO_MIX;
      this.missed(1);
      return;
    }
    if (down === undefined) {
      packets.append(sound, sound.length);
      return;
    }
    const one = octets && shared.hear(heard, down);
    const steady = mix === this.#mix;
    this.#mix = mix;
    if (one !== undefined && steady && packets.isPacket(this.#heard.length)) {
      down.follow(sound, sound.length);
      packets.appendOctets(one.octets(octets!), 0);
    } else packets.append(this.#heard, down.resample(sound, sound.length, this.#heard));
  }

  /** There was no sound for so long. */
  missed(turns: number): void {
    this.#packets.skip(turns * this.#heard.length, false);
    this.#packets.beginTalkspurt();
  }

  close(): void {
    this.leave();
    this.#packets.close();
    for (const input of this.#inputs) input?.close();
  }
}

/** Of a member that has not heard any yet. */
const NO_MIX = Number.NaN;
