import { CaptureFault } from './capture-fault.ts';
import { CAPTURE_LIMITS, type Frame } from './frame.ts';

const BLOCK = { section: 0x0a0d0d0a, interface: 1, simplePacket: 3, enhancedPacket: 6 } as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const SMALLEST_BLOCK = 12;
const OPTION = { end: 0, timeResolution: 9, timeOffset: 14 } as const;

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  /** Ticks of its time stamps in a second. */
  readonly perSecond: bigint;
  /** Seconds to add to its time stamps. */
  readonly offsetSeconds: bigint;
}

/** True when these are the first octets of a pcapng file. */
export function looksLikePcapng(octets: Buffer): boolean {
  return octets.length >= 4 && octets.readUInt32BE(0) === BLOCK.section;
}

/**
 * Reads a pcapng file: several sections and interfaces, either byte order; blocks of other types are passed over.
 *
 * @throws CaptureFault where the file is damaged or cut
 */
export function* readPcapng(octets: Buffer, file: string): Generator<Frame> {
  const fault = (offset: number, what: string): never => {
    throw new CaptureFault(file, offset, what);
  };
  let little = true;
  let interfaces: Interface[] = [];
  const uint16 = (at: number): number => (little ? octets.readUInt16LE(at) : octets.readUInt16BE(at));
  const uint32 = (at: number): number => (little ? octets.readUInt32LE(at) : octets.readUInt32BE(at));
  let number = 0;
  for (let offset = 0; offset < octets.length; ) {
    if (octets.length - offset < SMALLEST_BLOCK) fault(offset, 'a block is cut short');
    const isSection = octets.readUInt32BE(offset) === BLOCK.section;
    if (isSection) {
      const order = octets.readUInt32LE(offset + 8);
      little = order === BYTE_ORDER_MAGIC;
      if (!little && octets.readUInt32BE(offset + 8) !== BYTE_ORDER_MAGIC) fault(offset + 8, 'no byte-order magic');
      interfaces = [];
    } else if (offset === 0) {
      fault(0, 'not a pcapng file');
    }
    const type = uint32(offset);
    const length = uint32(offset + 4);
    if (length < SMALLEST_BLOCK || length % 4 !== 0) fault(offset + 4, `a block of ${length} octets`);
    if (length > octets.length - offset) {
      fault(offset, `a block of ${length} octets, the file has only ${octets.length - offset}`);
    }
    if (uint32(offset + length - 4) !== length) fault(offset + length - 4, 'the two lengths of a block differ');
    const body = offset + 8;
    const end = offset + length - 4;
    if (type === BLOCK.interface) {
      if (end - body < 8) fault(offset, 'an interface block is too short');
      if (interfaces.length === CAPTURE_LIMITS.interfaces) fault(offset, `more than ${interfaces.length} interfaces`);
      interfaces.push({
        linkType: uint16(body),
        snapLength: uint32(body + 4),
        ...timeOf(readOptions(body + 8, end)),
      });
    } else if (type === BLOCK.enhancedPacket) {
      if (end - body < 20) fault(offset, 'a packet block is too short');
      const id = uint32(body);
      const seenBy = interfaces[id] ?? fault(body, `a packet of interface ${id}, which the section has not named`);
      const kept = uint32(body + 12);
      if (kept > CAPTURE_LIMITS.frame) fault(body + 12, `a frame of ${kept} octets`);
      if (kept > end - body - 20) fault(body + 12, `a frame of ${kept} octets in a block of ${length}`);
      const ticks = (BigInt(uint32(body + 4)) << 32n) | BigInt(uint32(body + 8));
      const at = Number(seenBy.offsetSeconds * 1_000_000n + (ticks * 1_000_000n) / seenBy.perSecond);
      number += 1;
      const kept20 = body + 20;
      const originalLength = uint32(body + 16);
      const { linkType } = seenBy;
      yield { number, offset, at, linkType, octets: octets.subarray(kept20, kept20 + kept), originalLength };
    } else if (type === BLOCK.simplePacket) {
      if (end - body < 4) fault(offset, 'a simple packet block is too short');
      const seenBy = interfaces[0] ?? fault(offset, 'a packet before any interface');
      const originalLength = uint32(body);
      const limit = seenBy.snapLength === 0 ? originalLength : Math.min(originalLength, seenBy.snapLength);
      const kept = Math.min(limit, end - body - 4);
      if (kept > CAPTURE_LIMITS.frame) fault(body, `a frame of ${kept} octets`);
      number += 1;
      // Such a block has no time of its own.
      const { linkType } = seenBy;
      yield { number, offset, at: 0, linkType, octets: octets.subarray(body + 4, body + 4 + kept), originalLength };
    }
    offset += length;
  }

  function readOptions(from: number, to: number): Map<number, Buffer> {
    const options = new Map<number, Buffer>();
    for (let at = from; to - at >= 4; ) {
      const code = uint16(at);
      const size = uint16(at + 2);
      if (code === OPTION.end) break;
      if (size > to - at - 4) fault(at, `an option of ${size} octets runs over its block`);
      options.set(code, octets.subarray(at + 4, at + 4 + size));
      at += 4 + Math.ceil(size / 4) * 4;
    }
    return options;
  }

  function timeOf(options: ReadonlyMap<number, Buffer>): Pick<Interface, 'perSecond' | 'offsetSeconds'> {
    const resolution = options.get(OPTION.timeResolution)?.[0] ?? 6;
    const power = BigInt(resolution & 0x7f);
    const perSecond = resolution & 0x80 ? 2n ** power : 10n ** power;
    const shift = options.get(OPTION.timeOffset);
    const offsetSeconds =
      shift === undefined || shift.length < 8 ? 0n : little ? shift.readBigInt64LE(0) : shift.readBigInt64BE(0);
    return { perSecond, offsetSeconds };
  }
}
