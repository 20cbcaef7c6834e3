import { expect, test } from 'vitest';
import { longestSound } from './dtmf-heard.ts';
import { keysOf, pressesOf } from './dtmf-presses.ts';
import { EVENTS, eventStream } from './dtmf-sources.ts';

/** RTP packets in a capture, by its lengths alone. */
function rtpIn(pcap: Buffer): { at: number; packet: Buffer }[] {
  const packets: { at: number; packet: Buffer }[] = [];
  for (let frame = 24; frame < pcap.length; ) {
    const length = pcap.readUInt32LE(frame + 8);
    const at = pcap.readUInt32LE(frame) * 1_000 + pcap.readUInt32LE(frame + 4) / 1_000;
    packets.push({ at, packet: pcap.subarray(frame + 16 + 42, frame + 16 + length) });
    frame += 16 + length;
  }
  return packets;
}

test.each([1, 2])('a stream of events is what a phone sends (RFC 4733), seed %i', (seed) => {
  const presses = pressesOf(seed, 60);
  const packets = rtpIn(eventStream(presses, seed));
  const sequences = packets.map(({ packet }) => packet.readUInt16BE(2));
  for (const [i, sequence] of sequences.slice(1).entries()) expect(sequence).toBe((sequences[i]! + 1) & 0xffff);
  for (const [i, { at }] of packets.slice(1).entries()) expect(at).toBeGreaterThanOrEqual(packets[i]!.at);

  const events = new Map<number, Buffer[]>();
  for (const { packet } of packets) {
    if ((packet[1]! & 0x7f) !== EVENTS) continue;
    const timestamp = packet.readUInt32BE(4);
    events.set(timestamp, [...(events.get(timestamp) ?? []), packet]);
  }
  const keys = [...events.values()].map(([first]) => '0123456789*#ABCD'[first![12]!]).join('');
  expect(keys).toBe(keysOf(presses));
  for (const [i, of] of [...events.values()].entries()) {
    expect(of.map((packet) => packet[1]! >= 0x80)).toEqual([true, ...of.slice(1).map(() => false)]);
    expect(of.filter((packet) => packet[13]! >= 0x80)).toHaveLength(3);
    expect(of.at(-1)!.readUInt16BE(14)).toBe(presses[i]!.on * 8);
  }
});

test('the longest sound is measured, not the sum of all', () => {
  const silence = Buffer.alloc(800, 0xd5);
  // The largest magnitudes of both signs, as a square wave of 500 Hz has them.
  const loud = Buffer.from(Array.from({ length: 160 }, (_, i) => (i % 16 < 8 ? 0xaa : 0x2a)));
  const sound = Buffer.concat([silence, loud.subarray(0, 80), silence, loud, silence, loud.subarray(0, 80)]);
  expect(longestSound(sound)).toBeCloseTo(20, 0);
  expect(longestSound(silence)).toBe(0);
});
