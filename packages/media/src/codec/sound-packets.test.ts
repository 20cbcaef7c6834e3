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
