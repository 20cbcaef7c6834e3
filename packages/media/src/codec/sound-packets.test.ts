import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { rtpSequence, rtpTimestamp } from '../rtp/packet.ts';
import { soundCodec } from './sound-codecs.ts';
import { SoundPackets } from './sound-packets.ts';

const FRAME = new Int16Array(160).fill(1_000);

test('sound that was lost is left out of the numbering, by a hundred packets at most between two that are sent', () => {
  const sent: { sequence: number; timestamp: number }[] = [];
  const packets = new SoundPackets({
    codec: soundCodec('pcma/8000/1')!,
    ...{ payloadType: 8, ptime: 20, wishes: {}, random: new SeededRandom(1) },
    send: (packet) => void sent.push({ sequence: rtpSequence(packet), timestamp: rtpTimestamp(packet) }),
  });
  packets.append(FRAME, 160);
  packets.skip(3 * 160, true);
  packets.append(FRAME, 160);
  packets.skip(90 * 160, true);
  packets.skip(90 * 160, true);
  packets.append(FRAME, 160);
  packets.skip(160, true);
  packets.append(FRAME, 160);
  const steps = sent.slice(1).map(({ sequence }, i) => (sequence - sent[i]!.sequence) & 0xffff);
  expect(steps).toEqual([4, 101, 2]);
  const times = sent.slice(1).map(({ timestamp }, i) => (timestamp - sent[i]!.timestamp) >>> 0);
  expect(times).toEqual([4 * 160, 181 * 160, 2 * 160]);
  packets.close();
});

function streams(haveLeft: () => boolean): { readonly sent: Buffer[]; readonly say: (level: number) => void } {
  const sent: Buffer[] = [];
  const packets = new SoundPackets({
    codec: soundCodec('pcma/8000/1')!,
    ...{ payloadType: 8, ptime: 20, wishes: {}, random: new SeededRandom(1) },
    send: (packet) => void sent.push(packet),
    haveLeft,
  });
  return { sent, say: (level) => packets.append(new Int16Array(160).fill(level), 160) };
}

test('all streams share a buffer as long as what is in it has left', () => {
  const [one, other] = [streams(() => true), streams(() => true)];
  one.say(1_000);
  other.say(2_000);
  one.say(3_000);
  expect(new Set([...one.sent, ...other.sent].map(({ buffer }) => buffer)).size).toBe(1);
});

test('a packet that waits to be sent is never written over, by no stream', () => {
  let haveLeft = false;
  const [one, other] = [streams(() => haveLeft), streams(() => true)];
  one.say(1_000);
  const waiting = one.sent[0]!;
  const copy = Buffer.from(waiting);
  one.say(2_000);
  other.say(3_000);
  haveLeft = true;
  for (let i = 0; i < 40; i++) one.say(4_000 + i);
  expect(waiting).toEqual(copy);
});

test('what waits for the rest of a packet is kept apart from what the other streams say', () => {
  const sent: Buffer[] = [];
  const packets = new SoundPackets({
    codec: soundCodec('pcma/8000/1')!,
    ...{ payloadType: 8, ptime: 30, wishes: {}, random: new SeededRandom(1) },
    send: (packet) => void sent.push(Buffer.from(packet)),
    haveLeft: () => true,
  });
  const frame = new Int16Array(160).fill(1_000);
  packets.append(frame, 160);
  frame.fill(8_000);
  packets.append(frame, 160);
  expect(sent[0]!.length).toBe(12 + 240);
  expect([sent[0]![12], sent[0]![171]]).toEqual([sent[0]![100], sent[0]![100]]);
  expect(sent[0]![172]).not.toBe(sent[0]![171]);
});
