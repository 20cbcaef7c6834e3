import type { Random } from '@vats/kernel';
import { opusWishes } from '../codec/opus-wishes.ts';
import { Resampler } from '../codec/resampler.ts';
import type { SamplingRate } from '../codec/sound-codec.ts';
import { soundCodec } from '../codec/sound-codecs.ts';
import { SoundPackets } from '../codec/sound-packets.ts';
import type { KeyReader } from '../rtp/key-reader.ts';
import { rtpPayloadType } from '../rtp/packet.ts';
import type { SpokenFormat } from '../sdp/spoken-format.ts';
import { comfortNoise } from '../sound/comfort-noise.ts';
import { type Paced, type Pacer, TURN_MS } from '../sound/pacer.ts';
import { type Heard, type Party, type Presence, Room } from '../sound/room.ts';
import type { Passage } from './passage.ts';
import { RoomInput } from './room-input.ts';
import { SharedMixes } from './shared-mix.ts';

/** How a leg takes part in a room. */
export interface RoomOrder {
  /** Rooms are known by this in all calls of a worker. */
  readonly room: string;
  /** What others of the room call this party; one of each name. */
  readonly as: string;
  /** Heard by all, by nobody, or only by those of these names. */
  readonly presence: 'talk' | 'listen' | { readonly whisperTo: readonly string[] };
  readonly muted?: boolean;
  readonly deaf?: boolean;
  /** In decibels. */
  readonly volume?: number;
  readonly format: SpokenFormat;
  /** Sound of the leg's, by its numbers as it arrives. */
  readonly sources: readonly (readonly [payloadType: number, encoding: string])[];
  /** Telephone events of the leg's, with their clock in Hz: they are told as `dtmf`. */
  readonly events: readonly (readonly [payloadType: number, clockRate: number])[];
}

/** Changes of how a party takes part; what is not named stays. */
export type RoomChange = Partial<Pick<RoomOrder, 'presence' | 'muted' | 'deaf' | 'volume'>>;

/** A leg as far as a room needs one. */
export interface RoomLeg {
  readonly output: { say(packet: Buffer): void; readonly hasLeft: boolean };
  /** When its last packet arrived; ms, monotonic. */
  readonly heardAt: number;
  onFault(error: unknown): void;
}

/** Half way between narrow and full band: G.722 keeps what it has, G.711 is not in want of more. */
const ROOM_RATE: SamplingRate = 16_000;
/** Rooms of a worker. */
const MOST_ROOMS = 1_000;

/** The rooms of a worker, made by who enters first and gone with who leaves last. */
export class MixedRooms {
  readonly #pacer: Pacer;
  readonly #random: Random;
  readonly #rooms = new Map<string, MixedRoom>();
  /** One for all rooms: nobody hears two of them. */
  #noise: Int16Array | undefined;

  constructor(options: { random: Random; pacer: Pacer }) {
    this.#pacer = options.pacer;
    this.#random = options.random;
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** Undefined when the room is full, the name is taken there, or there are too many rooms. */
  enter(leg: RoomLeg, order: RoomOrder, keys: KeyReader | undefined, speaks: () => void): Member | undefined {
    let room = this.#rooms.get(order.room);
    if (room === undefined) {
      if (this.#rooms.size >= MOST_ROOMS) return undefined;
      this.#noise ??= comfortNoise(this.#random);
      room = new MixedRoom({
        pacer: this.#pacer,
        random: this.#random,
        noise: this.#noise,
        empty: () => this.#rooms.delete(order.room),
      });
      this.#rooms.set(order.room, room);
    }
    return room.enter(leg, order, keys, speaks);
  }
}

/** One room at work: every turn it takes what has come from each, mixes, and sends each what it is to hear. */
export class MixedRoom implements Paced {
  readonly #pacer: Pacer;
  readonly #random: Random;
  readonly #empty: () => void;
  readonly #room: Room;
  readonly #members = new Map<string, Member>();
  readonly #memberOf = new Map<Party, Member>();
  readonly #shared = new SharedMixes();

  constructor(options: { pacer: Pacer; random: Random; noise: Int16Array; empty: () => void }) {
    this.#pacer = options.pacer;
    this.#random = options.random;
    this.#empty = options.empty;
    this.#room = new Room({
      rate: ROOM_RATE,
      milliseconds: TURN_MS,
      comfortNoise: options.noise,
      activeChanged: (party) => {
        if (party !== undefined) this.#memberOf.get(party)?.speaks();
      },
    });
  }

  enter(leg: RoomLeg, order: RoomOrder, keys: KeyReader | undefined, speaks: () => void): Member | undefined {
    const party = this.#members.has(order.as) ? undefined : this.#room.join();
    if (party === undefined) {
      if (this.#members.size === 0) this.#empty();
      return undefined;
    }
    const leave = (): void => this.#leave(member);
    const change = (changed: RoomChange): void => this.#change(member, changed);
    const member = new Member({ leg, order, party, keys, speaks, random: this.#random, leave, change });
    this.#members.set(order.as, member);
    this.#memberOf.set(party, member);
    this.#change(member, order);
    // Somebody may whisper to a name that only now has a party.
    for (const other of this.#members.values()) this.#present(other);
    this.#pacer.add(this);
    return member;
  }

  turn(): void {
    for (const member of this.#members.values()) if (member.says()) this.#room.speaks(member.party);
    this.#room.mix();
    this.#shared.nextTurn();
    for (const member of this.#members.values()) member.hears(this.#room.hear(member.party), this.#shared);
  }

  missed(turns: number): void {
    for (const member of this.#members.values()) member.missed(turns);
  }

  /** Its parties are told, so that nobody stays in a room that is dead. */
  fail(detail: string): void {
    for (const member of [...this.#members.values()]) member.lost(detail);
  }

  #leave(member: Member): void {
    if (!this.#memberOf.delete(member.party)) return;
    this.#members.delete(member.order.as);
    this.#room.leave(member.party);
    if (this.#members.size > 0) return;
    this.#pacer.remove(this);
    this.#empty();
  }

  #change(member: Member, { presence, muted, deaf, volume }: RoomChange): void {
    if (presence !== undefined) member.presence = presence;
    this.#present(member);
    if (muted !== undefined) this.#room.mute(member.party, muted);
    if (deaf !== undefined) this.#room.deafen(member.party, deaf);
    if (volume !== undefined) this.#room.amplify(member.party, volume);
  }

  #present(member: Member): void {
    const { presence } = member;
    let inRoom: Presence;
    if (typeof presence === 'string') inRoom = presence;
    else {
      const named = presence.whisperTo.map((name) => this.#members.get(name)?.party);
      inRoom = { whisperTo: named.filter((party) => party !== undefined) };
    }
    this.#room.present(member.party, inRoom);
  }
}

/** A leg in a room: what it says is buffered and decoded, what it hears is encoded and sent. */
export class Member implements Passage {
  readonly to = undefined;
  readonly passesReports = false;
  readonly order: RoomOrder;
  readonly party: Party;
  presence: RoomOrder['presence'];
  /** Its party has become the one who talks most. */
  readonly speaks: () => void;
  readonly leave: () => void;
  readonly change: (change: RoomChange) => void;
  readonly #leg: RoomLeg;
  readonly #keys: KeyReader | undefined;
  readonly #eventTypes: ReadonlySet<number>;
  readonly #inputs: (RoomInput | undefined)[] = [];
  readonly #packets: SoundPackets | undefined;
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
    party: Party;
    keys: KeyReader | undefined;
    speaks: () => void;
    random: Random;
    leave: () => void;
    change: (change: RoomChange) => void;
  }) {
    const { leg, order, random } = options;
    this.order = order;
    this.party = options.party;
    this.presence = order.presence;
    this.speaks = options.speaks;
    this.leave = options.leave;
    this.change = options.change;
    this.#leg = leg;
    this.#keys = options.keys;
    this.#eventTypes = new Set(order.events.map(([payloadType]) => payloadType));
    for (const [payloadType, encoding] of order.sources) {
      const codec = soundCodec(encoding, ROOM_RATE);
      if (codec !== undefined) this.#inputs[payloadType] = new RoomInput(codec.decoder(), codec.clockRate, ROOM_RATE);
    }
    const codec = soundCodec(order.format.encoding, ROOM_RATE);
    const rate = codec?.rate ?? ROOM_RATE;
    this.#heard = new Int16Array((rate * TURN_MS) / 1_000);
    this.#octets = codec?.octets?.();
    this.#down = rate === ROOM_RATE ? undefined : new Resampler(ROOM_RATE, rate);
    this.#packets =
      codec &&
      new SoundPackets({
        codec,
        payloadType: order.format.payloadType,
        ptime: order.format.ptime,
        wishes: opusWishes(order.format.fmtp),
        random,
        send: (packet) => leg.output.say(packet),
        haveLeft: () => leg.output.hasLeft,
      });
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
    return true;
  }

  /** @param shared what others of the room hear too */
  hears(heard: Heard, shared: SharedMixes): void {
    const [down, packets, octets] = [this.#down, this.#packets, this.#octets];
    if (packets === undefined) return;
    const { sound, mix } = heard;
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
    this.#packets?.skip(turns * this.#heard.length, false);
    this.#packets?.beginTalkspurt();
  }

  close(): void {
    this.leave();
    this.#packets?.close();
    for (const input of this.#inputs) input?.close();
  }
}

/** Of a member that has not heard any yet. */
const NO_MIX = Number.NaN;
