import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { datagram, rawFrames } from '../testing/frames.ts';
import { CaptureFault } from './capture-fault.ts';
import { LINK_TYPE } from './link-layer.ts';
import { readCapture } from './read-capture.ts';
import { writePcap } from './write-pcap.ts';

const PACKETS = ['one', 'two and more', 'three'].map((text) =>
  datagram({ address: '127.0.0.1', port: 5060 }, { address: '127.0.0.2', port: 5060 }, text),
);
const FRAMES = rawFrames(PACKETS);

type Order = 'LE' | 'BE';

/** A writer of numbers in one byte order. */
function numbers(order: Order) {
  const write = (size: 2 | 4) => (value: number) => {
    const octets = Buffer.alloc(size);
    if (size === 2) octets[order === 'LE' ? 'writeUInt16LE' : 'writeUInt16BE'](value);
    else octets[order === 'LE' ? 'writeUInt32LE' : 'writeUInt32BE'](value >>> 0);
    return octets;
  };
  return { u16: write(2), u32: write(4) };
}

function pcap(order: Order, magic: number, perMillisecond: number): Buffer {
  const { u16, u32 } = numbers(order);
  const head = [u32(magic), u16(2), u16(4), u32(0), u32(0), u32(65_535), u32(LINK_TYPE.raw)];
  const records = PACKETS.flatMap((octets, i) => [
    u32(1),
    u32(i * perMillisecond),
    u32(octets.length),
    u32(octets.length),
    octets,
  ]);
  return Buffer.concat([...head, ...records]);
}

function pcapng(order: Order, options: { resolution?: number; simple?: boolean } = {}): Buffer {
  const { u16, u32 } = numbers(order);
  const block = (type: number, body: Buffer): Buffer => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    const length = padded.length + 12;
    return Buffer.concat([u32(type), u32(length), padded, u32(length)]);
  };
  const section = block(0x0a0d0d0a, Buffer.concat([u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffffffff), u32(0xffffffff)]));
  const resolution = options.resolution ?? 6;
  const described = Buffer.concat([u16(9), u16(1), Buffer.from([resolution, 0, 0, 0]), u16(0), u16(0)]);
  const face = block(1, Buffer.concat([u16(LINK_TYPE.raw), u16(0), u32(0), described]));
  const unknown = block(0x0bad, Buffer.from('what nobody knows'));
  const packets = PACKETS.map((octets, i) => {
    if (options.simple === true) return block(3, Buffer.concat([u32(octets.length), octets]));
    const ticks = (1_000n + BigInt(i)) * 10n ** BigInt(resolution - 3);
    const time = [u32(Number(ticks >> 32n)), u32(Number(ticks & 0xffffffffn))];
    return block(6, Buffer.concat([u32(0), ...time, u32(octets.length), u32(octets.length), octets]));
  });
  // Two sections: the second one starts its interfaces anew.
  return Buffer.concat([section, face, unknown, ...packets.slice(0, 2), section, face, ...packets.slice(2)]);
}

describe.each([
  ['pcap, little-endian, microseconds', pcap('LE', 0xa1b2c3d4, 1_000)],
  ['pcap, big-endian, microseconds', pcap('BE', 0xa1b2c3d4, 1_000)],
  ['pcap, little-endian, nanoseconds', pcap('LE', 0xa1b23c4d, 1_000_000)],
  ['pcap, big-endian, nanoseconds', pcap('BE', 0xa1b23c4d, 1_000_000)],
  ['pcapng, little-endian', pcapng('LE')],
  ['pcapng, big-endian', pcapng('BE')],
  ['pcapng, nanoseconds', pcapng('LE', { resolution: 9 })],
  ['what writePcap wrote', writePcap(FRAMES, LINK_TYPE.raw)],
])('%s', (_name, file) => {
  test('gives the frames with their times', () => {
    const frames = [...readCapture(file, 'x.pcap')];
    expect(frames.map(({ octets }) => octets)).toEqual(PACKETS);
    expect(frames.map(({ at }) => at)).toEqual([1_000_000, 1_001_000, 1_002_000]);
    expect(frames.map(({ number, linkType }) => [number, linkType])).toEqual([1, 2, 3].map((i) => [i, LINK_TYPE.raw]));
  });

  test('cut anywhere, is told of with its octet, or ends at a frame', () => {
    for (let length = 0; length < file.length; length++) {
      const frames = [];
      try {
        for (const frame of readCapture(file.subarray(0, length), 'x.pcap')) frames.push(frame.octets);
      } catch (error) {
        expect(error).toBeInstanceOf(CaptureFault);
        const { message, offset } = error as CaptureFault;
        expect(message).toMatch(/^x\.pcap: octet \d+: /);
        expect(offset).toBeLessThanOrEqual(length);
      }
      expect(frames).toEqual(PACKETS.slice(0, frames.length));
    }
  });

  test('with octets changed, is read or told of, and nothing else is thrown', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (changes) => {
          const damaged = Buffer.from(file);
          for (const [at, octet] of changes) damaged[at] = octet;
          try {
            for (const { octets } of readCapture(damaged, 'x.pcap')) expect(octets.length).toBeLessThan(file.length);
          } catch (error) {
            if (!(error instanceof CaptureFault)) throw error;
          }
        },
      ),
    );
  });
});

test('a simple packet block has its interface and no time', () => {
  const frames = [...readCapture(pcapng('LE', { simple: true }), 'x.pcapng')];
  expect(frames.map(({ octets, at }) => [octets, at])).toEqual(PACKETS.map((octets) => [octets, 0]));
});

test.each([
  ['an empty file', Buffer.alloc(0), 0, 'empty'],
  ['a text', Buffer.from('-----BEGIN CERTIFICATE-----'), 0, 'neither'],
  ['a frame longer than libpcap allows', withUint32(pcap('LE', 0xa1b2c3d4, 1), 32, 262_145), 32, '262145 octets'],
  ['a frame longer than the file', withUint32(pcap('LE', 0xa1b2c3d4, 1), 32, 5_000), 40, 'frame 1 has 5000'],
  ['a version of the future', withUint32(pcap('LE', 0xa1b2c3d4, 1), 4, 3), 4, 'version 3'],
  ['a block of odd length', withUint32(pcapng('LE'), 4, 29), 4, 'a block of 29'],
  ['two lengths that differ', withUint32(pcapng('LE'), 24, 32), 24, 'differ'],
  ['no byte order', withUint32(pcapng('LE'), 8, 0), 8, 'byte-order'],
  ['a packet of an unknown interface', withUint32(pcapng('LE'), 100, 7), 100, 'interface 7'],
])('%s is told of', (_name, file, offset, what) => {
  const read = (): unknown => [...readCapture(file, 'call.pcap')];
  expect(read).toThrow(CaptureFault);
  expect(read).toThrow(`call.pcap: octet ${offset}: `);
  expect(read).toThrow(what);
});

function withUint32(file: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(file);
  changed.writeUInt32LE(value, at);
  return changed;
}
