/**
 * What conference rooms cost: twenty rooms of ten, in each of which some talk. All that a worker does for a room but the sockets: each
 * party's jitter buffer, decoder and resampler, the mixing at 16 kHz, and a resampler and an encoder for each who listens.
 *
 *     node tools/bench/src/mixer.ts [--rooms 20] [--parties 10] [--talkers 2] [--codec pcma|g722] [--rounds 7]
 */
import { parseArgs } from 'node:util';
import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { soundCodec } from '@vats/media';
import { type Member, MixedRooms, Pacer, type RoomLeg } from '@vats/media/testing';
import { circumstances } from './load/report.ts';
import { measure, printTable } from './measure.ts';

const { values: flags } = parseArgs({
  options: {
    rooms: { type: 'string', default: '20' },
    parties: { type: 'string', default: '10' },
    talkers: { type: 'string', default: '2' },
    codec: { type: 'string', default: 'pcma' },
    rounds: { type: 'string', default: '7' },
  },
});
const [roomCount, partyCount, talkers] = [Number(flags.rooms), Number(flags.parties), Number(flags.talkers)];
const TURN_MS = 20;
const HEADER = 12;
const OCTETS = 160;
/** Both have 160 octets in a packet, and a clock of 8,000. */
const FORMATS: Record<string, { payloadType: number; encoding: string; ptime: number }> = {
  pcma: { payloadType: 8, encoding: 'pcma/8000/1', ptime: TURN_MS },
  g722: { payloadType: 9, encoding: 'g722/8000/1', ptime: TURN_MS },
};
const format = FORMATS[flags.codec];
if (format === undefined) throw new Error(`--codec is one of ${Object.keys(FORMATS).join(', ')}`);

const codec = soundCodec(format.encoding, 16_000)!;
const frame = (codec.rate * TURN_MS) / 1_000;
const voice = Int16Array.from({ length: frame }, (_, i) => Math.round(8_000 * Math.sin(i / 4)));
const packet = Buffer.alloc(HEADER + OCTETS);
packet[0] = 0x80;
packet[1] = format.payloadType;
codec.encoder().encode(voice, frame, packet, HEADER);

/** Rooms of their own clock, in each of which so many talk. */
class Hall {
  readonly #clock = new FakeClock();
  readonly #talking: Member[] = [];
  readonly #legs: { heardAt: number }[] = [];
  readonly #parties: number;
  #sent = 0;
  #turn = 0;

  constructor(talking: number) {
    const random = new SeededRandom(1);
    const rooms = new MixedRooms({ random, pacer: new Pacer(this.#clock) });
    for (let r = 0; r < roomCount; r++) {
      for (let p = 0; p < partyCount; p++) {
        const leg: RoomLeg & { heardAt: number } = {
          output: { say: () => void this.#sent++, hasLeft: true, receives: true, yielding: false },
          heardAt: 0,
          held: false,
          onFault: (error) => {
            throw error;
          },
        };
        const order = { room: String(r), as: String(p), presence: 'talk', format: format!, events: [] } as const;
        const sources = [[format!.payloadType, format!.encoding]] as const;
        const member = rooms.enter(leg, { ...order, sources }, undefined, () => {});
        if (member === undefined) throw new Error(`no place for party ${p} of room ${r}`);
        if (p < talking) this.#talking.push(member);
        this.#legs.push(leg);
      }
    }
    this.#parties = roomCount * partyCount;
  }

  /** 20 ms of all rooms: packets come, are mixed, and go. */
  turn(): number {
    this.#turn++;
    packet.writeUInt16BE(this.#turn & 0xffff, 2);
    packet.writeUInt32BE((this.#turn * OCTETS) >>> 0, 4);
    const now = this.#clock.monotonic();
    for (const leg of this.#legs) leg.heardAt = now;
    for (const member of this.#talking) member.hear(packet, HEADER);
    const before = this.#sent;
    this.#clock.advance(TURN_MS);
    if (this.#sent - before !== this.#parties) throw new Error(`${this.#sent - before} packets came out`);
    return this.#sent;
  }
}

const halls = [0, talkers, partyCount].map((talking) => ({ talking, hall: new Hall(talking) }));
const rows = measure(
  halls.map(({ talking, hall }) => ({ name: `${talking} of ${partyCount} talk`, run: () => hall.turn() })),
  { rounds: Number(flags.rounds) },
);
console.log(circumstances());
printTable(`A turn (20 ms) of ${roomCount} rooms of ${partyCount}, ${flags.codec}`, rows, '');
for (const { name, median } of rows) {
  const core = median / (10 * TURN_MS);
  const perParty = (median * 50) / (1_000 * roomCount * partyCount);
  console.log(`${name}: ${core.toFixed(2)} % of a core, ${perParty.toFixed(3)} ms of CPU a second for each party`);
}
