import { CaptureFault } from './capture-fault.ts';
import { CAPTURE_LIMITS, type Frame } from './frame.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

/** True when these are the first octets of a classic pcap file, of either byte order and either resolution. */
export function looksLikePcap(octets: Buffer): boolean {
  return octets.length >= 4 && byteOrder(octets) !== undefined;
}

/** Reads a classic pcap file. @throws CaptureFault where the file is damaged or cut. */
export function* readPcap(octets: Buffer, file: string): Generator<Frame> {
  const order = byteOrder(octets);
  if (order === undefined) throw new CaptureFault(file, 0, 'not a pcap file');
  if (octets.length < FILE_HEADER) throw new CaptureFault(file, octets.length, 'the file header is cut short');
  const { uint32, uint16, perSecond } = order;
  const version = uint16(4);
  if (version !== 2) throw new CaptureFault(file, 4, `pcap version ${version}, expected 2`);
  const linkType = uint32(20) & 0xffff; // the upper half tells of a frame check sequence
  let offset = FILE_HEADER;
  for (let number = 1; offset < octets.length; number++) {
    if (octets.length - offset < RECORD_HEADER) throw new CaptureFault(file, offset, 'a record header is cut short');
    const kept = uint32(offset + 8);
    const originalLength = uint32(offset + 12);
    if (kept > CAPTURE_LIMITS.frame) throw new CaptureFault(file, offset + 8, `a frame of ${kept} octets`);
    const start = offset + RECORD_HEADER;
    if (kept > octets.length - start) {
      throw new CaptureFault(file, start, `frame ${number} has ${kept} octets, the file only ${octets.length - start}`);
    }
    const at = uint32(offset) * 1_000_000 + Math.floor(uint32(offset + 4) / (perSecond / 1_000_000));
    yield { number, offset, at, linkType, octets: octets.subarray(start, start + kept), originalLength };
    offset = start + kept;
  }
}

function byteOrder(octets: Buffer) {
  const known = (magic: number): number | undefined =>
    magic === MICROSECONDS ? 1_000_000 : magic === NANOSECONDS ? 1_000_000_000 : undefined;
  const little = known(octets.readUInt32LE(0));
  if (little !== undefined) {
    const uint32 = (at: number): number => octets.readUInt32LE(at);
    return { perSecond: little, uint32, uint16: (at: number): number => octets.readUInt16LE(at) };
  }
  const big = known(octets.readUInt32BE(0));
  if (big === undefined) return undefined;
  const uint32 = (at: number): number => octets.readUInt32BE(at);
  return { perSecond: big, uint32, uint16: (at: number): number => octets.readUInt16BE(at) };
}
