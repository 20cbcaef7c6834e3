import type { Random } from '@vats/kernel';
import { PCMA } from '../codec/g711.ts';
import { Resampler } from '../codec/resampler.ts';
import { SoundPackets } from '../codec/sound-packets.ts';
import type { Recorder, Side } from '../recording/recorder.ts';
import type { RoomNotes } from '../recording/room-notes.ts';
import { G711_RATE } from '../rtp/g711.ts';
import { rtpPayloadAt } from '../rtp/packet.ts';
import { TURN_MS } from '../sound/pacer.ts';
import type { Room } from '../sound/room.ts';
import type { MixedRooms, Overhearer } from './mixed-room.ts';
import { type Member, ROOM_RATE } from './room-member.ts';

/** A static payload type of RTP (RFC 3551 §6); nobody reads it here. */
const PCMA_TYPE = 8;
const FRAME = (G711_RATE * TURN_MS) / 1_000;

/**
 * A room as a recording hears it: the sum of all who talk to everybody, or of all but one, whatever codecs they have. It takes no
 * place in the room, and outlasts it: who comes under the same name later is recorded too.
 */
export class RoomVoice implements Overhearer {
  /** Of the room. */
  readonly name: string;
  readonly #rooms: MixedRooms;
  readonly #without: string | undefined;
  readonly #random: Random;
  readonly #down = new Resampler(ROOM_RATE, G711_RATE);
  readonly #frame = new Int16Array(FRAME);
  #packets: SoundPackets | undefined;
  #recorder: Recorder | undefined;
  #side: Side = 'both';
  #notes: RoomNotes | undefined;
  #stop: (() => void) | undefined;
  #talked = false;

  /** @param options.without the name of a party whose sound is recorded elsewhere */
  constructor(options: { rooms: MixedRooms; room: string; without?: string | undefined; random: Random }) {
    this.name = options.room;
    this.#rooms = options.rooms;
    this.#without = options.without;
    this.#random = options.random;
  }

  record(recorder: Recorder | undefined, side: Side): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#notes?.close();
    this.#notes = undefined;
    this.#packets?.close();
    this.#packets = undefined;
    this.#recorder = recorder;
    this.#side = side;
    if (recorder === undefined) return;
    this.#notes = recorder.noteRoom(side === 'both' ? 'mix' : side);
    this.#packets = new SoundPackets({
      ...{ codec: PCMA, payloadType: PCMA_TYPE, ptime: TURN_MS, wishes: {}, random: this.#random },
      send: (packet) => recorder.hear(this.#side, 'PCMA', packet, rtpPayloadAt(packet), packet.length),
    });
    this.#talked = false;
    this.#stop = this.#rooms.overhear(this.name, this);
  }

  joined({ order }: Member): void {
    if (order.as !== this.#without) this.#notes?.joined(order.as, order.party ?? { number: order.as });
  }

  left({ order }: Member): void {
    this.#notes?.left(order.as);
  }

  missed(turns: number): void {
    this.#packets?.skip(turns * FRAME, false);
    this.#talked = false;
  }

  turn(room: Room, members: ReadonlyMap<string, Member>): void {
    const without = this.#without === undefined ? undefined : members.get(this.#without)?.party;
    const sound = room.overhear(without);
    if (sound === undefined || this.#recorder?.keeps !== true) {
      this.missed(1);
      return;
    }
    for (const [name, { party }] of members) if (room.isHeard(party)) this.#notes?.talks(name, TURN_MS);
    if (!this.#talked) this.#packets?.beginTalkspurt();
    this.#talked = true;
    this.#packets?.append(this.#frame, this.#down.resample(sound, sound.length, this.#frame));
  }
}
