import { oggChecksum } from '../recording/ogg-writer.ts';

/** A page of an Ogg file (RFC 3533 §6), read by other code than writes it. */
export interface OggPage {
  readonly flags: number;
  readonly granule: number;
  readonly serial: number;
  readonly sequence: number;
  /** Whole packets; one that goes on in the next page is not read here. */
  readonly packets: readonly Buffer[];
}

/** The pages of a file. @throws Error where one is not as RFC 3533 has it */
export function readOgg(file: Uint8Array): OggPage[] {
  const octets = Buffer.from(file);
  const pages: OggPage[] = [];
  for (let at = 0; at < octets.length; ) {
    if (octets.toString('latin1', at, at + 5) !== 'OggS\0') throw new Error(`no page begins at ${at}`);
    const lacing = octets.subarray(at + 27, at + 27 + octets[at + 26]!);
    const bodyAt = at + 27 + lacing.length;
    const end = bodyAt + lacing.reduce((sum, value) => sum + value, 0);
    const page = Buffer.from(octets.subarray(at, end));
    const said = page.readUInt32LE(22);
    page.writeUInt32LE(0, 22);
    if (oggChecksum(page) !== said) throw new Error(`the page at ${at} has another checksum`);
    const packets: Buffer[] = [];
    let [from, to] = [bodyAt, bodyAt];
    for (const value of lacing) {
      to += value;
      if (value === 255) continue;
      packets.push(octets.subarray(from, to));
      from = to;
    }
    if (from !== to) throw new Error('a packet goes on in the next page');
    pages.push({
      flags: page[5]!,
      granule: Number(page.readBigUInt64LE(6)),
      serial: page.readUInt32LE(14),
      sequence: page.readUInt32LE(18),
      packets,
    });
    at = end;
  }
  return pages;
}
