import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tcp } from '../testing/frames.ts';
import { readSegment, type Segment, TcpReassembly } from './tcp-reassembly.ts';

const PHONE = { address: '127.0.0.61', port: 40_000 };
const SERVER = { address: '127.0.0.40', port: 5060 };
const TEXT = Buffer.from('REGISTER sip:office.example SIP/2.0\r\n'.repeat(10));

const none = { syn: false, ack: true, fin: false, rst: false };
const data = (sequence: number, payload: Buffer): Segment => {
  return { ...none, from: PHONE, to: SERVER, sequence: sequence >>> 0, payload };
};
const opening = (sequence: number): Segment => {
  return {
    ...none,
    from: PHONE,
    to: SERVER,
    sequence: sequence >>> 0,
    payload: Buffer.alloc(0),
    syn: true,
    ack: false,
  };
};

function run(segments: readonly Segment[]) {
  const reassembly = new TcpReassembly();
  return [...segments.flatMap((segment) => [...reassembly.take(segment)]), ...reassembly.rest()];
}

const text = (stretches: readonly { octets: Buffer }[]): string =>
  Buffer.concat(stretches.map((each) => each.octets)).toString();

test('segments cut anywhere, out of order and repeated, give the octets as written, across the end of the numbers', () => {
  const cutsAndOrder = fc.uniqueArray(fc.integer({ min: 1, max: TEXT.length - 1 }), { maxLength: 12 }).chain((cuts) => {
    const edges = [0, ...cuts.sort((a, b) => a - b), TEXT.length];
    const pieces = edges.slice(0, -1).map((start, i) => [start, edges[i + 1]!] as const);
    const longer = pieces.map(([start, end]) => [Math.max(0, start - 5), Math.min(TEXT.length, end + 5)] as const);
    const some = fc.subarray(longer).chain((more) => {
      const all = [...pieces, ...more];
      return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    });
    return fc.tuple(some, fc.constantFrom(1_000, 0xffffffff - 100, 0x7fffffff - 50));
  });
  fc.assert(
    fc.property(cutsAndOrder, ([order, first]) => {
      const stretches = run([
        opening(first - 1),
        ...order.map(([start, end]) => data(first + start, TEXT.subarray(start, end))),
      ]);
      expect(text(stretches)).toBe(TEXT.toString());
      expect(stretches.some(({ afterGap }) => afterGap)).toBe(false);
      expect(new Set(stretches.map(({ connection }) => connection))).toEqual(new Set([1]));
    }),
  );
});

test('a segment that was never captured leaves a gap, which is told of', () => {
  const stretches = run([
    opening(9),
    data(10, Buffer.from('abc')),
    data(16, Buffer.from('ghi')),
    data(19, Buffer.from('jkl')),
  ]);
  expect(stretches.map(({ octets, afterGap }) => [octets.toString(), afterGap])).toEqual([
    ['abc', false],
    ['ghi', true],
    ['jkl', false],
  ]);
});

test('who opened it is known by the SYN, and from the SYN-ACK when that is the first one captured', () => {
  const back = { ...none, from: SERVER, to: PHONE, sequence: 70, payload: Buffer.from('hi') };
  expect(run([opening(9), data(10, Buffer.from('a'))])[0]?.opener).toEqual(PHONE);
  expect(
    run([
      { ...back, syn: true, payload: Buffer.alloc(0) },
      { ...back, sequence: 71 },
    ])[0]?.opener,
  ).toEqual(PHONE);
});

test('the same ports again are another connection, a repeated SYN is not', () => {
  const stretches = run([
    opening(9),
    opening(9),
    data(10, Buffer.from('first')),
    opening(5_000),
    data(5_001, Buffer.from('second')),
  ]);
  expect(stretches.map(({ connection, octets }) => [connection, octets.toString()])).toEqual([
    [1, 'first'],
    [2, 'second'],
  ]);
});

test('a capture that begins in the middle is read from there', () => {
  expect(text(run([data(500, Buffer.from('abc')), data(503, Buffer.from('def'))]))).toBe('abcdef');
});

test('what waits for a lost segment is bounded', () => {
  const far = Array.from({ length: 40 }, (_, i) => data(2_000 + i * 50_000, Buffer.alloc(50_000, 'x')));
  const stretches = run([opening(9), data(10, Buffer.from('abc')), ...far]);
  expect(stretches.filter(({ afterGap }) => afterGap).length).toBe(1);
  expect(stretches.length).toBe(41);
});

test('a header that is cut or lies is not read', () => {
  const octets = tcp(PHONE, SERVER, Buffer.from('abc'), { sequence: 7, flags: { syn: true } });
  expect(readSegment(PHONE.address, SERVER.address, octets)).toMatchObject({
    from: PHONE,
    to: SERVER,
    sequence: 7,
    syn: true,
  });
  for (let length = 0; length < 24; length++) {
    expect(readSegment(PHONE.address, SERVER.address, octets.subarray(0, length))).toBeUndefined();
  }
  const short = Buffer.from(octets);
  short[12] = 4 << 4;
  expect(readSegment(PHONE.address, SERVER.address, short)).toBeUndefined();
});
