import alawmulaw from 'alawmulaw';
import { expect, test } from 'vitest';
import { manifestOf } from '../recording/manifest.ts';
import { readNotes } from '../recording/note.ts';
import { WAV_HEADER_OCTETS } from '../recording/wav-header.ts';
import { sine, strength } from '../sound/testing/tones.ts';
import { rtpPacket, type UdpPhone } from '../testing/udp-phone.ts';
import type { Command } from './messages.ts';
import type { RoomOrder } from './room-order.ts';
import {
  clock,
  close,
  events,
  files,
  handled,
  media,
  openLegs,
  phone,
  rtpPort,
  sounds,
  start,
  update,
  useWorker,
  worker,
} from './testing/worker-here.ts';

useWorker(45_400);

const HERTZ = [500, 900, 1_400];

function join(leg: number, more: Partial<RoomOrder> = {}): Command {
  const order: RoomOrder = {
    room: 'r',
    as: `p${leg}`,
    presence: 'talk',
    format: { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 },
    sources: [[8, 'pcma/8000/1']],
    events: [[101, 8_000]],
    ...more,
  };
  return { do: 'join-room', call: 1, leg, order };
}

let phones: UdpPhone[];

async function room(...joins: Command[]): Promise<void> {
  await start();
  const addresses = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
  phones = await Promise.all(addresses.map((address) => phone(address)));
  worker.execute([...openLegs(...addresses), ...phones.map((of, i) => update(i + 1, media(of))), ...joins]);
}

let sent = 0;

/** Each phone says its own tone for a second; what each heard in the second half of it. */
async function talk(inRoom = [0, 1, 2]): Promise<Int16Array[]> {
  const tones = HERTZ.map((hertz) => sine(8_000, hertz, 8_000, 6_000));
  const from = phones.map((each) => each.heard.length);
  for (let i = 0; i < 50; i++) {
    for (const [p, each] of phones.entries()) {
      const payload = alawmulaw.alaw.encode(tones[p]!.slice(160 * i, 160 * i + 160));
      each.send(rtpPacket({ sequence: sent + i, payload, ssrc: p + 1 }), rtpPort(p + 1));
    }
    await handled(3 * (sent + i + 1));
    clock.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
  }
  sent += 50;
  for (const p of inRoom) {
    while (phones[p]!.heard.length < from[p]! + 50) await new Promise((resolve) => setImmediate(resolve));
  }
  return phones.map((each, p) => {
    const payloads = each.heard.slice(from[p]! + 25).map(({ packet }) => alawmulaw.alaw.decode(packet.subarray(12)));
    return Int16Array.from(payloads.flatMap((payload) => [...payload]));
  });
}

/** Which of the tones are in a sound, by the number of who says it. */
function who(sound: Int16Array): number[] {
  if (sound.length === 0) return [];
  return HERTZ.flatMap((hertz, p) => (strength(sound, 8_000, hertz) > 2_000 ? [p + 1] : []));
}

/** A channel of the recording. */
function recorded(channel: number): Int16Array {
  const wav = files.contents.get('r.wav')!.subarray(WAV_HEADER_OCTETS);
  return alawmulaw.alaw.decode(wav.filter((_, i) => i % 2 === channel));
}

test('each hears the others and not itself', async () => {
  sent = 0;
  await room(join(1), join(2), join(3));
  const heard = await talk();
  for (const sound of heard) expect(sound.length).toBeGreaterThan(3_500);
  expect(heard.map(who)).toEqual([
    [2, 3],
    [1, 3],
    [1, 2],
  ]);
  expect(events().some(({ kind }) => kind === 'speaking')).toBe(true);
  await close();
});

test('a supervisor listens, then whispers; mute and deaf; out again', async () => {
  sent = 0;
  await room(join(1), join(2), join(3, { presence: 'listen' }));
  expect((await talk()).map(who)).toEqual([[2], [1], [1, 2]]);
  worker.execute([{ do: 'change-in-room', call: 1, leg: 3, change: { presence: { whisperTo: ['p2'] } } }]);
  expect((await talk()).map(who)).toEqual([[2], [1, 3], [1, 2]]);
  worker.execute([{ do: 'change-in-room', call: 1, leg: 1, change: { muted: true } }]);
  worker.execute([{ do: 'change-in-room', call: 1, leg: 3, change: { deaf: true } }]);
  expect((await talk()).map(who)).toEqual([[2], [3], []]);
  worker.execute([{ do: 'unbridge', call: 1, leg: 2 }]);
  const [first, second] = await talk([0, 2]);
  expect(who(first!)).toEqual([]);
  expect(second!.length).toBe(0);
  await close();
});

test('a supervisor barges in, and goes back to listening', async () => {
  sent = 0;
  await room(join(1), join(2), join(3, { presence: 'listen' }));
  worker.execute([{ do: 'change-in-room', call: 1, leg: 3, change: { presence: 'talk' } }]);
  expect((await talk()).map(who)).toEqual([
    [2, 3],
    [1, 3],
    [1, 2],
  ]);
  worker.execute([{ do: 'change-in-room', call: 1, leg: 3, change: { presence: 'listen' } }]);
  expect((await talk()).map(who)).toEqual([[2], [1], [1, 2]]);
  await close();
});

test('a call that talks goes into a room for a supervisor and back: one stream, one recording', async () => {
  sent = 0;
  await room();
  const party = (leg: number) => ({ leg, party: { number: `20${leg}` } });
  const bridge = { do: 'bridge', call: 1, a: 1, b: 2, aToB: [], bToA: [] } as const satisfies Command;
  worker.execute([
    bridge,
    {
      ...({ do: 'record', call: 1, left: party(1), right: party(2) } as const),
      order: { path: 'r.wav', callId: 'one', format: 'wav', minimumMs: 0 },
    },
  ]);
  expect((await talk([0, 1])).map(who)).toEqual([[2], [1], []]);
  worker.execute([join(1), join(2), join(3, { presence: { whisperTo: ['p2'] } })]);
  expect((await talk()).map(who)).toEqual([[2], [1, 3], [1, 2]]);
  // While the supervisor talks to both, the right channel has whatever the caller hears.
  worker.execute([
    { do: 'change-in-room', call: 1, leg: 3, change: { presence: 'talk' } },
    { do: 'record-from', call: 1, channel: 'right', source: { room: 'r', without: 'p1' } },
  ]);
  expect((await talk()).map(who)).toEqual([
    [2, 3],
    [1, 3],
    [1, 2],
  ]);
  worker.execute([
    { do: 'record-from', call: 1, channel: 'right', source: party(2) },
    { do: 'unbridge', call: 1, leg: 3 },
    bridge,
  ]);
  expect((await talk([0, 1])).map(who)).toEqual([[2], [1], []]);
  await close();

  for (const each of phones.slice(0, 2)) {
    const packets = each.heard.map(({ packet }) => packet).filter((packet) => packet.length === 172);
    expect(new Set(packets.map((packet) => packet.readUInt32BE(8))).size).toBe(1);
    const steps = packets.slice(1).map((packet, i) => (packet.readUInt16BE(2) - packets[i]!.readUInt16BE(2)) & 0xffff);
    expect(steps.every((step) => step === 1)).toBe(true);
    // The stream's clock goes on as time does.
    const passed = (packets.at(-1)!.readUInt32BE(4) - packets[0]!.readUInt32BE(4)) >>> 0;
    expect(Math.abs(passed / 8 - 3_980)).toBeLessThan(60);
  }
  const seconds = [0, 1, 2, 3].map(
    (second) => (of: number) => who(recorded(of).subarray(8_000 * second + 1_000, 8_000 * second + 7_800)),
  );
  expect(seconds.map((of) => [of(0), of(1)])).toEqual([
    [[1], [2]],
    [[1], [2]],
    [[1], [2, 3]],
    [[1], [2]],
  ]);
  const journal = readNotes(files.contents.get('r.journal')!.toString());
  const { parties, gaps } = manifestOf(
    journal,
    { file: 'r.wav', format: 'wav-g711', encrypted: false, durationMs: recorded(0).length / 8, octets: 1, sha256: '' },
    { call: '', at: 0 },
  );
  expect(gaps).toEqual([]);
  expect(parties.filter(({ channel: on }) => on === 'right').map(({ leg, fromMs }) => [leg, fromMs])).toEqual([
    ['b', 0],
    ['p2', 2_000],
    ['p3', 2_000],
    ['b', 3_000],
  ]);
});

test('a party recorded by itself is not overheard while it is muted', async () => {
  sent = 0;
  await room(join(1), join(2), join(3, { muted: true }));
  worker.execute([
    {
      ...({ do: 'record', call: 1, left: { leg: 1, party: { number: '1' } } } as const),
      right: { leg: 3, party: { number: '3' } },
      order: { path: 'r.wav', callId: 'one', format: 'wav', minimumMs: 0 },
    },
  ]);
  await talk();
  worker.execute([
    { do: 'change-in-room', call: 1, leg: 1, change: { muted: true } },
    { do: 'change-in-room', call: 1, leg: 3, change: { muted: false } },
  ]);
  await talk();
  await close();
  const seconds = [0, 1].map((second) =>
    [0, 1].map((of) => who(recorded(of).subarray(8_000 * second + 400, 8_000 * second + 7_800))),
  );
  expect(seconds).toEqual([
    [[1], []],
    [[], [3]],
  ]);
});

test('whoever is on hold is not overheard by a recording while a supervisor listens, nor is who holds', async () => {
  sent = 0;
  await room(join(1), join(2), join(3, { presence: 'listen' }));
  worker.execute([
    {
      ...({ do: 'record', call: 1, left: { leg: 1, party: { number: '1' } } } as const),
      right: { leg: 2, party: { number: '2' } },
      order: { path: 'r.wav', callId: 'one', format: 'wav', minimumMs: 0 },
    },
    update(2, media(phones[1], { receives: false, held: true })),
  ]);
  await talk([0, 2]);
  // Who barges in talks with them meanwhile, which is recorded as all of their talk is.
  worker.execute([{ do: 'change-in-room', call: 1, leg: 3, change: { presence: 'talk' } }]);
  await talk([0, 2]);
  worker.execute([
    { do: 'change-in-room', call: 1, leg: 3, change: { presence: 'listen' } },
    update(2, media(phones[1])),
  ]);
  await talk();
  await close();
  const seconds = [0, 1, 2].map((second) =>
    [0, 1].map((of) => who(recorded(of).subarray(8_000 * second + 1_000, 8_000 * second + 7_000))),
  );
  expect(seconds).toEqual([
    [[], []],
    [[1], []],
    [[1], [2]],
  ]);
});

test('music on hold is heard in a room as well: the faint noise of a silent room is nobody', async () => {
  await room(join(1), join(2), join(3, { presence: 'listen' }));
  sounds.put('music', 800);
  const format = { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 };
  worker.execute([
    { do: 'play', call: 1, leg: 1, order: { id: 7, items: [{ file: 'music' }], times: 0, yields: true, format } },
  ]);
  const from = phones[0]!.heard.length;
  for (let i = 0; i < 50; i++) {
    clock.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (phones[0]!.heard.length < from + 45) await new Promise((resolve) => setImmediate(resolve));
  const music = ({ packet }: { packet: Buffer }) => Math.abs(alawmulaw.alaw.decodeSample(packet[50]!) - 800) < 30;
  expect(phones[0]!.heard.slice(from + 5).map(music)).not.toContain(false);
  await close();
});

test('who whispers to a name is heard by whoever comes under it later', async () => {
  sent = 0;
  await room(join(1), join(3, { presence: { whisperTo: ['p2'] } }), join(2));
  expect((await talk()).map(who)).toEqual([[2], [1, 3], [1, 2]]);
  await close();
});

test('a name that is taken is refused, and rooms are gone with their last party', async () => {
  await room(join(1), join(2, { as: 'p1' }));
  clock.advance(100);
  expect(events()).toContainEqual({ kind: 'room-refused', leg: 'b', room: 'r' });
  worker.execute([{ do: 'close-leg', call: 1, leg: 1 }, join(2, { as: 'p1' })]);
  clock.advance(100);
  expect(events().filter(({ kind }) => kind === 'room-refused')).toHaveLength(1);
  await close();
});
