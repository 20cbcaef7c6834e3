import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IpPacket } from './ip-packet.ts';
import { IpReassembly } from './ip-reassembly.ts';

const DATAGRAM = Buffer.from(Array.from({ length: 100 }, (_, i) => i));

function piece(start: number, end: number, id = 1, source = '127.0.0.1'): IpPacket {
  const payload = DATAGRAM.subarray(start, end);
  return {
    source,
    destination: '127.0.0.2',
    protocol: 17,
    payload,
    fragment: { id, start, last: end === DATAGRAM.length },
  };
}

test('fragments in any order, some twice, some overlapping, make the datagram', () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 6 });
  const shuffled = cuts.chain((at) => {
    const edges = [0, ...at.map((cut) => cut * 8).sort((a, b) => a - b), DATAGRAM.length];
    const pieces = edges.slice(0, -1).map((start, i) => [start, edges[i + 1]!] as const);
    // A fragment that begins earlier than it has to overlaps the one before.
    const early = pieces.map(([start, end]) => [Math.max(0, start - 8), end] as const);
    return fc.shuffledSubarray([...pieces, ...pieces, ...early], { minLength: 2 * pieces.length });
  });
  fc.assert(
    fc.property(shuffled, (order) => {
      const reassembly = new IpReassembly();
      const whole = order
        .map(([start, end]) => reassembly.take(piece(start, end)))
        .filter((packet) => packet !== undefined);
      const covered = new Array(DATAGRAM.length).fill(false);
      for (const [start, end] of order) covered.fill(true, start, end);
      if (covered.every(Boolean)) expect(whole.length).toBeGreaterThan(0);
      for (const { payload, fragment } of whole) {
        expect(payload).toEqual(DATAGRAM);
        expect(fragment).toBeUndefined();
      }
    }),
  );
});

test('datagrams of several senders and numbers are kept apart', () => {
  const reassembly = new IpReassembly();
  expect(reassembly.take(piece(0, 48))).toBeUndefined();
  expect(reassembly.take(piece(48, 100, 2))).toBeUndefined();
  expect(reassembly.take(piece(48, 100, 1, '127.0.0.9'))).toBeUndefined();
  expect(reassembly.incomplete).toBe(3);
  expect(reassembly.take(piece(48, 100))?.payload).toEqual(DATAGRAM);
  expect(reassembly.incomplete).toBe(2);
});

test('what never becomes whole does not fill the memory', () => {
  const reassembly = new IpReassembly();
  for (let id = 0; id < 1_000; id++) expect(reassembly.take(piece(0, 48, id))).toBeUndefined();
  expect(reassembly.take(piece(48, 100, 0))).toBeUndefined(); // given up long ago
  expect(reassembly.take(piece(48, 100, 999))?.payload).toEqual(DATAGRAM);
  const beyond: IpPacket = { ...piece(0, 100), fragment: { id: 5_000, start: 65_528, last: true } };
  expect(reassembly.take(beyond)).toBeUndefined();
});
