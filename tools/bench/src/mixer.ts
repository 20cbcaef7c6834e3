/**
 * What conference rooms cost: twenty rooms of ten, in each of which some talk, each party with its own jitter buffer, decoder and
 * encoder. All that a worker does for a room but the sockets.
 *
 *     node tools/bench/src/mixer.ts [--rooms N] [--parties N] [--talkers N] [--rounds N]
 */
import { parseArgs } from 'node:util';
import { JitterBuffer, type Party, Room, soundCodec } from '@vats/media';
import { measure, printTable } from './measure.ts';

const { values: flags } = parseArgs({
  options: {
    rooms: { type: 'string' },
    parties: { type: 'string' },
    talkers: { type: 'string' },
    rounds: { type: 'string' },
  },
});
const roomCount = Number(flags.rooms ?? 20);
const partyCount = Number(flags.parties ?? 10);
const talkers = Number(flags.talkers ?? 2);
const rounds = { rounds: Number(flags.rounds ?? 7) };

interface Member {
  readonly party: Party;
  readonly buffer: JitterBuffer;
}

interface Hall {
  readonly room: Room;
  readonly members: readonly Member[];
}

const FRAME = 160;
const codec = soundCodec('pcma/8000/1')!;
const encoder = codec.encoder({});
const voice = Int16Array.from({ length: FRAME }, (_, i) => Math.round(8_000 * Math.sin(i / 4)));
const talk = new Uint8Array(12 + FRAME);
encoder.encode(voice, FRAME, talk, 12);
const payload = new Uint8Array(1_500);

function halls(): Hall[] {
  return Array.from({ length: roomCount }, () => {
    const room = new Room({ rate: 8_000 });
    const members = Array.from({ length: partyCount }, () => ({
      party: room.join()!,
      buffer: new JitterBuffer(codec.decoder(), 8_000),
    }));
    return { room, members };
  });
}

let turn = 0;
const header = { ssrc: 1, sequence: 0, timestamp: 0 };

/** One turn of 20 ms of all rooms: packets come, are mixed, and go. */
function turnOf(all: readonly Hall[], talking: number, through: boolean): number {
  turn++;
  header.sequence = turn & 0xffff;
  header.timestamp = (turn * FRAME) >>> 0;
  let octets = 0;
  for (const { room, members } of all) {
    for (let m = 0; m < members.length; m++) {
      const { party, buffer } = members[m]!;
      if (m >= talking) continue;
      if (through) {
        buffer.put(talk, 12, talk.length, header, turn * 20);
        buffer.read(party.said);
      } else party.said.set(voice);
      room.speaks(party);
    }
    room.mix();
    let last = Number.NaN;
    for (let m = 0; m < members.length; m++) {
      const { sound, mix } = room.hear(members[m]!.party);
      // Whoever hears the same gets the same octets.
      if (mix !== last && through) octets += encoder.encode(sound, FRAME, payload, 12);
      else octets += sound[5]!;
      last = mix;
    }
  }
  return octets;
}

const [quiet, some, every, mixed] = [halls(), halls(), halls(), halls()];
const rows = measure(
  [
    { name: 'nobody talks', run: () => turnOf(quiet, 0, true) },
    { name: `${talkers} of ${partyCount} talk`, run: () => turnOf(some, talkers, true) },
    { name: `all ${partyCount} talk`, run: () => turnOf(every, partyCount, true) },
    { name: `all ${partyCount} talk, the mixing alone`, run: () => turnOf(mixed, partyCount, false) },
  ],
  rounds,
);
printTable(`A turn (20 ms) of ${roomCount} rooms of ${partyCount}`, rows, '');
for (const { name, median } of rows) {
  console.log(`${name}: ${((100 * median) / 20_000).toFixed(2)} % of a core`);
}
