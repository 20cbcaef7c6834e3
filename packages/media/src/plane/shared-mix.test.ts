import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { Resampler } from '../codec/resampler.ts';
import { soundCodec } from '../codec/sound-codecs.ts';
import { Pacer } from '../sound/pacer.ts';
import { Room } from '../sound/room.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import { MixedRooms } from './mixed-room.ts';
import { RoomInput } from './room-input.ts';
import type { Member } from './room-member.ts';
import type { RoomLeg, RoomOrder } from './room-order.ts';

const PARTIES = ['talks', 'talks now and then', 'listens', 'listens too', 'hears mu-law'] as const;

/** Makes no noise: rooms take theirs from its octets. */
class QuietRandom extends SeededRandom {
  override bytes(count: number): ReturnType<SeededRandom['bytes']> {
    return super.bytes(count).fill(12);
  }
}

/** A packet of a voice that differs from turn to turn. */
function packetOf(party: number, turn: number): Buffer {
  const payload = Uint8Array.from({ length: 160 }, (_, i) => 0xd5 ^ (0x20 + ((turn * 37 + i * (party + 3)) % 60)));
  return rtpPacket({ ssrc: party, sequence: turn, timestamp: 160 * turn, payloadType: 8, payload });
}

/** The second party is silent for turns on end, so that who listens to what changes. */
function speaks(party: number, turn: number): boolean {
  return party === 0 ? turn < 80 || turn > 130 : party === 1 && turn % 60 > 30;
}

test('what is made once for all who hear it is, octet by octet, what each would have been sent alone', () => {
  const clock = new FakeClock();
  const rooms = new MixedRooms({ random: new QuietRandom(1), pacer: new Pacer(clock) });
  const sent = PARTIES.map((): Buffer[] => []);
  const legs: (RoomLeg & { heardAt: number })[] = [];
  const members = PARTIES.map((as, party): Member => {
    const leg = {
      output: {
        say: (packet: Buffer) => void sent[party]!.push(Buffer.from(packet.subarray(12))),
        ...{ hasLeft: true, receives: true, yielding: false },
      },
      ...{ heardAt: 0, held: false, onFault: (error: unknown): never => expect.unreachable(String(error)) },
    };
    legs.push(leg);
    const format =
      party === 4
        ? { payloadType: 0, encoding: 'pcmu/8000/1', ptime: 20 }
        : { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 };
    const sources = [[8, 'pcma/8000/1']] as const;
    const order: RoomOrder = { room: 'r', as, presence: 'talk', format, events: [], sources };
    return rooms.enter(leg, order, undefined, () => {})!;
  });

  const room = new Room({ rate: 16_000, milliseconds: 20 });
  const alone = PARTIES.map((_, party) => {
    const codec = soundCodec(party === 4 ? 'pcmu/8000/1' : 'pcma/8000/1', 16_000)!;
    return {
      ...{ party: room.join()!, input: undefined as RoomInput | undefined },
      ...{ down: new Resampler(16_000, 8_000), encoder: codec.encoder(), heard: [] as Buffer[] },
    };
  });
  const kinds = new Set<number>();
  for (let turn = 0; turn < 200; turn++) {
    const now = clock.monotonic();
    // Comes in amid what the others hear: its filter has not heard what theirs has.
    if (turn === 20 || turn === 45) {
      members[3]!.change({ deaf: turn === 20 });
      room.deafen(alone[3]!.party, turn === 20);
    }
    for (const [party, member] of members.entries()) {
      if (!speaks(party, turn)) continue;
      legs[party]!.heardAt = now;
      member.hear(packetOf(party, turn), 12);
      alone[party]!.input ??= new RoomInput(soundCodec('pcma/8000/1')!.decoder(), 8_000, 16_000);
      alone[party]!.input!.put(packetOf(party, turn), 12, now);
    }
    clock.advance(20);
    for (const { party, input } of alone) {
      if (input === undefined) continue;
      input.read(party.said);
      room.speaks(party);
    }
    room.mix();
    for (const each of alone) {
      const { sound, mix } = room.hear(each.party);
      kinds.add(mix);
      const [narrow, octets] = [new Int16Array(160), Buffer.alloc(160)];
      each.encoder.encode(narrow, each.down.resample(sound, sound.length, narrow), octets, 0);
      each.heard.push(octets);
    }
  }
  // Nobody, all who talk, and each of the two without itself.
  expect(kinds.size).toBe(4);
  expect(sent.map((packets) => packets.length)).toEqual(PARTIES.map(() => 200));
  for (const [party, { heard }] of alone.entries()) {
    for (let turn = 0; turn < 200; turn++) expect([turn, sent[party]![turn]]).toEqual([turn, heard[turn]]);
  }
});
