import type { Random } from '@vats/kernel';
import { soundCodec } from '../codec/sound-codecs.ts';
import type { KeyReader } from '../rtp/key-reader.ts';
import { comfortNoise } from '../sound/comfort-noise.ts';
import { type Paced, type Pacer, TURN_MS } from '../sound/pacer.ts';
import { type Party, type Presence, Room } from '../sound/room.ts';
import { Member, ROOM_RATE } from './room-member.ts';
import type { RoomChange, RoomLeg, RoomOrder } from './room-order.ts';
import { SharedMixes } from './shared-mix.ts';

/** Hears a room without being in it. */
export interface Overhearer {
  /** Somebody comes, or is there already. */
  joined(member: Member): void;
  left(member: Member): void;
  /** A turn is over; members by their names. */
  turn(room: Room, members: ReadonlyMap<string, Member>): void;
  /** So many turns before the next one will never come. */
  missed(turns: number): void;
}

/** Rooms of a worker. */
const MOST_ROOMS = 1_000;

/** The rooms of a worker, made by who enters first and gone with who leaves last. */
export class MixedRooms {
  readonly #pacer: Pacer;
  readonly #random: Random;
  readonly #rooms = new Map<string, MixedRoom>();
  /** By room, whether it is there or not. */
  readonly #overhearers = new Map<string, Set<Overhearer>>();
  /** One for all rooms: nobody hears two of them. */
  #noise: Int16Array | undefined;

  constructor(options: { random: Random; pacer: Pacer }) {
    this.#pacer = options.pacer;
    this.#random = options.random;
  }

  get size(): number {
    return this.#rooms.size;
  }

  /**
   * Undefined when the room is full, the name is taken there, there are too many rooms, or the leg hears a codec in which no sound
   * can be made.
   */
  enter(leg: RoomLeg, order: RoomOrder, keys: KeyReader | undefined, speaks: () => void): Member | undefined {
    let room = this.#rooms.get(order.room);
    if (room === undefined) {
      if (this.#rooms.size >= MOST_ROOMS) return undefined;
      this.#noise ??= comfortNoise(this.#random);
      room = new MixedRoom({
        pacer: this.#pacer,
        random: this.#random,
        noise: this.#noise,
        overhearers: () => this.#overhearers.get(order.room),
        empty: () => this.#rooms.delete(order.room),
      });
      this.#rooms.set(order.room, room);
    }
    return room.enter(leg, order, keys, speaks);
  }

  /** From now on until the function that is returned is called; the room need not be there yet, and may come and go. */
  overhear(name: string, by: Overhearer): () => void {
    const overhearers = this.#overhearers.get(name) ?? new Set();
    this.#overhearers.set(name, overhearers.add(by));
    for (const member of this.#rooms.get(name)?.members ?? []) by.joined(member);
    return () => {
      overhearers.delete(by);
      if (overhearers.size === 0 && this.#overhearers.get(name) === overhearers) this.#overhearers.delete(name);
    };
  }
}

/** One room at work: every turn it takes what has come from each, mixes, and sends each what it is to hear. */
export class MixedRoom implements Paced {
  readonly #pacer: Pacer;
  readonly #random: Random;
  readonly #empty: () => void;
  readonly #overhearers: () => ReadonlySet<Overhearer> | undefined;
  readonly #room: Room;
  readonly #members = new Map<string, Member>();
  readonly #memberOf = new Map<Party, Member>();
  readonly #shared = new SharedMixes();

  constructor(options: {
    pacer: Pacer;
    random: Random;
    noise: Int16Array;
    overhearers: () => ReadonlySet<Overhearer> | undefined;
    empty: () => void;
  }) {
    this.#pacer = options.pacer;
    this.#random = options.random;
    this.#empty = options.empty;
    this.#overhearers = options.overhearers;
    this.#room = new Room({
      rate: ROOM_RATE,
      milliseconds: TURN_MS,
      comfortNoise: options.noise,
      activeChanged: (party) => {
        if (party !== undefined) this.#memberOf.get(party)?.speaks();
      },
    });
  }

  get members(): Iterable<Member> {
    return this.#members.values();
  }

  enter(leg: RoomLeg, order: RoomOrder, keys: KeyReader | undefined, speaks: () => void): Member | undefined {
    const codec = soundCodec(order.format.encoding, ROOM_RATE);
    const party = codec === undefined || this.#members.has(order.as) ? undefined : this.#room.join();
    if (codec === undefined || party === undefined) {
      if (this.#members.size === 0) this.#empty();
      return undefined;
    }
    const leave = (): void => this.#leave(member);
    const change = (changed: RoomChange): void => this.#change(member, changed);
    const [random, members] = [this.#random, () => this.members];
    const member = new Member({ leg, order, codec, party, keys, speaks, members, random, leave, change });
    this.#members.set(order.as, member);
    this.#memberOf.set(party, member);
    this.#change(member, order);
    // Somebody may whisper to a name that only now has a party.
    for (const other of this.#members.values()) this.#present(other);
    for (const overhearer of this.#overhearers() ?? []) overhearer.joined(member);
    this.#pacer.add(this);
    return member;
  }

  turn(): void {
    for (const member of this.#members.values()) if (member.says()) this.#room.speaks(member.party);
    this.#room.mix();
    this.#shared.nextTurn();
    for (const member of this.#members.values()) member.hears(this.#room.hear(member.party), this.#shared);
    for (const overhearer of this.#overhearers() ?? []) overhearer.turn(this.#room, this.#members);
  }

  missed(turns: number): void {
    for (const member of this.#members.values()) member.missed(turns);
    for (const overhearer of this.#overhearers() ?? []) overhearer.missed(turns);
  }

  /** Its parties are told, so that nobody stays in a room that is dead. */
  fail(detail: string): void {
    for (const member of [...this.#members.values()]) member.lost(detail);
  }

  #leave(member: Member): void {
    if (!this.#memberOf.delete(member.party)) return;
    this.#members.delete(member.order.as);
    this.#room.leave(member.party);
    for (const overhearer of this.#overhearers() ?? []) overhearer.left(member);
    if (this.#members.size > 0) return;
    this.#pacer.remove(this);
    this.#empty();
  }

  #change(member: Member, { presence, muted, deaf, volume }: RoomChange): void {
    if (presence !== undefined) member.presence = presence;
    this.#present(member);
    if (muted !== undefined) {
      member.muted = muted;
      this.#room.mute(member.party, muted);
    }
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
