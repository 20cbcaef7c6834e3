import alawmulaw from 'alawmulaw';
import { expect, test } from 'vitest';
import { sine, strength } from '../sound/testing/tones.ts';
import { rtpPacket, type UdpPhone } from '../testing/udp-phone.ts';
import type { Command } from './messages.ts';
import type { RoomOrder } from './mixed-room.ts';
import {
  clock,
  close,
  events,
  handled,
  media,
  openLegs,
  phone,
  rtpPort,
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
