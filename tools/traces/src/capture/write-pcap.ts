import type { Frame } from './frame.ts';

/** Writes a classic pcap file: no host name, no interface name, nothing but the frames. All of one link type. */
export function writePcap(frames: readonly Frame[], linkType: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(linkType, 20);
  const parts: Buffer[] = [header];
  for (const frame of frames) {
    if (frame.linkType !== linkType) throw new TypeError(`frame ${frame.number} is of link type ${frame.linkType}`);
    const record = Buffer.alloc(16);
    record.writeUInt32LE(Math.floor(frame.at / 1_000_000), 0);
    record.writeUInt32LE(frame.at % 1_000_000, 4);
    record.writeUInt32LE(frame.octets.length, 8);
    record.writeUInt32LE(frame.originalLength, 12);
    parts.push(record, frame.octets);
  }
  return Buffer.concat(parts);
}
